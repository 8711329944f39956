/** Arithmetic on weights, in float64 over flat arrays: models have millions of them. */

/** Multiplies each run of so many elements by its own factor. */
export function scaleRuns(from: ArrayLike<number>, run: number, factorOf: (runIndex: number) => number): Float64Array {
  const to = new Float64Array(from.length)
  for (let r = 0, i = 0; i < to.length; r++) {
    const factor = factorOf(r)
    for (const end = i + run; i < end; i++) to[i] = from[i]! * factor
  }
  return to
}

/** Multiplies the columns of a matrix that lies row by row. */
export function scaleColumns(from: ArrayLike<number>, factors: Float64Array): Float64Array {
  const to = new Float64Array(from.length)
  const columns = factors.length
  for (let i = 0; i < to.length;) for (let c = 0; c < columns; c++, i++) to[i] = from[i]! * factors[c]!
  return to
}

export function allFinite(v: Float64Array): boolean {
  for (let i = 0; i < v.length; i++) if (!Number.isFinite(v[i]!)) return false
  return true
}
