/** Runs, breakpoints and playing. */
import type { Breakpoint, Stop } from '../view/breakpoints'
import type { Moment } from '../motion/substeps'

export interface RunSlice {
  /** A run is being worked out, or looks for where to stop. */
  readonly planning: boolean
  /** How many rewrites the run has made so far. */
  readonly planned: number
  readonly breakpoints: readonly Breakpoint[]
  /** Where the last run stopped, until something moves. */
  readonly stop: Stop | null
  /** The walk through the parts and edits of one step. */
  readonly inside: { readonly moments: readonly Moment[]; readonly at: number } | null
  readonly playing: boolean
  readonly speed: number
}

/** What a network that is opened now begins with. */
export const freshRun: Omit<RunSlice, 'speed'> = {
  planning: false,
  planned: 0,
  breakpoints: [],
  stop: null,
  inside: null,
  playing: false,
}

export const initialRun: RunSlice = {
  ...freshRun,
  speed: 1,
}
