/** Weights are scaled as if in real numbers and rounded once, whatever their type and wherever they lie in a file. */
import { describe, expect, test } from 'vitest'
import { ConstantValue } from '../../src/engine'
import type { DType } from '../../src/engine'
import { allFinite, scaled } from '../../src/patterns/weights'

/** A constant of a type; `shift` bytes stand in front of it, as in a file. */
function constant(dtype: DType, values: readonly number[], shift = 0): ConstantValue {
  const made = ConstantValue.of(dtype, [values.length], values)
  const bytes = new Uint8Array(made.bytes!.length + shift)
  bytes.set(made.bytes!, shift)
  return new ConstantValue(dtype, [values.length], bytes.subarray(shift))
}

const VALUES = [1, 2, 3, -4, 0.5, 6, 7, 8.25]
const FLOATS = ['float32', 'float16', 'bfloat16', 'float64'] as const

describe.each(FLOATS)('%s', (dtype) => {
  test.each([
    ['runs', 4, 1, [0, 0, 0, 0, 1, 1, 1, 1]],
    ['runs, over and over', 2, 1, [0, 0, 1, 1, 0, 0, 1, 1]],
    ['columns', 1, 1, [0, 1, 0, 1, 0, 1, 0, 1]],
    ['runs in groups', 2, 2, [0, 0, 0, 0, 1, 1, 1, 1]],
    ['columns in groups', 1, 2, [0, 0, 0, 0, 1, 1, 1, 1]],
  ] as const)('%s', (_, run, groups, at) => {
    const factors = Float64Array.of(1 / 3, -0.1)
    for (const shift of [0, 1, 4]) {
      const given = constant(dtype, VALUES, shift)
      const before = given.bytes!.slice()
      const wanted = ConstantValue.of(
        dtype,
        [8],
        Array.from(given.numbers(), (v, i) => v * factors[at[i]!]!),
      )
      expect(scaled(given, factors, run, groups)).toEqual(wanted)
      expect(given.bytes).toEqual(before)
    }
  })
})

test.each([
  ['float32', 2 ** 128 - 2 ** 103, 2 ** 128 - 2 ** 104],
  ['float16', 65520, 65519],
  ['bfloat16', 2 ** 128 - 2 ** 119, 2 ** 128 - 2 ** 120],
  ['float64', Infinity, Number.MAX_VALUE],
] as const)('%s overflows where rounding does', (dtype, over, under) => {
  for (const run of [1, 2]) {
    expect(scaled(constant(dtype, [1, 1]), Float64Array.of(over), run)).toBeNull()
    expect(scaled(constant(dtype, [1, 1]), Float64Array.of(NaN), run)).toBeNull()
    expect(scaled(constant(dtype, [1, 1]), Float64Array.of(-under), run)?.at(1)).toBeLessThan(-65000)
  }
  expect([allFinite([over], dtype), allFinite([under], dtype), allFinite([NaN], dtype)]).toEqual([false, true, false])
  expect(ConstantValue.of(dtype, [2], [over, under]).numbers()).toMatchObject({ 0: Infinity })
  expect(Number.isFinite(ConstantValue.of(dtype, [1], [under]).at(0))).toBe(true)
})
