/**
 * Keeps what is open in the browser's storage, and brings it back: all branches, names, bookmarks, breakpoints and the view.
 * A step is written once, when it is new; what changes is the short description beside them.
 */
import type { HistoryId } from '../../../engine'
import type { Editor } from '../../editor'
import type { PlanRequest } from '../../protocol/moves'
import type { Session } from '../../session/session'
import type { Scene } from '../../../layout'
import { Documents, isFull } from '../../file/documents'
import type { Shown } from '../../file/document-index'
import type { KeptRun } from '../../file/kept-run'
import { sessionHead } from '../../file/session-head'
import { namesOf } from '../../file/weights'
import type { Saved } from '../../state/model-slice'
import type { EditorState } from '../../state/store'
import { thumbnailOf } from '../../view/thumbnail'
import type { Thumbnail } from '../../view/thumbnail'

/** What follows a step, and what a person does to the view, is written together. */
const QUIET = 400
/** A step is shown without being kept where that takes longer, in milliseconds: a storage that hangs, not a machine that is busy. */
const PATIENCE = 4000
/** A storage that took nothing is tried again after so long, in milliseconds, twice as long each time up to the most. */
const AGAIN = { first: 1000, most: 60_000 }
const UNKEPT = 'This session cannot be kept'
/** So many chunks of steps are made one. */
const MANY = 48

const WATCHED: readonly (keyof EditorState)[] = [
  'timeline',
  'patterns',
  'model',
  'breakpoints',
  'sizes',
  'columns',
  'open',
  'folded',
  'selected',
  'rules',
]

/** Writes the session down a moment after every change to it. */
export function keepSession(editor: Editor): void {
  const keeper = new Keeper(editor)
  editor.store.subscribe((now, before) => {
    // Verdicts come by themselves: they are kept, but nothing of a person's is unsaved before.
    if (now.verdicts !== before.verdicts) keeper.soon()
    if (now.whole !== before.whole && now.whole?.check !== 'checking') void keeper.atOnce()
    if (WATCHED.every((field) => now[field] === before[field])) return
    if (now.saved !== 'nothing') editor.set({ saved: 'nothing' })
    keeper.soon()
  })
  editor.viewMoved = () => keeper.soon()
  editor.keepNow = () => keeper.now()
  const patiently = (kept: Promise<void>) => Promise.race([kept, new Promise<void>((end) => setTimeout(end, PATIENCE))])
  editor.keepAtOnce = () => patiently(keeper.atOnce())
  editor.keepRun = (request) => patiently(keeper.run(request))
}

class Keeper {
  private timer: ReturnType<typeof setTimeout> | null = null
  private session: Session | null = null
  /** Steps up to this one lie in `chunks`. */
  private known: HistoryId = 0
  private chunks: readonly string[] = []
  /** The run that is kept until its steps are; null for none. */
  private ran: KeptRun | null = null
  /** The file that there is no room for. */
  private unkept: File | null = null
  /** It was said that nothing is kept. */
  private told = false
  private retry: ReturnType<typeof setTimeout> | null = null
  /** How long a storage that took nothing is left alone. */
  private again = AGAIN.first
  private writing: Promise<void> = Promise.resolve()
  private readonly documents: Documents
  private pictured: Scene | null = null
  private picture: Thumbnail = { width: 0, height: 0, paths: [] }

  constructor(private readonly editor: Editor) {
    this.documents = new Documents(editor.platform)
  }

  soon(): void {
    this.timer ??= setTimeout(() => void this.now(), QUIET)
  }

  /** Writes what there is now, and ends when it is written. */
  atOnce(): Promise<void> {
    this.soon()
    return this.now()
  }

  /** Keeps what was asked for until its steps are. Of a document that is not written yet the steps are what is waited for. */
  async run(request: PlanRequest): Promise<void> {
    const { session, document, state } = this.editor
    if (!document || session !== this.session) return this.atOnce()
    this.ran = { request, at: state.timeline.cursor, after: this.known }
    // A storage that takes nothing is told of when the steps are to be written.
    await this.documents.writeRun(document.name, this.ran).catch(() => undefined)
  }

  /** Writes what waits to be written, and ends when it is. */
  now(): Promise<void> {
    if (this.timer === null) return this.writing
    clearTimeout(this.timer)
    this.timer = null
    this.writing = this.writing.then(() => this.write())
    return this.writing
  }

  private async write(): Promise<void> {
    const { editor } = this
    const { session, state } = editor
    if (this.retry !== null) clearTimeout(this.retry)
    if (!session || !state.model) return
    try {
      const saved = await this.store(session)
      this.again = AGAIN.first
      const { notice } = editor.state
      if (this.told && notice?.title === UNKEPT) editor.set({ notice: null })
      this.told = false
      if (WATCHED.every((field) => editor.state[field] === state[field])) editor.set({ saved })
    } catch (error) {
      if (session === editor.session) this.tellUnkept(error)
      this.session = null
      // A browser takes a while to see that there is room again, and a person may make some.
      this.retry = setTimeout(() => void this.atOnce(), this.again)
      this.again = Math.min(this.again * 2, AGAIN.most)
    }
  }

  /** @returns what a reload would bring back */
  private async store(session: Session): Promise<Saved> {
    const { editor, documents } = this
    const document = await this.document(session)
    if (!document) return 'nothing'
    // Without locks another tab may have written it: its steps go with what is written now, so nothing may lean on them.
    const there = await documents.chunks(document)
    const ours = String(there) === String(this.chunks)
    if (session !== this.session || !ours || this.chunks.length > MANY) {
      this.session = session
      this.known = 0
      this.chunks = []
    }
    const { ran } = this
    const kept = await session.engine.call('kept', { known: this.known })
    const head = sessionHead(editor.state, editor.camera.where(), kept)
    if (!head || session !== editor.session) return 'nothing'
    const file = head.model.source.type === 'file' ? editor.file : null
    const steps = { there, kept: this.chunks, added: kept.steps }
    this.chunks = await documents.write(document, head, steps, this.look(session))
    this.known = kept.upTo
    if (ran !== null && ran === this.ran) {
      this.ran = null
      await documents.dropRun(document)
    }
    return !file || (await this.storeFile(document, file)) ? 'all' : 'steps'
  }

  /** What a list of documents shows of it. */
  private look(session: Session): Shown {
    const { model, scene, part, timeline } = this.editor.state
    // A part that is shown alone is no picture of the network.
    if (scene !== this.pictured && !(part && this.pictured)) {
      this.pictured = scene
      this.picture = thumbnailOf(scene)
    }
    return {
      layers: { first: model?.totals.layers ?? 0, now: session.census.layers },
      branches: timeline.branches.length,
      picture: this.picture,
    }
  }

  /** The session's document, which begins here where it has none; null where another session is open by then. */
  private async document(session: Session): Promise<string | null> {
    const { editor } = this
    if (!editor.document) {
      const begun = await this.documents.begin()
      if (session !== editor.session) {
        begun.release()
        return null
      }
      editor.document = begun
    }
    editor.platform.tab.remember('document', editor.document.name)
    return editor.document.name
  }

  private async storeFile(document: string, file: File): Promise<boolean> {
    if (file === this.unkept) return false
    const { weights, state } = this.editor
    const partly = (state.model?.missing ?? []).length > 0
    const roomFor = async (files: readonly File[], write: () => Promise<void>): Promise<boolean> => {
      try {
        await write()
        return true
      } catch {
        this.unkept = file
        const bytes = files.reduce((sum, f) => sum + f.size, 0).toLocaleString('en')
        const names = namesOf(files.map((f) => f.name))
        const detail = `The browser has no room for ${bytes} bytes. The steps are kept: after a reload, give ${names} again and they come back.`
        this.editor.set({ notice: { title: `${names} cannot be kept`, detail } })
        return false
      }
    }
    const model = await roomFor([file], () => this.documents.writeFile(document, file))
    return (
      (await roomFor([...weights.values()], () => this.documents.writeWeights(document, { files: weights, partly }))) &&
      model
    )
  }

  private tellUnkept(error: unknown): void {
    if (this.told) return
    this.told = true
    const why = isFull(error) ? 'The browser’s storage is full.' : 'The browser keeps nothing for this page.'
    const detail = `${why} Your work stays open, but is lost when this tab is closed or reloaded: save the session as a file.`
    this.editor.fail(UNKEPT, new Error(detail))
  }
}
