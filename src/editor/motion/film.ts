/**
 * A film of steps: which step is shown how far at a moment of the film, and where the camera is. A pure function of the
 * shots and a time; how a step looks at its own moment is `frames.ts`.
 */
import { nodeNamed, union } from '../../layout'
import type { Rect } from '../../layout'
import { DURATION } from './phases'
import type { StepRecord } from './step-record'

export type FilmFormat = 'webm' | 'gif' | 'page'

export interface Caption {
  readonly label: string
  /** The rewrite as an equation; empty for what has none. */
  readonly equation: string
  /** The module that it happened in. */
  readonly scope: string
  readonly step: number
  readonly of: number
}

export interface Shot {
  readonly record: StepRecord
  readonly caption: Caption
}

export interface Film {
  readonly title: string
  readonly shots: readonly Shot[]
}

/** What is shown at one moment. */
export interface FilmMoment {
  readonly index: number
  readonly shot: Shot
  /** Milliseconds of the step's own record. */
  readonly time: number
  /** What the camera shows at least. */
  readonly view: Rect
}

/** Milliseconds for going to a step, and for looking at what it made. */
const LEAD = 600
const REST = 700
/** Steps are slower than on the screen, where one knows where to look. */
const SLOW = 1.5
export const SHOT = LEAD + DURATION * SLOW + REST

/** Milliseconds. */
export const filmLength = ({ shots }: Film): number => shots.length * SHOT

/** Where a shot begins. */
export const shotStart = (index: number): number => index * SHOT

/** @throws RangeError for a film without shots */
export function filmAt(film: Film, ms: number): FilmMoment {
  const last = film.shots.length - 1
  const index = Math.max(0, Math.min(last, Math.floor(ms / SHOT)))
  const shot = film.shots[index]
  if (!shot) throw new RangeError('a film without steps has no moments')
  const since = Math.max(0, ms - shotStart(index))
  const time = Math.min(DURATION, Math.max(0, (since - LEAD) / SLOW))
  const to = focusOf(shot.record)
  const before = film.shots[index - 1]
  const gone = Math.min(1, since / LEAD)
  const view = before ? between(focusOf(before.record), to, gone * gone * (3 - 2 * gone)) : to
  return { index, shot, time, view }
}

/** So much of the picture is always in view. */
const LEAST = { width: 760, height: 380 }
const MARGIN = 60

const focuses = new WeakMap<StepRecord, Rect>()

/** What a step is about: its match, and what takes its place. */
export function focusOf(record: StepRecord): Rect {
  const known = focuses.get(record)
  if (known) return known
  const parts = [...record.parts.keys()].flatMap((key) => nodeNamed(record.before, key) ?? [])
  const fresh = [...record.nodes.own.values()].flatMap(({ from, to }) => (!from && to ? [to] : []))
  const { width, height } = record.after
  const around = union([...parts, ...fresh]) ?? { x: 0, y: 0, width, height: Math.min(height, LEAST.height * 2) }
  const middle = { x: around.x + around.width / 2, y: around.y + around.height / 2 }
  const wide = Math.max(LEAST.width, around.width + 2 * MARGIN)
  const high = Math.max(LEAST.height, around.height + 2 * MARGIN)
  const focus = { x: middle.x - wide / 2, y: middle.y - high / 2, width: wide, height: high }
  focuses.set(record, focus)
  return focus
}

function between(a: Rect, b: Rect, t: number): Rect {
  const mix = (from: number, to: number) => from + (to - from) * t
  return { x: mix(a.x, b.x), y: mix(a.y, b.y), width: mix(a.width, b.width), height: mix(a.height, b.height) }
}
