/**
 * Keeps what is open in the browser's storage, and brings it back: all branches, names, bookmarks, breakpoints and the view.
 * A step is written once, when it is new; what changes is the short description beside them.
 */
import type { HistoryId } from '../../../engine'
import type { Editor } from '../../editor'
import type { Session } from '../../session/session'
import { readHead } from '../../file/session-file'
import { sessionHead } from '../../file/session-head'
import type { EditorState } from '../../state/store'
import type { Kept } from './open-model'

/** Under `session`: the description, and the keys under which its steps lie, in order. */
interface Stored {
  readonly head: unknown
  readonly chunks: readonly string[]
}

/** Long enough that playing does not write on every step. */
const QUIET = 400
/** So many chunks of steps are made one. */
const MANY = 48

const WATCHED: readonly (keyof EditorState)[] = [
  'timeline',
  'patterns',
  'model',
  'breakpoints',
  'sizes',
  'closeGaps',
  'open',
  'selected',
  'rules',
]

/** Writes the session down a moment after every change to it. */
export function keepSession(editor: Editor): void {
  const keeper = new Keeper(editor)
  editor.store.subscribe((now, before) => {
    if (WATCHED.every((field) => now[field] === before[field])) return
    if (now.saved) editor.set({ saved: false })
    keeper.soon()
  })
  editor.viewMoved = () => keeper.soon()
}

class Keeper {
  private timer: ReturnType<typeof setTimeout> | null = null
  private session: Session | null = null
  /** Steps up to this one lie in `chunks`. */
  private known: HistoryId = 0
  private chunks: string[] = []
  private writing: Promise<void> = Promise.resolve()

  constructor(private readonly editor: Editor) {}

  soon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null
      this.writing = this.writing.then(() => this.write())
    }, QUIET)
  }

  private async write(): Promise<void> {
    const { editor } = this
    const { session, state } = editor
    if (!session || !state.model) return
    try {
      await this.store(session)
      editor.set({ saved: WATCHED.every((field) => editor.state[field] === state[field]) })
    } catch {
      if (session === editor.session) editor.say('This session cannot be kept')
      this.session = null
    }
  }

  private async store(session: Session): Promise<void> {
    const { editor } = this
    const { storage } = editor.platform
    const old = (await storage.get('session')) as Partial<Stored> | undefined
    // What lies there may be another page's: its keys go with what is written now, so nothing may lean on them.
    const ours = String(keysOf(old)) === String(this.chunks)
    if (session !== this.session || !ours || this.chunks.length > MANY) {
      this.session = session
      this.known = 0
      this.chunks = []
    }
    const kept = await session.engine.call('kept', { known: this.known })
    const head = sessionHead(editor.state, editor.camera.where(), kept)
    if (!head || session !== editor.session) return
    const chunks = [...this.chunks]
    if (kept.steps.length > 0) {
      const key = `steps-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`
      await storage.set(key, kept.steps)
      chunks.push(key)
    }
    await storage.set('session', { head, chunks } satisfies Stored)
    this.chunks = chunks
    this.known = kept.upTo
    for (const key of keysOf(old)) if (!chunks.includes(key)) await storage.del(key)
  }
}

function keysOf(stored: Partial<Stored> | undefined): string[] {
  return Array.isArray(stored?.chunks) ? stored.chunks.filter((k): k is string => typeof k === 'string') : []
}

/**
 * What was kept; null for nothing, or for what an older Graft wrote.
 * @throws SessionError where it is damaged
 */
export async function keptSession(editor: Editor): Promise<Kept | null> {
  const stored = (await editor.platform.storage.get('session').catch(() => undefined)) as Partial<Stored> | undefined
  if (!stored || !Array.isArray(stored.chunks)) return null
  const head = readHead(stored.head)
  const chunks = await Promise.all(keysOf(stored).map((key) => editor.platform.storage.get(key)))
  const parts = chunks.filter((c): c is Uint8Array<ArrayBuffer> => c instanceof Uint8Array)
  return { head, steps: new Uint8Array(await new Blob(parts).arrayBuffer()) }
}
