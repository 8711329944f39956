/** Elements that are moved as bytes are those that were there, whatever their width and wherever they lie in a file. */
import { describe, expect, test } from 'vitest'
import { ConstantValue } from '../../src/engine'
import type { DType } from '../../src/engine'
import { joinColumns, transposedMatrix } from '../../src/patterns/elements'

/** A matrix of a type; `shift` bytes stand in front of it, as in a file. */
function matrix(dtype: DType, rows: number, columns: number, from: number, shift = 0): ConstantValue {
  const values = Array.from({ length: rows * columns }, (_, i) => from + i)
  const made = ConstantValue.of(dtype, [rows, columns], values)
  const bytes = new Uint8Array(made.bytes!.length + shift)
  bytes.set(made.bytes!, shift)
  return new ConstantValue(dtype, [rows, columns], bytes.subarray(shift))
}

describe.each(['float32', 'float16', 'float64', 'int64', 'int8', 'bool'] as const)('%s', (dtype) => {
  const as = (values: readonly number[]): number[] =>
    Array.from(ConstantValue.of(dtype, [values.length], values).numbers())

  test.each([0, 1])('columns side by side, %d bytes into a file', (shift) => {
    const joined = joinColumns([matrix(dtype, 2, 2, 1, shift), matrix(dtype, 2, 3, 10, shift)])
    expect([joined.dtype, joined.shape]).toEqual([dtype, [2, 5]])
    expect(Array.from(joined.numbers())).toEqual(as([1, 2, 10, 11, 12, 3, 4, 13, 14, 15]))
  })

  test.each([0, 3])('the transpose, %d bytes into a file', (shift) => {
    const turned = transposedMatrix(matrix(dtype, 2, 3, 1, shift), [3, 2, 1])
    expect([turned.dtype, turned.shape]).toEqual([dtype, [3, 2, 1]])
    expect(Array.from(turned.numbers())).toEqual(as([1, 4, 2, 5, 3, 6]))
  })
})

test('what shares bytes, or is not here, is refused', () => {
  expect(() => transposedMatrix(new ConstantValue('int4', [2, 2], new Uint8Array(2)), [2, 2])).toThrow(
    /int4 cannot be moved/,
  )
  expect(() => transposedMatrix(new ConstantValue('float32', [2, 2], null), [2, 2])).toThrow(/not here/)
})
