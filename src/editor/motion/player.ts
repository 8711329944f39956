/** The one clock of all animation: what plays, how far it is, which way time runs. */
import type { Substep } from './substeps'
import type { HistoryId } from '../../engine'
import type { StepRecord } from './step-record'
import { DURATION, PHASES } from './phases'

export interface Motion {
  readonly record: StepRecord
  readonly direction: 'forward' | 'backward'
  /** Milliseconds of the record, whichever way it runs: `DURATION` is the state after the step. */
  readonly time: number
  /** It stands still inside the step, with so much of it done; `time` says nothing then. */
  readonly inside?: Substep
  /** The step of history that it shows; absent for a motion that is none. */
  readonly step?: HistoryId
  /** Only a match lights up: what comes of it is still being worked out, and time does not go on past the match until then. */
  readonly waits?: true
}

type Listener = () => void

export class Player {
  speed = 1
  /** Set by the reader's system: fades instead of motion. */
  still = false
  private motion: Motion | null = null
  private paused = false
  private done: (() => void) | null = null
  private readonly listeners = new Set<Listener>()
  private lastTick = 0
  /** The next frame will ask for a tick. */
  private scheduled = false

  constructor(private readonly nextFrame: (tick: (now: number) => void) => void) {}

  get current(): Motion | null {
    return this.motion
  }
  get isPaused(): boolean {
    return this.paused
  }

  /** Resolves when nothing moves, at once if nothing does: what keeps a core busy waits for it, so that frames are not late. */
  atRest(): Promise<void> {
    const moves = () => this.motion !== null && !this.paused
    if (!moves()) return Promise.resolve()
    return new Promise((resolve) => {
      const stop = this.listen(() => {
        if (moves()) return
        stop()
        resolve()
      })
    })
  }

  /** Told on every frame while something moves, and once when it stops. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /**
   * Plays a step in place of what plays; a record that was made of what is on the screen goes on from there, and the step of a match
   * that lights up already from that moment. Resolves when this one is over, played to its end or not.
   */
  play(record: StepRecord, direction: Motion['direction'], step?: HistoryId): Promise<void> {
    const lit = this.motion?.waits && direction === 'forward' ? this.motion.time : null
    this.done?.()
    this.motion = {
      record,
      direction,
      time: lit ?? (direction === 'forward' ? 0 : DURATION),
      ...(step !== undefined && { step }),
    }
    return this.begin(lit !== null)
  }

  /** Lights up a match whose step is being worked out, where nothing moves: `play` goes on from there, `putOut` ends it. */
  lightUp(record: StepRecord): void {
    if (this.motion) return
    this.motion = { record, direction: 'forward', time: 0, waits: true }
    void this.begin()
  }

  /** No step comes of the match that is lit. */
  putOut(): void {
    if (this.motion?.waits) this.finish()
  }

  /** Plays only the move to other places: nothing matched, and nothing is new. */
  glide(record: StepRecord): Promise<void> {
    const played = this.play(record, 'forward')
    if (this.motion) this.motion = { ...this.motion, time: PHASES.move[0] }
    return played
  }

  /** Lets time run the other way from where the motion is. Resolves when it is back at where it began. */
  turn(): Promise<void> {
    if (!this.motion) return Promise.resolve()
    this.done?.()
    const { inside: _held, ...motion } = this.motion
    this.motion = { ...motion, direction: motion.direction === 'forward' ? 'backward' : 'forward' }
    return this.begin()
  }

  /** @param goesOn without a pause from what has played until now */
  private begin(goesOn = false): Promise<void> {
    this.paused = false
    if (!goesOn) this.lastTick = 0
    this.schedule()
    this.tell()
    return new Promise((resolve) => (this.done = resolve))
  }

  /** Ends whatever plays, in the state where it leads. */
  finish(): void {
    if (!this.motion) return
    this.motion = null
    this.paused = false
    this.tell()
    this.done?.()
    this.done = null
  }

  pause(): void {
    if (this.motion) this.paused = true
    this.tell()
  }

  /** Shows the step with so much of it done, and stands there. */
  hold(inside: Substep): void {
    if (!this.motion) return
    this.paused = true
    this.motion = { ...this.motion, inside }
    this.tell()
  }

  /** Goes on; what was held is played from where its match is lit. */
  resume(): void {
    if (!this.paused) return
    this.paused = false
    if (this.motion?.inside) {
      const { inside: _held, ...motion } = this.motion
      this.motion = { ...motion, time: PHASES.match[1] }
    }
    this.lastTick = 0
    this.schedule()
    this.tell()
  }

  /** Shows one moment of the step that plays, and stops there. */
  scrub(time: number): void {
    if (!this.motion) return
    this.paused = true
    const { inside: _held, ...motion } = this.motion
    this.motion = { ...motion, time: Math.min(DURATION, Math.max(0, time)) }
    this.tell()
  }

  private readonly tick = (now: number): void => {
    this.scheduled = false
    if (!this.motion || this.paused) return
    const elapsed = this.lastTick === 0 ? 0 : Math.min(now - this.lastTick, 100) * this.speed
    this.lastTick = now
    const forward = this.motion.direction === 'forward'
    let time = this.motion.time + (forward ? elapsed : -elapsed)
    if (this.motion.waits) time = Math.min(time, PHASES.remove[0])
    if (time < 0 || time > DURATION) {
      this.finish()
      return
    }
    this.motion = { ...this.motion, time }
    this.tell()
    this.schedule()
  }

  private schedule(): void {
    if (this.scheduled) return
    this.scheduled = true
    this.nextFrame(this.tick)
  }

  private tell(): void {
    for (const listener of this.listeners) listener()
  }
}
