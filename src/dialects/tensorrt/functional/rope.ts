import { ConstantValue } from '../../../engine'
import type { Tensor } from '../../../engine'
import { constantOf, rankOf } from './core'
import { add, div, mul, sub } from './elementwise'
import { repeatInterleave } from './indexing'
import { concat, expandDims, shape, slice, view } from './shape'

type Rope = 'rope_gptj' | 'rope_gpt_neox' | 'long_rope' | 'chatglm'

/** Sizes of [batch, length, heads, size], the last halved. @throws RangeError for another rank */
function halved(x: Tensor): Tensor {
  if (rankOf(x) !== 4) throw new RangeError(`positions turn [batch, length, heads, size], not ${x}`)
  return concat([0, 1, 2, 3].map((i) => (i === 3 ? div(shape(x, i), 2) : shape(x, i))))
}

/** The halves of the last dimension. */
function halves(x: Tensor): [Tensor, Tensor] {
  const sizes = halved(x)
  const middle = div(shape(x, 3), 2)
  const ones = [1, 1, 1, 1]
  return [slice(x, [0, 0, 0, 0], sizes, ones), slice(x, concat([0, 0, 0, middle]), sizes, ones)]
}

const negated = (x: Tensor): Tensor => sub(constantOf(x.dtype ?? 'float32', [0]), x)

function rotateHalf(x: Tensor): Tensor {
  const [first, second] = halves(x)
  return concat([negated(second), first], 3)
}

function rotateEveryTwo(x: Tensor): Tensor {
  const sizes = halved(x)
  const every = (start: number): Tensor => slice(x, [0, 0, 0, start], sizes, [1, 1, 1, 2])
  const [even, odd] = [every(0), every(1)]
  const [first, second] = [expandDims(even, 4), expandDims(odd, 4)]
  const pairs = concat([negated(second), first], 4)
  return view(pairs, concat([shape(pairs, 0), shape(pairs, 1), shape(pairs, 2), mul(shape(pairs, 3), 2)]))
}

/**
 * Turns each vector of [batch, length, heads, size] by the angles of its position.
 * @param positions cosines and sines [batch, length, size / 2]; for `chatglm` those of the positions and of the blocks,
 *   cos, cos, sin, sin, in the rank of `x`
 * @throws RangeError for a number of tables that the type does not have
 */
function applyRotaryPosEmb(x: Tensor, positions: readonly Tensor[], type: Rope = 'rope_gptj'): Tensor {
  const wanted = type === 'chatglm' ? 4 : 2
  if (positions.length !== wanted) throw new RangeError(`${type} takes ${wanted} tables, not ${positions.length}`)
  if (type === 'chatglm') return turnedInParts(x, positions)
  const [cos, sin] = positions
  const [s, c] = [expandDims(sin!, 2), expandDims(cos!, 2)]
  const isPaired = type === 'rope_gptj'
  const whole = (t: Tensor): Tensor => (isPaired ? repeatInterleave(t, 2, 3) : concat([t, t], 3))
  const [sines, cosines] = [whole(s), whole(c)]
  const kept = mul(x, cosines)
  return add(kept, mul(isPaired ? rotateEveryTwo(x) : rotateHalf(x), sines))
}

function turnedInParts(x: Tensor, positions: readonly Tensor[]): Tensor {
  const parts = halves(x).map((part, i) => {
    const kept = mul(part, positions[i]!)
    return add(kept, mul(rotateHalf(part), positions[i + 2]!))
  })
  return view(concat(parts, 3), shape(x))
}

/** Sines, then cosines, of the angles of each position: [1, positions, size], as weights. */
function createSinusoidalPositions(count: number, dim: number, theta = 10000): ConstantValue {
  const half = Math.ceil(dim / 2)
  const values = new Float32Array(count * 2 * half)
  for (let p = 0; p < count; p++)
    for (let i = 0; i < half; i++) {
      const angle = Math.fround(p * Math.fround(1 / theta ** ((2 * i) / dim)))
      values[p * 2 * half + i] = Math.sin(angle)
      values[p * 2 * half + half + i] = Math.cos(angle)
    }
  return ConstantValue.of('float32', [1, count, 2 * half], values)
}

/** Rotary positions by layers, as the module's class of static methods has them; scaled tables (yarn, longrope) are not there. */
export const RopeEmbeddingUtils = { rotateHalf, rotateEveryTwo, applyRotaryPosEmb, createSinusoidalPositions }
