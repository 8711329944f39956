/** Rotary positions: pairs of elements are turned by angles that grow with the position. */
import type { Tensor } from '../../../engine'
import type { OnnxBuilder } from './builder'

export interface Rotary {
  /** The first so many elements of each vector are turned. */
  readonly dim: number
  /** Pairs are neighbours (GPT-J), or of both halves (GPT-NeoX). */
  readonly pairs: 'neighbours' | 'halves'
  /** [dim / 2], float32: the angle of one position, by pair. */
  readonly frequencies: Tensor
  /** [positions, dim / 2] each, where tables are given: they go before frequencies. */
  readonly tables: { readonly cos: Tensor; readonly sin: Tensor } | null
}

/** @param x [rows, heads, positions, size] @param position [rows, positions], int64 */
export function rotated(b: OnnxBuilder, x: Tensor, position: Tensor, size: number, rotary: Rotary): Tensor {
  const { dim, pairs } = rotary
  const [cos, sin] = angles(b, position, rotary)
  const part = (from: number, to: number, axis: number, t: Tensor): Tensor =>
    b.op('Slice', [t, b.ints([from]), b.ints([to]), b.ints([axis])])
  const head = dim === size ? x : part(0, dim, 3, x)
  const half = dim / 2
  const apart = pairs === 'halves' ? head : b.reshape(head, [0, 0, -1, half, 2])
  const [first, second] =
    pairs === 'halves'
      ? [part(0, half, 3, apart), part(half, dim, 3, apart)]
      : [b.squeeze(part(0, 1, 4, apart), [4]), b.squeeze(part(1, 2, 4, apart), [4])]
  const left = b.op('Sub', [b.op('Mul', [first, cos]), b.op('Mul', [second, sin])])
  const right = b.op('Add', [b.op('Mul', [second, cos]), b.op('Mul', [first, sin])])
  const turned =
    pairs === 'halves'
      ? b.op('Concat', [left, right], { axis: 3 })
      : b.reshape(b.op('Concat', [b.unsqueeze(left, [4]), b.unsqueeze(right, [4])], { axis: 4 }), [0, 0, -1, dim])
  return dim === size ? turned : b.op('Concat', [turned, part(dim, size, 3, x)], { axis: 3 })
}

/** Cosines and sines, [rows, 1, positions, dim / 2]. */
function angles(b: OnnxBuilder, position: Tensor, { frequencies, tables }: Rotary): [Tensor, Tensor] {
  if (tables) {
    const of = (table: Tensor): Tensor => b.unsqueeze(b.op('Gather', [table, position], { axis: 0 }), [1])
    return [of(tables.cos), of(tables.sin)]
  }
  const angle = b.op('Mul', [b.unsqueeze(b.cast(position, 'float32'), [2]), frequencies])
  const turned = b.unsqueeze(angle, [1])
  return [b.op('Cos', [turned]), b.op('Sin', [turned])]
}
