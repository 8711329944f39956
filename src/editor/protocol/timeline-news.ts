/** A timeline as it crosses: the rows that are others than those told before. A long history stays where it is. */
import { emptyTimeline } from './timeline'
import type { StepInfo, Timeline } from './timeline'

export interface TimelineNews extends Omit<Timeline, 'steps'> {
  /** How many rows there are. */
  readonly length: number
  /** By index; the others are as they were. */
  readonly changed: ReadonlyMap<number, StepInfo>
}

/** The side that has the history. Rows are the same where they are one object. */
export class TimelineTeller {
  private told: readonly StepInfo[] = []

  /** Whatever it gives has to arrive, in this order. */
  news({ steps, ...rest }: Timeline): TimelineNews {
    const { told } = this
    const changed = new Map<number, StepInfo>()
    for (let i = 0; i < steps.length; i++) if (steps[i] !== told[i]) changed.set(i, steps[i]!)
    this.told = steps
    return { ...rest, length: steps.length, changed }
  }
}

/** The side that shows it. */
export class TimelineReader {
  /** As it was told last. */
  timeline: Timeline = emptyTimeline

  read({ length, changed, ...rest }: TimelineNews): Timeline {
    const steps = this.timeline.steps.slice(0, length)
    for (const [i, row] of changed) steps[i] = row
    return (this.timeline = { ...rest, steps })
  }
}
