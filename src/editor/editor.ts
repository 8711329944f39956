/** The application without a screen: state, the open network, the clock and the camera, for the commands to work on. */
import { Player } from './motion/player'
import { SteadyEye } from './motion/steady-eye'
import type { Given, Hold, Platform } from './platform/platform'
import type { PlanRequest } from './protocol/moves'
import type { Session, WorkerFactory } from './session/session'
import { createEditorStore } from './state/store'
import type { EditorState } from './state/store'
import type { Camera } from './view/camera'
import { blindCamera } from './view/camera'

/** Another network was opened while work on this one waited. Only `scoped` and `inTurn` see it. */
class SessionLeft extends Error {
  override readonly name = 'SessionLeft'
}

/** Waits for a promise; where another network is open by then, or the promise fails for that, the work ends there, quietly. */
export type Live = <T>(promise: Promise<T>) => Promise<T>

/** Work on the open network. Whatever it waits for that may outlast the session, it waits for through `live`. */
export type Work<T> = (session: Session, live: Live) => Promise<T>

/** A model that waits for files of weights. */
export interface Waiting {
  /** Takes what it asks for among these. */
  take(given: readonly Given[]): void
  /** It is opened without them. */
  goOn(): void
  cancel(): void
}

/** A part of the screen around the graph. */
export type Dock = 'left' | 'right' | 'bottom'

export class Editor {
  readonly store = createEditorStore()
  readonly player: Player
  camera: Camera = blindCamera
  /** To be told when a person has moved the view. */
  viewMoved: () => void = () => undefined
  /** Shows or hides a part of the screen around the graph. */
  toggleDock: (dock: Dock) => void = () => undefined
  /** Undo and redo of the text that is being written; null where there is none. */
  textHistory: { undo(): void; redo(): void } | null = null
  /** To write down at once what is about to be kept. */
  keepNow: () => Promise<void> = () => Promise.resolve()
  /** To write down what the engine holds now; not waited for where the storage takes long. */
  keepAtOnce: () => Promise<void> = () => Promise.resolve()
  /** To write down a run that was worked out, before its steps are; not waited for where the storage takes long. */
  keepRun: (request: PlanRequest) => Promise<void> = () => Promise.resolve()
  /** The document in which the session is kept; null before it is written first. */
  document: Hold | null = null
  /** The file that is open, where it is one of one's own. */
  file: File | null = null
  /** The files beside it that hold its weights, by the names that it calls them. */
  weights: ReadonlyMap<string, File> = new Map()
  /** A model that is being opened and waits for files of weights. */
  waiting: Waiting | null = null
  /** Files of weights whose model is not here yet. */
  spare: readonly Given[] = []
  session: Session | null = null
  /** The labels of the rules that were in the storage when it was last read. */
  storedRules: ReadonlySet<string> = new Set()
  /** Ends the import that is under way. */
  cancelOpening: (() => void) | null = null
  private queue: Promise<unknown> = Promise.resolve()

  constructor(
    readonly workers: WorkerFactory,
    readonly platform: Platform,
  ) {
    this.player = new Player((tick) => platform.nextFrame(tick))
    new SteadyEye(
      this.player,
      () => this.camera,
      () => this.state.follow,
    )
  }

  get state(): EditorState {
    return this.store.getState()
  }

  set(change: Partial<EditorState>): void {
    this.store.setState(change)
  }

  /** Resolves once the state is so, at once where it is. */
  until(isSo: (state: EditorState) => boolean): Promise<void> {
    if (isSo(this.state)) return Promise.resolve()
    return new Promise((resolve) => {
      const stop = this.store.subscribe((state) => {
        if (!isSo(state)) return
        stop()
        resolve()
      })
    })
  }

  say(announcement: string): void {
    this.set({ announcement })
  }

  /**
   * Runs work on the open network; does nothing where none is open. What fails is told under `title`, unless another
   * network is open by then.
   * @param failed told of the failure besides
   */
  async scoped<T>(title: string, work: Work<T>, failed?: () => void): Promise<T | undefined> {
    const { session } = this
    if (!session) return undefined
    try {
      return await work(session, (promise) => this.live(session, promise))
    } catch (error) {
      if (error instanceof SessionLeft || session !== this.session) return undefined
      failed?.()
      this.fail(title, error)
      return undefined
    }
  }

  /** Runs what moves the network or its picture one after the other; what fails is told and stops nothing. */
  inTurn<T>(work: Work<T>, failed?: () => void): Promise<T | undefined> {
    const turn = this.queue.then(() => this.scoped('That did not work', work, failed))
    // Even a fault in telling of a failure is the fault of that turn alone.
    this.queue = turn.catch(() => undefined)
    return turn
  }

  private async live<T>(session: Session, promise: Promise<T>): Promise<T> {
    const left = () => {
      if (session !== this.session) throw new SessionLeft()
    }
    const value = await promise.catch((error: unknown) => {
      left()
      throw error
    })
    left()
    return value
  }

  fail(title: string, error: unknown): void {
    const detail = error instanceof Error ? error.message : String(error)
    this.set({ notice: { title, detail }, announcement: `${title}: ${detail}` })
  }
}
