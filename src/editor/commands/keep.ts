/** Keeps what is open in the browser's storage, and brings it back: the model, what was decided, every step of the line. */
import type { Target } from '../../patterns'
import type { Editor } from '../editor'
import type { Act } from '../protocol'
import type { ModelSource } from '../store'
import { seek } from './steps'

/** Values by key, between visits. */
export interface Storage {
  get(key: string): Promise<unknown>
  set(key: string, value: unknown): Promise<void>
}

/** No storage: nothing is kept, and nothing comes back. */
export const noStorage: Storage = { get: () => Promise.resolve(undefined), set: () => Promise.resolve() }

const FORMAT = 1

/** A session as it is kept. The steps are the acts that led there: the same acts give the same network. */
export interface Kept {
  readonly format: typeof FORMAT
  readonly source: ModelSource
  readonly target: Target
  readonly decisions: readonly { readonly label: string; readonly on: boolean; readonly benefit: number }[]
  readonly acts: readonly Act[]
  /** How many of the acts are done; the rest lies ahead. */
  readonly done: number
}

/** Long enough that playing does not write on every step. */
const QUIET = 400

/** Writes the session down a moment after every change to it. */
export function keepSession(editor: Editor): void {
  let timer: ReturnType<typeof setTimeout> | null = null
  editor.store.subscribe((now, before) => {
    if (now.timeline === before.timeline && now.patterns === before.patterns && now.model === before.model) return
    if (now.saved) editor.set({ saved: false })
    timer ??= setTimeout(() => {
      timer = null
      void write(editor)
    }, QUIET)
  })
}

async function write(editor: Editor): Promise<void> {
  const kept = sessionOf(editor)
  if (!kept) return
  const { timeline, patterns, model } = editor.state
  try {
    await editor.storage.set('session', kept)
    const now = editor.state
    editor.set({ saved: now.timeline === timeline && now.patterns === patterns && now.model === model })
  } catch {
    editor.say('This session cannot be kept')
  }
}

function sessionOf(editor: Editor): Kept | null {
  const { model, target, patterns, timeline } = editor.state
  if (!model || editor.restoring) return null
  return {
    format: FORMAT,
    source: model.source,
    target,
    decisions: patterns.map(({ label, on, benefit }) => ({ label, on, benefit })),
    acts: timeline.steps.map(({ label, root }) => ({ label, root })),
    done: timeline.steps.findIndex((s) => s.node === timeline.cursor) + 1,
  }
}

/** What was kept; null for nothing, or for what an older Graft wrote. */
export async function keptSession(editor: Editor): Promise<Kept | null> {
  const kept = (await editor.storage.get('session').catch(() => undefined)) as Partial<Kept> | undefined
  return kept?.format === FORMAT && kept.source && Array.isArray(kept.acts) ? (kept as Kept) : null
}

/** Does on the open model what was done before; what cannot be done again is left out, and said. */
export async function restore(editor: Editor, kept: Kept): Promise<void> {
  const decided = new Map(kept.decisions.map((d) => [d.label, d]))
  const patterns = editor.state.patterns.map((p) => ({ ...p, ...decided.get(p.label) }))
  editor.set({ patterns })
  if (kept.acts.length === 0) return
  const timeline = await editor.inTurn(async (session) => {
    const moved = await session.engine.call('replay', { acts: kept.acts })
    if (session !== editor.session) return undefined
    editor.set({ timeline: moved.timeline })
    return moved.timeline
  })
  if (!timeline) return
  const lost = kept.acts.length - timeline.steps.length
  const at = timeline.steps[Math.min(kept.done, timeline.steps.length) - 1]
  if (at) await seek(editor, at.node)
  editor.say(lost > 0 ? `Back where you were, but for ${lost} steps that cannot be done again` : 'Back where you were')
}
