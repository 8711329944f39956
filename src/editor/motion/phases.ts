/** The phases of a step on its clock. */

export type PhaseName = 'match' | 'remove' | 'insert' | 'move' | 'fade'

/**
 * Begin and end of each phase in milliseconds. The match lights up, what goes becomes a ghost, the new part grows where it stood
 * while everything else keeps its place; then the gap closes in one move, and what is new settles.
 */
export const PHASES: Readonly<Record<PhaseName, readonly [number, number]>> = {
  match: [0, 180],
  remove: [130, 330],
  insert: [280, 540],
  move: [540, 780],
  fade: [740, 900],
}
export const DURATION = 900

export interface Timing {
  /** Nothing moves and nothing fades, as the reader's system asks for. */
  readonly still: boolean
}

/**
 * The moment of a step that is shown at a time. Without motion there are two between its ends: the match and what goes, coloured;
 * then what came, coloured, where it stays.
 */
export function shownTime(time: number, { still }: Timing): number {
  if (!still || time <= 0 || time >= DURATION) return time
  return time < PHASES.move[0] ? PHASES.insert[0] : PHASES.move[1]
}

export const ease = (t: number): number => (t < 0.5 ? 4 * t * t * t : 1 - (-2 * t + 2) ** 3 / 2)

export function within(phase: PhaseName, time: number): number {
  const [from, to] = PHASES[phase]
  return Math.min(1, Math.max(0, (time - from) / (to - from)))
}

/** The phase that a moment belongs to, for people. */
export function phaseAt(time: number): PhaseName {
  return time < PHASES.remove[0]
    ? 'match'
    : time < PHASES.insert[0]
      ? 'remove'
      : time < PHASES.move[0]
        ? 'insert'
        : time < PHASES.fade[0]
          ? 'move'
          : 'fade'
}

/** How far things are on their way to where they rest. */
export const closed = (time: number, { still }: Timing): number =>
  still ? (time >= PHASES.move[1] ? 1 : 0) : ease(within('move', time))
