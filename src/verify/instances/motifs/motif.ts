import type { Draw } from '../draw'

/**
 * Draws the text of a network (see `networkFromText`) on which a pattern probably matches. What it leaves to chance is what the
 * pattern leaves open, and now and then a little more: whether it matches is for the matcher to say.
 */
export type Motif = (d: Draw) => string

/** A type, as a declaration has it. */
export const typed = (dtype: string, dims: readonly (number | string)[]): string => `${dtype}[${dims.join(',')}]`

/** A constant of int64 with these values. */
export const ints = (name: string, values: readonly number[]): string =>
  `const ${name} int64[${values.length}] = ${values.join(' ')}`

/** Sizes that broadcast to `dims`: some of them 1, leading ones left out. */
export function broadcastable(d: Draw, dims: readonly number[]): number[] {
  const from = d.chance(0.5) ? 0 : d.int(0, dims.length)
  return dims.slice(from).map((n) => (d.chance(0.3) ? 1 : n))
}

/** The order of `n` dimensions, at random. */
export const order = (d: Draw, n: number): number[] => d.shuffled(Array.from({ length: n }, (_, i) => i))

/** The axis counted from the front or from behind. */
export const axisOf = (d: Draw, i: number, rank: number): number => (d.chance(0.5) ? i : i - rank)

export const UNARY = ['Relu', 'Neg', 'Abs', 'Sigmoid', 'Tanh', 'Exp', 'Erf', 'Ceil', 'Sin', 'HardSwish'] as const

/** A size of the list shared out at random. */
export function parts(d: Draw, size: number, count: number): number[] {
  const cuts = d.shuffled(Array.from({ length: size - 1 }, (_, i) => i + 1)).slice(0, count - 1)
  const ends = [...cuts.sort((a, b) => a - b), size]
  return ends.map((end, i) => end - (ends[i - 1] ?? 0))
}
