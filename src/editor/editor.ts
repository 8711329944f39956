/** The application without a screen: state, the open network, the clock and the camera, for the commands to work on. */
import type { Camera } from './view/camera'
import { blindCamera } from './view/camera'
import { noStorage } from './commands/file/autosave'
import type { Storage } from './commands/file/autosave'
import type { Film } from './motion/film'
import { Player } from './motion/player'
import type { Session, WorkerFactory } from './session/session'
import { createEditorStore } from './store'
import type { EditorState } from './store'
import type { Token } from './view/svg'

export type FilmFormat = 'webm' | 'gif' | 'page'

export interface Screen {
  /**
   * Paints a film into a file. Its format is another than the one asked for where this browser cannot make that.
   * @param progress told of the part that is done, from 0 to 1
   */
  readonly film: (
    film: Film,
    format: FilmFormat,
    progress: (fraction: number) => void,
    signal: AbortSignal,
  ) => Promise<{ readonly content: Blob; readonly format: FilmFormat }>
  readonly token: Token
  readonly rasterize: (svg: string) => Promise<Uint8Array>
  /** Takes the whole screen for the page, or gives it back, where the browser lets it. */
  readonly whole: (wanted: boolean) => void
  /** The address of this page with another query. */
  readonly address: (query: string) => string
  /** Puts a text on the clipboard; fails where there is none, or it is refused. */
  readonly copy: (text: string) => Promise<void>
}

export class Editor {
  readonly store = createEditorStore()
  readonly player: Player
  camera: Camera = blindCamera
  /** Gives a file to the person. */
  save: (name: string, content: Uint8Array | Blob) => void = () => undefined
  /** Lets the person choose a file of their own. */
  pickFile: (chosen: (file: File) => void) => void = () => undefined
  /** The colours on the screen, and an image of what is drawn with them. */
  screen: Screen = {
    token: () => '',
    rasterize: () => Promise.reject(new Error('there is no screen')),
    address: (query) => query,
    whole: () => undefined,
    film: () => Promise.reject(new Error('there is no screen')),
    copy: () => Promise.reject(new Error('there is no clipboard')),
  }
  storage: Storage = noStorage
  /** To be told when a person has moved the view. */
  viewMoved: () => void = () => undefined
  /** The file that is open, where it is one of one's own. */
  file: File | null = null
  session: Session | null = null
  /** Ends the import that is under way. */
  cancelOpening: (() => void) | null = null
  private queue: Promise<unknown> = Promise.resolve()

  constructor(
    readonly workers: WorkerFactory,
    nextFrame: (tick: (now: number) => void) => void,
  ) {
    this.player = new Player(nextFrame)
  }

  get state(): EditorState {
    return this.store.getState()
  }

  set(change: Partial<EditorState>): void {
    this.store.setState(change)
  }

  say(announcement: string): void {
    this.set({ announcement })
  }

  /** Runs what moves the network or its picture one after the other; what fails is told and stops nothing. */
  inTurn<T>(work: (session: Session) => Promise<T>): Promise<T | undefined> {
    const turn = this.queue.then(async () => {
      const session = this.session
      if (!session) return undefined
      try {
        return await work(session)
      } catch (error) {
        if (session === this.session) this.fail('That did not work', error)
        return undefined
      }
    })
    this.queue = turn
    return turn
  }

  fail(title: string, error: unknown): void {
    const detail = error instanceof Error ? error.message : String(error)
    this.set({ notice: { title, detail }, announcement: `${title}: ${detail}` })
  }
}
