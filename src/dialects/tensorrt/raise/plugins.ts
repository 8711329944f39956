/** Plugins of TensorRT-LLM whose definition is known, in ONNX operators: what they are held to. */
import type { Tensor } from '../../../engine'
import { bertAttention, gptAttention } from './attention-plugins'
import { cannotRaise } from './error'
import type { Raise, RaisedLayer } from './raised-layer'

/** The last two dimensions swapped. */
function turned({ b }: RaisedLayer, x: Tensor): Tensor {
  const rank = x.rank ?? cannotRaise(`the rank of ${x.name} is not known`)
  const perm = Array.from({ length: rank }, (_, i) => (i === rank - 1 ? rank - 2 : i === rank - 2 ? rank - 1 : i))
  return b.transpose(x, perm)
}

/** alpha · a · b, each transposed where its field says so; summed in float32. */
const gemm: Raise = (l) => {
  const { b } = l
  const [x, w] = [l.input(0), l.input(1)]
  if (l.number('use_fp8')) return cannotRaise('plugin Gemm in fp8 has no reference')
  const dtype = x.dtype ?? 'float32'
  const side = (t: Tensor, name: string): Tensor => b.cast(l.number(name) ? turned(l, t) : t, 'float32')
  const product = b.op('MatMul', [side(x, 'transa'), side(w, 'transb')])
  const alpha = l.number('alpha') ?? 1
  return b.cast(alpha === 1 ? product : b.op('Mul', [product, b.like(product, alpha)]), dtype)
}

/** Of one product x · weightᵀ + bias the halves a and g: a · g · σ(g). */
const gemmSwiglu: Raise = (l) => {
  const { b } = l
  const [x, w] = [l.input(0), l.input(1)]
  if ([l.number('scale_d0'), l.number('scale_d1'), l.number('scale_output')].some((s) => s !== null && s !== 1))
    return cannotRaise('plugin GemmSwiglu with scales has no reference')
  const product = b.op('MatMul', [b.cast(x, 'float32'), b.cast(turned(l, w), 'float32')])
  const y = l.has(2) ? b.op('Add', [product, b.cast(l.input(2), 'float32')]) : product
  const rows = w.shape?.[0]
  if (typeof rows !== 'number') return cannotRaise(`the size of ${w.name} is not known`)
  const part = (from: number, to: number): Tensor => b.op('Slice', [y, b.ints([from]), b.ints([to]), b.ints([-1])])
  const [first, gate] = [part(0, rows / 2), part(rows / 2, rows)]
  return b.cast(b.op('Mul', [b.op('Mul', [gate, b.op('Sigmoid', [gate])]), first]), x.dtype ?? 'float32')
}

/** x · (weight · scale of its column): weights of int8, [in, out]. */
const weightOnly: Raise = (l) => {
  const { b } = l
  const [x, w, scales] = [l.input(0), l.input(1), l.input(2)]
  if (w.dtype !== 'int8') return cannotRaise('plugin WeightOnlyQuantMatmul of other than int8 has no reference')
  const weight = b.op('Mul', [b.cast(w, 'float32'), b.cast(scales, 'float32')])
  return b.cast(b.op('MatMul', [b.cast(x, 'float32'), weight]), x.dtype ?? 'float32')
}

/** Each token by its largest element, and that element over 127. */
const quantizePerToken: Raise = (l) => {
  const { b } = l
  const x = b.cast(l.input(0), 'float32')
  const most = b.reduce('ReduceMax', b.op('Abs', [x]), [l.rank() - 1], true)
  const scale = b.op('Div', [most, b.constant('float32', [127])])
  const rounded = b.op('Round', [b.op('Div', [x, scale])])
  return [b.op('Cast', [rounded], { to: 3 }), scale]
}

/** int8 · int8ᵀ, times the scales of tokens and columns. */
const smoothQuantGemm: Raise = (l) => {
  const { b } = l
  const [x, w] = [b.cast(l.input(0), 'float32'), b.cast(turned(l, l.input(1)), 'float32')]
  const product = b.op('MatMul', [x, w])
  const scaled = b.op('Mul', [b.op('Mul', [product, b.cast(l.input(2), 'float32')]), b.cast(l.input(3), 'float32')])
  return b.cast(scaled, l.result()?.dtype ?? 'float16')
}

/** x / √(mean of squares + eps) · weight, over the last dimension. */
const rmsnorm: Raise = (l) => {
  const { b } = l
  const x = b.cast(l.input(0), 'float32')
  const square = b.reduce('ReduceMean', b.op('Mul', [x, x]), [l.rank() - 1], true)
  const root = b.op('Sqrt', [b.op('Add', [square, b.constant('float32', [l.number('eps') ?? 1e-6])])])
  return b.cast(b.op('Mul', [b.op('Div', [x, root]), b.cast(l.input(1), 'float32')]), l.input(0).dtype ?? 'float32')
}

/** (x - mean) / √(variance + eps) · weight + bias, over the last dimension. */
const layernorm: Raise = (l) => {
  const { b } = l
  const x = b.cast(l.input(0), 'float32')
  const mean = (t: Tensor): Tensor => b.reduce('ReduceMean', t, [l.rank() - 1], true)
  const centred = b.op('Sub', [x, mean(x)])
  const eps = b.constant('float32', [l.number('eps') ?? 1e-5])
  const root = b.op('Sqrt', [b.op('Add', [mean(b.op('Mul', [centred, centred])), eps])])
  const scaled = b.op('Mul', [b.op('Div', [centred, root]), b.cast(l.input(1), 'float32')])
  return b.cast(l.has(2) ? b.op('Add', [scaled, b.cast(l.input(2), 'float32')]) : scaled, l.input(0).dtype ?? 'float32')
}

/** The k largest or smallest of each row, and where they stand. */
const topkLastDim: Raise = (l) => {
  const { b } = l
  const k = l.number('k') ?? cannotRaise('plugin TopkLastDim has no k')
  const attributes = { axis: -1, largest: Number(l.flag('is_largest')), sorted: 1 }
  const [values, indices] = b.ops('TopK', [l.input(0), b.ints([k])], attributes, 2)
  return [values!, b.cast(indices!, 'int32')]
}

const cumsumLastDim: Raise = (l) => l.b.op('CumSum', [l.input(0), l.b.constant('int64', [-1], [])])

/** By type, in namespace `tensorrt_llm`. */
export const PLUGIN_REFERENCES: ReadonlyMap<string, Raise> = new Map([
  ['GPTAttention', gptAttention],
  ['BertAttention', bertAttention],
  ['Gemm', gemm],
  ['GemmSwiglu', gemmSwiglu],
  ['Rmsnorm', rmsnorm],
  ['Layernorm', layernorm],
  ['WeightOnlyQuantMatmul', weightOnly],
  ['QuantizePerToken', quantizePerToken],
  ['SmoothQuantGemm', smoothQuantGemm],
  ['TopkLastDim', topkLastDim],
  ['CumsumLastDim', cumsumLastDim],
])
