import { ConstantValue } from '../../../engine'
import type { Tensor } from '../../../engine'
import { constant, constantOf, rankOf } from './core'
import { add, cast, div, mul, sub } from './elementwise'
import { embedding } from './embedding'
import { repeatInterleave } from './indexing'
import * as tables from './rope-tables'
import { concat, expandDims, shape, slice, split, unsqueeze, view } from './shape'

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

interface Positions {
  readonly heads: number
  readonly headSize: number
  readonly maxPositions: number
  /** Divides the table. */
  readonly scale?: number
  /** The input is packed: [tokens, ...]. */
  readonly removePadding?: boolean
}

/** Queries, keys and values of [batch, length, ...], in `order` within a row: heads first, or the three first. */
function apart(qkv: Tensor | readonly Tensor[], at: Positions, order: 2 | 3): { q: Tensor; k: Tensor; v: Tensor } {
  const input = isList(qkv) ? qkv[0]! : qkv
  const [batch, length] = at.removePadding ? [1, shape(input, 0)] : [shape(input, 0), shape(input, 1)]
  const row = order === 2 ? [3, at.heads, at.headSize] : [at.heads, 3, at.headSize]
  const parts = isList(qkv) ? qkv : split(view(qkv, concat([batch, length, ...row])), 1, order)
  const sizes = concat([batch, length, at.heads, at.headSize])
  const [q, k, v] = parts.map((t) => view(t, sizes))
  return { q: q!, k: k!, v: v! }
}

const isList = (qkv: Tensor | readonly Tensor[]): qkv is readonly Tensor[] => Array.isArray(qkv)

function together<T extends Tensor | readonly Tensor[]>(qkv: T, parts: readonly Tensor[]): T {
  const input = isList(qkv) ? qkv[0]! : (qkv as Tensor)
  const whole = shape(input)
  return (isList(qkv) ? parts.map((t) => view(t, whole)) : view(concat([...parts], 2), whole)) as T
}

/**
 * Turns queries and keys as ChatGLM does: the first half of each head by the position of a token, the second by its block.
 * @param positions [batch, 2, length], or packed [2, tokens]
 */
function applyRotaryPosEmbChatglm<T extends Tensor | readonly Tensor[]>(qkv: T, positions: Tensor, at: Positions): T {
  const half = at.headSize / 2
  const { q, k, v } = apart(qkv, at, 3)
  const values = tables.createSinusoidalPositions(at.maxPositions, half).numbers()
  const rows = new Float32Array(at.maxPositions * 2 * half)
  const quarter = half / 2
  for (let i = 0; i < rows.length; i++) {
    const [p, j] = [Math.floor(i / (2 * half)), i % (2 * half)]
    const from = j < half ? j % quarter : quarter + (j % quarter)
    rows[i] = values[p * half + from]! / (at.scale ?? 1)
  }
  const weight = constant(ConstantValue.of(q.dtype ?? 'float32', [at.maxPositions, 2 * half], rows))
  const found = embedding(at.removePadding ? unsqueeze(positions, 0) : positions, weight)
  const [position, block] = split(found, 1, 1)
  const [sin0, cos0] = split(position!, half, 3)
  const [sin1, cos1] = split(block!, half, 3)
  const sizes = concat([shape(q, 0), shape(q, 1), 1, half])
  const angles = [cos0!, cos1!, sin0!, sin1!].map((t) => view(t, sizes))
  const turned = [q, k].map((t) => applyRotaryPosEmb(t, angles, 'chatglm'))
  return together(qkv, [...turned, v])
}

/** Turns queries and keys as CogVLM does: in float32, by the positions that are given [batch, length], or packed [tokens]. */
function applyRotaryPosEmbCogvlm<T extends Tensor | readonly Tensor[]>(qkv: T, positions: Tensor, at: Positions): T {
  const { q, k, v } = apart(qkv, at, 2)
  const values = tables.createSinusoidalPositions(at.maxPositions, at.headSize).numbers()
  const scaled = Float32Array.from(values, (x) => x / (at.scale ?? 1))
  const weight = constant(ConstantValue.of('float32', [at.maxPositions, at.headSize], scaled))
  const found = embedding(at.removePadding ? unsqueeze(positions, 0) : positions, weight)
  const [sin, cos] = split(found, at.headSize / 2, -1)
  const wide = [q, k].map((t) => cast(t, 'float32'))
  const turned = wide.map((t) => applyRotaryPosEmb(t, [cos!, sin!], 'rope_gpt_neox'))
  return together(qkv, [...turned.map((t) => cast(t, q.dtype ?? 'float32')), v])
}

/** Rotary positions by layers, and their tables, as the module's class of static methods has them. */
export const RopeEmbeddingUtils = {
  ...tables,
  rotateHalf,
  rotateEveryTwo,
  applyRotaryPosEmb,
  applyRotaryPosEmbChatglm,
  applyRotaryPosEmbCogvlm,
}
