/** The application without a screen: state, the open network, the clock and the camera, for the commands to work on. */
import type { Camera } from './camera'
import { blindCamera } from './camera'
import { noStorage } from './commands/keep'
import type { Storage } from './commands/keep'
import { Player } from './player'
import type { Session, WorkerFactory } from './session'
import { createEditorStore } from './store'
import type { EditorState } from './store'
import type { Token } from './svg'

export interface Screen {
  readonly token: Token
  readonly rasterize: (svg: string) => Promise<Uint8Array>
}

export class Editor {
  readonly store = createEditorStore()
  readonly player: Player
  camera: Camera = blindCamera
  /** Gives a file to the person. */
  save: (name: string, bytes: Uint8Array) => void = () => undefined
  /** Lets the person choose a model file of their own. */
  pickFile: (chosen: (file: File) => void) => void = () => undefined
  /** The colours on the screen, and an image of what is drawn with them. */
  screen: Screen = { token: () => '', rasterize: () => Promise.reject(new Error('there is no screen')) }
  storage: Storage = noStorage
  /** A kept session is being brought back, and is not to be overwritten with what is there so far. */
  restoring = false
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
