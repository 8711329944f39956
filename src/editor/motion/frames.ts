/**
 * How one step looks at one moment: a pure function of the step and a time. Played backwards it is the same record with
 * time running the other way; nothing is kept between frames.
 */
import { closed, DURATION, ease, PHASES, within } from './phases'
import type { Timing } from './phases'
import type { Rect, SceneEdge, SceneNode } from '../../layout'
import type { Change } from './scene-diff'
import type { Start, StepRecord, Unfinished } from './step-record'

/** A node as it is drawn at one moment. */
export interface NodeFrame extends Rect {
  readonly node: SceneNode
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

export function nodeFrame(
  record: StepRecord,
  key: string,
  change: Change<SceneNode>,
  time: number,
  timing: Timing,
): NodeFrame {
  return begunWith(record.start, record.start?.nodes.get(key), ownFrame(record, key, change, time, timing), time)
}

/** What was interrupted half way begins as it was on the screen, and is soon what it would have been. */
function begunWith<T extends Unfinished>(start: Start | null, look: Unfinished | undefined, frame: T, time: number): T {
  if (!start || !look) return frame
  const left = 1 - Math.min(1, (3 * (start.direction === 'forward' ? time : DURATION - time)) / DURATION)
  return { ...frame, alpha: frame.alpha * mix(1, look.alpha, left), ghost: Math.max(frame.ghost, look.ghost * left) }
}

function ownFrame(record: StepRecord, key: string, change: Change<SceneNode>, time: number, timing: Timing): NodeFrame {
  const part = record.parts.get(key)
  const settled = 1 - within('fade', time)
  const lit = part ? Math.min(litAt(part.order, record.parts.size, time), change.to ? settled : 1) : 0
  const closing = closed(time, timing)
  const base = { lit, part: part?.name ?? '', ghost: 0, fresh: 0, alpha: 1 }
  if (!change.to) {
    const from = change.from!
    const ghost = within('remove', time)
    const alpha = (1 - 0.5 * ghost) * (1 - within('insert', time - 40))
    return { ...base, node: from, ...boxOf(from), ghost, alpha, lit: lit * (1 - within('insert', time)) }
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
    const placed = record.placed.get(key) ?? boxOf(to)
    const there = timing.still ? placed : mixBox(grown, placed, ease(within('insert', time)))
    return { ...base, node: to, ...mixBox(there, boxOf(to), closing), alpha: within('insert', time), fresh: settled }
  }
  return { ...base, node: closing < 0.5 ? change.from : to, ...mixBox(boxOf(change.from), boxOf(to), closing) }
}

export function edgeFrame(record: StepRecord, change: Change<SceneEdge>, time: number, timing: Timing): EdgeFrame {
  const look = record.start?.edges.get((change.to ?? change.from)!.key)
  return begunWith(record.start, look, ownEdgeFrame(record, change, time, timing), time)
}

function ownEdgeFrame(record: StepRecord, change: Change<SceneEdge>, time: number, timing: Timing): EdgeFrame {
  if (!change.to) {
    const ghost = within('remove', time)
    return {
      edge: change.from!,
      points: change.from!.points,
      alpha: (1 - 0.5 * ghost) * (1 - within('insert', time)),
      ghost,
      fresh: 0,
    }
  }
  const to = change.to
  if (!change.from)
    return {
      edge: to,
      points: bent(to.points, offsetOf(record, to.from, time, timing), offsetOf(record, to.to, time, timing)),
      alpha: within('insert', time - 80),
      ghost: 0,
      fresh: 1 - within('fade', time) * 0.9,
    }
  const points = mixPoints(change.from.points, to.points, closed(time, timing))
  return { edge: to, points, alpha: 1, ghost: 0, fresh: 0 }
}

type Offset = readonly [x: number, y: number]

/** How far a node is from where it ends up; of one that grows, from where its place is. */
function offsetOf(record: StepRecord, key: string, time: number, timing: Timing): Offset {
  const change = record.nodes.get(key)
  if (!change?.to) return [0, 0]
  const from = change.from ?? record.placed.get(key) ?? change.to
  const left = 1 - closed(time, timing)
  return [(from.x + from.width / 2 - change.to.x - change.to.width / 2) * left, (from.y - change.to.y) * left]
}

/** A line whose ends are moved, and all between as much as it is near them. */
function bent(points: readonly number[], [x0, y0]: Offset, [x1, y1]: Offset): readonly number[] {
  if (x0 === 0 && y0 === 0 && x1 === 0 && y1 === 0) return points
  const last = Math.max(1, points.length / 2 - 1)
  return points.map((v, i) => {
    const t = Math.floor(i / 2) / last
    return v + (i % 2 === 0 ? mix(x0, x1, t) : mix(y0, y1, t))
  })
}

/** The parts light up one after the other; all are lit at the end of the phase. */
function litAt(order: number, count: number, time: number): number {
  const [from, to] = PHASES.match
  const span = (to - from) / Math.max(1, count)
  return Math.min(1, Math.max(0, (time - from - order * span) / Math.max(span, 40)))
}

const boxOf = ({ x, y, width, height }: SceneNode): Rect => ({ x, y, width, height })
const mix = (a: number, b: number, t: number): number => a + (b - a) * t

function mixBox(a: Rect, b: Rect, t: number): Rect {
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
