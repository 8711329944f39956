/** The one clock of all animation: what plays, how far it is, which way time runs. */
import type { Inside } from './inside'
import type { StepRecord } from './step-record'
import { DURATION, PHASES } from './playback'

export interface Motion {
  readonly record: StepRecord
  readonly direction: 'forward' | 'backward'
  /** Milliseconds of the record, whichever way it runs: `DURATION` is the state after the step. */
  readonly time: number
  /** It stands still inside the step, with so much of it done; `time` says nothing then. */
  readonly inside?: Inside
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

  constructor(private readonly nextFrame: (tick: (now: number) => void) => void) {}

  get current(): Motion | null {
    return this.motion
  }
  get isPaused(): boolean {
    return this.paused
  }

  /** Told on every frame while something moves, and once when it stops. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Plays a step; what played before is cut to its end. Resolves when this one is over, cut or not. */
  play(record: StepRecord, direction: Motion['direction']): Promise<void> {
    this.finish()
    this.motion = { record, direction, time: direction === 'forward' ? 0 : DURATION }
    this.paused = false
    this.lastTick = 0
    this.nextFrame(this.tick)
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
  hold(inside: Inside): void {
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
      const { record, direction } = this.motion
      this.motion = { record, direction, time: PHASES.match[1] }
    }
    this.lastTick = 0
    this.nextFrame(this.tick)
    this.tell()
  }

  /** Shows one moment of the step that plays, and stops there. */
  scrub(time: number): void {
    if (!this.motion) return
    this.paused = true
    const { record, direction } = this.motion
    this.motion = { record, direction, time: Math.min(DURATION, Math.max(0, time)) }
    this.tell()
  }

  private readonly tick = (now: number): void => {
    if (!this.motion || this.paused) return
    const elapsed = this.lastTick === 0 ? 0 : Math.min(now - this.lastTick, 100) * this.speed
    this.lastTick = now
    const forward = this.motion.direction === 'forward'
    const time = this.motion.time + (forward ? elapsed : -elapsed)
    if (time < 0 || time > DURATION) {
      this.finish()
      return
    }
    this.motion = { ...this.motion, time }
    this.tell()
    this.nextFrame(this.tick)
  }

  private tell(): void {
    for (const listener of this.listeners) listener()
  }
}
