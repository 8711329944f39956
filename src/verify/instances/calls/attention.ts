import type { Attributes } from '../../../engine'
import type { Draw } from '../draw'
import type { OperandChoice } from '../operands'
import { filled, floatOf, maybe, numberSaid, one, shapeAt } from './call'
import type { CallContext, CallDrawer } from './call'

/** A mask that is added, or says what is looked at; never a row of nothing. */
function mask({ d }: CallContext, dtype: OperandChoice['dtype'], b: number, h: number, s: number, t: number) {
  if (d.chance(0.5)) return null
  const shape = d.pick([
    [b, 1, s, t],
    [1, 1, s, t],
    [b, h, s, t],
    [s, t],
  ])
  return d.chance(0.5) ? { dtype, shape } : filled('bool', shape, (i) => Number(i % t === 0 || d.chance(0.6)))
}

/** ai.onnx: queries of as many heads as keys have, or of several for each; three dimensions, or four. */
const attention: CallDrawer = (c) => {
  const { d, said, opset } = c
  const dtype = floatOf(c)
  const [q4, q3] = [shapeAt(c, 0, 4), shapeAt(c, 0, 3)]
  const isFlat = q3 !== null || (q4 === null && ('q_num_heads' in said || d.chance(0.5)))
  const kv = numberSaid(said, 'kv_num_heads', () => d.int(1, 2))
  const h = q4?.[1] ?? numberSaid(said, 'q_num_heads', () => kv * d.int(1, 2))
  const [b, s] = q4 ? [q4[0]!, q4[2]!] : q3 ? [q3[0]!, q3[1]!] : [d.int(1, 2), d.int(1, 4)]
  const w = q4 ? q4[3]! : q3 ? Math.floor(q3[2]! / h) : 2 * d.int(1, 3)
  const [t, past] = [d.chance(0.3) ? s : d.int(2, 4), d.chance(0.4) ? d.int(1, 3) : 0]
  const v = d.chance(0.7) ? w : w + 2
  const heads = (n: number, length: number, size: number): OperandChoice => ({
    dtype,
    shape: isFlat ? [b, length, n * size] : [b, n, length, size],
  })
  const before = (size: number): OperandChoice | null => (past > 0 ? { dtype, shape: [b, kv, past, size] } : null)
  const isPadded = opset >= 24 && past === 0 && d.chance(0.3)
  return {
    operands: [
      heads(h, s, w),
      heads(kv, t, w),
      heads(kv, t, v),
      mask(c, dtype, b, h, s, past + t),
      before(w),
      before(v),
      isPadded ? filled('int64', [b], () => d.int(1, t)) : null,
    ],
    attributes: {
      ...(isFlat && { q_num_heads: h, kv_num_heads: kv }),
      ...maybe(d, {
        is_causal: d.int(0, 1),
        scale: d.pick([0.5, 0.125, 1, 2]),
        softcap: d.pick([0, 1, 2]),
        qk_matmul_output_mode: d.int(0, 3),
        softmax_precision: 1,
      }),
    },
  }
}

/** com.microsoft: which of so many places are looked at; the first one always is. */
const openPlaces = (d: Draw, b: number, t: number): OperandChoice =>
  filled('int32', [b, t], (i) => Number(i % t === 0 || d.chance(0.6)))

/** com.microsoft: what is added to the scores, for all of a batch and its heads alike or for each. */
const addedTo = (d: Draw, dtype: OperandChoice['dtype'], [b, h, ...scores]: number[]): OperandChoice => ({
  dtype,
  shape: [d.pick([1, b!]), d.pick([1, h!]), ...scores],
})

/** com.microsoft: what its attentions of so many heads have in common. */
const headAttributes = (d: Draw, h: number): Attributes => ({
  num_heads: h,
  ...maybe(d, { unidirectional: d.int(0, 1), scale: d.pick([0.5, 2]), mask_filter_value: -100 }),
})

/** com.microsoft: weights of query, key and value beside each other. */
const packed: CallDrawer = (c) => {
  const { d, said } = c
  const h = numberSaid(said, 'num_heads', () => d.int(1, 3))
  const x = shapeAt(c, 0, 3) ?? [d.int(1, 2), d.int(1, 4), h * 2 * d.int(1, 2)]
  const [b, s, width] = x as [number, number, number]
  const dtype = floatOf(c)
  const past = d.chance(0.4) ? d.int(1, 3) : 0
  const size = Math.floor(width / h)
  const masks = [openPlaces(d, b, past + s), past === 0 ? filled('int32', [b], () => d.int(1, s)) : null]
  return {
    operands: [
      { dtype, shape: x },
      { dtype, shape: [width, 3 * width] },
      { dtype, shape: [3 * width] },
      d.chance(0.5) ? d.pick(masks) : null,
      past > 0 ? { dtype, shape: [2, b, h, past, size] } : null,
      d.chance(0.3) ? addedTo(d, dtype, [b, h, s, past + s]) : null,
      null,
    ],
    attributes: headAttributes(d, h),
  }
}

const multiHead: CallDrawer = (c) => {
  const { d, said } = c
  const h = numberSaid(said, 'num_heads', () => d.int(1, 3))
  const q = shapeAt(c, 0, 3) ?? [d.int(1, 2), d.int(1, 4), h * 2 * d.int(1, 2)]
  const [b, s, width] = q as [number, number, number]
  const dtype = floatOf(c)
  const past = d.chance(0.3) ? d.int(1, 3) : 0
  const t = past > 0 ? s : d.int(2, 4)
  const size = Math.floor(width / h)
  const before: OperandChoice | null = past > 0 ? { dtype, shape: [b, h, past, size] } : null
  return {
    operands: [
      { dtype, shape: q },
      { dtype, shape: [b, t, width] },
      { dtype, shape: [b, t, width] },
      d.chance(0.5) ? { dtype, shape: [3 * width] } : null,
      d.chance(0.3) ? openPlaces(d, b, past + t) : null,
      d.chance(0.3) ? addedTo(d, dtype, [b, h, s, past + t]) : null,
      before,
      before,
      null,
      null,
    ],
    attributes: headAttributes(d, h),
  }
}

/** A prompt, or one more token behind what is kept. */
const groupQuery: CallDrawer = (c) => {
  const { d, said } = c
  const kv = numberSaid(said, 'kv_num_heads', () => d.int(1, 2))
  const h = numberSaid(said, 'num_heads', () => kv * d.int(1, 2))
  const x = shapeAt(c, 0, 3)
  const isPrompt = d.chance(0.6)
  const [b, s] = x ? [x[0]!, x[1]!] : [1, isPrompt ? d.int(1, 4) : 1]
  const size = x ? Math.floor(x[2]! / h) : 16
  const dtype = floatOf(c)
  const past = isPrompt ? 0 : d.int(1, 3)
  const kept: OperandChoice = { dtype, shape: [b, kv, past, size] }
  const turns = numberSaid(said, 'do_rotary', () => d.int(0, 1))
  const angles: OperandChoice | null = turns ? { dtype, shape: [8, size / 2] } : null
  return {
    operands: [
      { dtype, shape: [b, s, h * size] },
      { dtype, shape: [b, s, kv * size] },
      { dtype, shape: [b, s, kv * size] },
      kept,
      kept,
      filled('int32', [b], () => past + s - 1),
      one('int32', past + s),
      angles,
      angles,
      null,
      d.chance(0.2) ? { dtype, shape: [1, 1, s, past + s] } : null,
      null,
      null,
      null,
    ],
    attributes: {
      num_heads: h,
      kv_num_heads: kv,
      do_rotary: turns,
      ...maybe(d, {
        scale: d.pick([0.5, 2]),
        softcap: d.pick([1, 2]),
        local_window_size: d.pick([-1, 2]),
        rotary_interleaved: d.int(0, 1),
        smooth_softmax: d.pick([0, 1]),
      }),
    },
  }
}

/** ai.onnx: the angles of a table by position, or one for each place. */
const rotary: CallDrawer = (c) => {
  const { d, said } = c
  const dtype = floatOf(c)
  const [x4, x3] = [shapeAt(c, 0, 4), shapeAt(c, 0, 3)]
  const isFlat = x3 !== null || (x4 === null && d.chance(0.4))
  const h = x4?.[1] ?? numberSaid(said, 'num_heads', () => d.int(1, 3))
  const [b, s] = x4 ? [x4[0]!, x4[2]!] : x3 ? [x3[0]!, x3[1]!] : [d.int(1, 2), d.int(1, 4)]
  const size = x4 ? x4[3]! : x3 ? Math.floor(x3[2]! / h) : 4 * d.int(1, 2)
  const part = numberSaid(said, 'rotary_embedding_dim', () => d.pick([0, 0, size / 2]))
  const half = (part || size) / 2
  const isByPlace = d.chance(0.6)
  const angles: OperandChoice = { dtype, shape: isByPlace ? [6, half] : [b, s, half] }
  return {
    operands: [
      { dtype, shape: isFlat ? [b, s, h * size] : [b, h, s, size] },
      angles,
      angles,
      isByPlace ? filled('int64', [b, s], () => d.int(0, 5)) : null,
    ],
    attributes: {
      ...(isFlat && { num_heads: h }),
      ...(part > 0 && { rotary_embedding_dim: part }),
      ...maybe(d, { interleaved: d.int(0, 1) }),
    },
  }
}

/** com.microsoft: places come second, or the first of them alone. */
const microsoftRotary: CallDrawer = (c) => {
  const { d, said } = c
  const { operands, attributes } = rotary({ ...c, said: { ...said, rotary_embedding_dim: 0 } })
  const [x] = operands
  const flat = x!.shape.length === 3
  const [b, s] = flat ? [x!.shape[0]!, x!.shape[1]!] : [x!.shape[0]!, x!.shape[2]!]
  const size = flat ? x!.shape[2]! / Number(attributes['num_heads'] ?? 1) : x!.shape[3]!
  const angles: OperandChoice = { dtype: x!.dtype, shape: [8, size / 2] }
  const places = d.chance(0.3) ? filled('int64', [1], () => d.int(0, 3)) : filled('int64', [b, s], () => d.int(0, 7))
  return { operands: [x!, places, angles, angles], attributes }
}

export const ATTENTION: Readonly<Record<string, CallDrawer>> = {
  Attention: attention,
  RotaryEmbedding: rotary,
  'com.microsoft.Attention': packed,
  'com.microsoft.MultiHeadAttention': multiHead,
  'com.microsoft.GroupQueryAttention': groupQuery,
  'com.microsoft.RotaryEmbedding': microsoftRotary,
}
