/**
 * How one step looks at one moment: a pure function of the step and a time. Played backwards it is the same record with
 * time running the other way; nothing is kept between frames.
 */
import type { SceneEdge, SceneNode } from '../layout'
import type { Change, StepRecord } from './step-record'

export type PhaseName = 'match' | 'ghost' | 'move' | 'settle'

/** Begin and end of each phase in milliseconds; they overlap. */
export const PHASES: Readonly<Record<PhaseName, readonly [number, number]>> = {
  match: [0, 180],
  ghost: [130, 350],
  move: [300, 620],
  settle: [560, 800],
}
export const DURATION = 800

/** A node as it is drawn at one moment. */
export interface NodeFrame {
  readonly node: SceneNode
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly alpha: number
  /** How much it is on its way out: grey and dashed. */
  readonly ghost: number
  /** How strongly it is lit as a part of the match. */
  readonly lit: number
  /** How new it looks. */
  readonly fresh: number
  readonly part: string
}

export interface EdgeFrame {
  readonly edge: SceneEdge
  readonly points: readonly number[]
  readonly alpha: number
  readonly ghost: number
  readonly fresh: number
}

export interface Timing {
  /** Colours only: everything is where it ends up, and only fades. */
  readonly still: boolean
}

const ease = (t: number): number => (t < 0.5 ? 4 * t * t * t : 1 - (-2 * t + 2) ** 3 / 2)

export function within(phase: PhaseName, time: number): number {
  const [from, to] = PHASES[phase]
  return Math.min(1, Math.max(0, (time - from) / (to - from)))
}

/** The phase that a moment belongs to, for people. */
export function phaseAt(time: number): PhaseName {
  return time < PHASES.ghost[0]
    ? 'match'
    : time < PHASES.move[0]
      ? 'ghost'
      : time < PHASES.settle[0]
        ? 'move'
        : 'settle'
}

export function nodeFrame(
  record: StepRecord,
  key: string,
  change: Change<SceneNode>,
  time: number,
  timing: Timing,
): NodeFrame {
  const part = record.parts.get(key)
  const settled = 1 - within('settle', time)
  const lit = part ? Math.min(litAt(part.order, record.parts.size, time), change.to ? settled : 1) : 0
  const travel = timing.still ? (time >= PHASES.move[1] ? 1 : 0) : ease(within('move', time))
  const base = { lit, part: part?.name ?? '', ghost: 0, fresh: 0, alpha: 1 }
  if (!change.to) {
    const from = change.from!
    const ghost = within('ghost', time)
    const alpha = (1 - 0.5 * ghost) * (1 - within('move', time - 40))
    return { ...base, node: from, ...boxOf(from), ghost, alpha, lit: lit * (1 - within('move', time)) }
  }
  const to = change.to
  if (!change.from) {
    const origin = record.source ?? { x: to.x + to.width / 2, y: to.y + to.height / 2 }
    const grown = {
      x: origin.x - to.width * 0.3,
      y: origin.y - to.height * 0.3,
      width: to.width * 0.6,
      height: to.height * 0.6,
    }
    const box = timing.still ? boxOf(to) : mixBox(grown, boxOf(to), travel)
    return { ...base, node: to, ...box, alpha: within('move', time), fresh: settled }
  }
  return { ...base, node: travel < 0.5 ? change.from : to, ...mixBox(boxOf(change.from), boxOf(to), travel) }
}

export function edgeFrame(change: Change<SceneEdge>, time: number, timing: Timing): EdgeFrame {
  if (!change.to) {
    const ghost = within('ghost', time)
    return {
      edge: change.from!,
      points: change.from!.points,
      alpha: (1 - 0.5 * ghost) * (1 - within('move', time)),
      ghost,
      fresh: 0,
    }
  }
  const to = change.to
  if (!change.from)
    return {
      edge: to,
      points: to.points,
      alpha: within('settle', time - 120),
      ghost: 0,
      fresh: 1 - within('settle', time) * 0.9,
    }
  const travel = timing.still ? (time >= PHASES.move[1] ? 1 : 0) : ease(within('move', time))
  return { edge: to, points: mixPoints(change.from.points, to.points, travel), alpha: 1, ghost: 0, fresh: 0 }
}

/** The parts light up one after the other; all are lit at the end of the phase. */
function litAt(order: number, count: number, time: number): number {
  const [from, to] = PHASES.match
  const span = (to - from) / Math.max(1, count)
  return Math.min(1, Math.max(0, (time - from - order * span) / Math.max(span, 40)))
}

interface BoxValues {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const boxOf = ({ x, y, width, height }: SceneNode): BoxValues => ({ x, y, width, height })
const mix = (a: number, b: number, t: number): number => a + (b - a) * t

function mixBox(a: BoxValues, b: BoxValues, t: number): BoxValues {
  return {
    x: mix(a.x, b.x, t),
    y: mix(a.y, b.y, t),
    width: mix(a.width, b.width, t),
    height: mix(a.height, b.height, t),
  }
}

/** Between two lines; the one with fewer waypoints gets its last-but-one repeated. */
function mixPoints(a: readonly number[], b: readonly number[], t: number): number[] {
  const n = Math.max(a.length, b.length) / 2
  const at = (p: readonly number[], i: number): [number, number] => {
    const count = p.length / 2
    const index = i === n - 1 ? count - 1 : Math.min(i, Math.max(0, count - 2))
    return [p[index * 2]!, p[index * 2 + 1]!]
  }
  const out: number[] = []
  for (let i = 0; i < n; i++) {
    const [p, q] = [at(a, i), at(b, i)]
    out.push(mix(p[0], q[0], t), mix(p[1], q[1], t))
  }
  return out
}
