/** Every layer type: what it gives of its operands, and what is refused. */
import { describe, expect, test } from 'vitest'
import {
  ConstantValue,
  netGuard,
  Network,
  PatternRewriter,
  RewritePatternManager,
  verifyNetwork,
} from '../../../src/engine'
import type { Attributes, Dialect, DType, Shape, Tensor } from '../../../src/engine'
import { LayerType, tensorrtDialect } from '../../../src/dialects/tensorrt'

type Given = string | ConstantValue | null

/** Layers by themselves, without what a loop asks as a whole. */
const byThemselves: Dialect = { ...tensorrtDialect, boundaries: { ...tensorrtDialect.boundaries!, kinds: [] } }

const floats = (...shape: number[]): ConstantValue =>
  ConstantValue.of(
    'float32',
    shape,
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
  )
const indices = (...values: number[]): ConstantValue => ConstantValue.of('int64', [values.length], values)
const scalar = (value: number): ConstantValue => ConstantValue.scalarOf('int64', value)

/** `float32[2,batch,?]` */
function parse(text: string): { dtype: DType; shape: Shape } {
  const [, dtype, sizes] = /^(\w+)\[(.*)\]$/.exec(text)!
  const shape = sizes === '' ? [] : sizes!.split(',').map((d) => (d === '?' ? null : /^-?\d+$/.test(d) ? Number(d) : d))
  return { dtype: dtype as DType, shape }
}

const print = (t: Tensor | null): string =>
  `${t?.dtype ?? '?'}${t?.shape ? `[${t.shape.map((d) => d ?? '?').join(',')}]` : ''}`

/** A layer on inputs of these types, or constants; with `held` CONSTANT layers hold them, as in every network of TensorRT. */
function made(kind: string, given: readonly Given[], attributes: Attributes, outputCount = 1, held = false) {
  const network = new Network(byThemselves)
  return netGuard(network, () => {
    const inputs = given.map((g, i) => {
      if (g === null) return null
      if (g instanceof ConstantValue && !held) return network.addConstant(g, `c${i}`)
      if (g instanceof ConstantValue)
        return network.addLayer({ kind: 'CONSTANT', name: `c${i}`, inputs: [], attributes: { weights: g } }).output()
      const { dtype, shape } = parse(g)
      return network.addInput(`x${i}`, dtype, shape)
    })
    return network.addLayer({ kind, inputs, attributes, outputCount })
  })
}

describe('types of results', () => {
  const conv = { num_output_maps: 8, kernel_size_nd: [3, 3], kernel: floats(8, 4, 3, 3) }
  test.each<[string, Given[], Attributes, string]>([
    ['CONVOLUTION', ['float32[n,4,16,?]'], { ...conv, stride_nd: [2, 2], padding_nd: [1, 1] }, 'float32[n,8,8,?]'],
    ['CONVOLUTION', ['float32[1,4,h,16]'], conv, 'float32[1,8,h - 2,14]'],
    [
      'CONVOLUTION',
      ['float32[1,4,15,15]'],
      { ...conv, stride_nd: [2, 2], padding_mode: 'SAME_UPPER' },
      'float32[1,8,8,8]',
    ],
    [
      'CONVOLUTION',
      ['float32[1,4,16,16]'],
      { ...conv, stride_nd: [2, 2], padding_mode: 'EXPLICIT_ROUND_UP' },
      'float32[1,8,8,8]',
    ],
    ['DECONVOLUTION', ['float32[1,4,5,h]'], { ...conv, stride_nd: [2, 2] }, 'float32[1,8,11,2*h + 1]'],
    ['POOLING', ['float32[n,4,8,8]'], { type: 'MAX', window_size_nd: [2, 2], stride_nd: [2, 2] }, 'float32[n,4,4,4]'],
    ['PADDING', ['float32[1,2,3,w]'], { pre_padding_nd: [1, 2], post_padding_nd: [-1, 0] }, 'float32[1,2,3,w + 2]'],
    ['RESIZE', ['float32[n,3,8,8]'], { scales: [1, 1, 2, 2.5] }, 'float32[n,3,16,20]'],
    ['RESIZE', ['float32[n,3,8,8]', indices(1, 3, 5, 6)], {}, 'float32[1,3,5,6]'],
    ['GRID_SAMPLE', ['float32[n,3,8,8]', 'float32[n,4,5,2]'], {}, 'float32[n,3,4,5]'],
    ['ELEMENTWISE', ['float32[batch,1,8]', 'float32[1,seq,8]'], { op: 'SUM' }, 'float32[batch,seq,8]'],
    ['ELEMENTWISE', ['float32[-1,8]', 'float32[-1,8]'], { op: 'PROD' }, 'float32[?,8]'],
    ['ELEMENTWISE', ['float32[2,3]', 'float32[2,3]'], { op: 'LESS' }, 'bool[2,3]'],
    ['UNARY', ['float16[a,?]'], { op: 'ERF' }, 'float16[a,?]'],
    ['UNARY', ['float16[2]'], { op: 'ISNAN' }, 'bool[2]'],
    ['ACTIVATION', ['float16[a,?]'], { type: 'GELU_TANH' }, 'float16[a,?]'],
    ['PARAMETRIC_RELU', ['float32[2,3]', 'float32[1,3]'], {}, 'float32[2,3]'],
    ['SELECT', ['bool[1,1]', 'float32[b,3]', 'float32[b,1]'], {}, 'float32[b,3]'],
    ['SCALE', ['float32[1,3,4,4]'], { mode: 'CHANNEL', scale: floats(3) }, 'float32[1,3,4,4]'],
    ['CAST', ['float32[a]'], { to_type: 'BF16' }, 'bfloat16[a]'],
    ['ACTIVATION', ['int32[a]'], { type: 'RELU' }, 'int32[a]'],
    ['SCALE', ['float32[1,3,4,w]'], { mode: 'ELEMENTWISE', scale: floats(7) }, 'float32[1,3,4,w]'],
    ['IDENTITY', ['float32[a]'], {}, 'float32[a]'],
    ['SOFTMAX', ['float32[a,8]'], { axes: 2 }, 'float32[a,8]'],
    ['RAGGED_SOFTMAX', ['float32[4,8]', 'int32[4,1]'], {}, 'float32[4,8]'],
    ['REDUCE', ['float32[a,b,8]'], { op: 'AVG', axes: 0b101, keep_dims: true }, 'float32[1,b,1]'],
    ['REDUCE', ['float32[a,b,8]'], { op: 'MAX', axes: 0b101 }, 'float32[b]'],
    ['CUMULATIVE', ['float32[a,8]', scalar(1)], {}, 'float32[a,8]'],
    ['LRN', ['float32[1,4,8,8]'], { window_size: 5 }, 'float32[1,4,8,8]'],
    ['NORMALIZATION', ['float32[b,s,8]', 'float32[1,1,8]', 'float32[1,1,8]'], { axes: 4 }, 'float32[b,s,8]'],
    ['MATRIX_MULTIPLY', ['float32[b,4,8]', 'float32[1,3,8]'], { op1: 'TRANSPOSE' }, 'float32[b,4,3]'],
    ['MATRIX_MULTIPLY', ['float32[b,k]', 'float32[b,k,n]'], { op0: 'VECTOR' }, 'float32[b,n]'],
    ['MATRIX_MULTIPLY', ['float32[b,m,k]', 'float32[b,k]'], { op1: 'VECTOR' }, 'float32[b,m]'],
    ['EINSUM', ['float32[b,i,k]', 'float32[b,k,j]'], { equation: 'bik,bkj->bij' }, 'float32[b,i,j]'],
    ['CONSTANT', [], { weights: floats(2, 3), shape: [3, 2] }, 'float32[3,2]'],
    ['FILL', [], { shape: [4], to_type: 'INT32' }, 'int32[4]'],
    [
      'SHUFFLE',
      ['float32[b,s,64]'],
      { reshape_dims: [0, 0, 4, 16], second_transpose: [0, 2, 1, 3] },
      'float32[b,4,s,16]',
    ],
    ['SHUFFLE', ['float32[b,s,64]'], { reshape_dims: [-1, 64] }, 'float32[b*s,64]'],
    ['SHUFFLE', ['float32[?,s,64]'], { reshape_dims: [0, -1] }, 'float32[?,64*s]'],
    ['SHUFFLE', ['float32[?,s,64]'], { reshape_dims: [-1, 64] }, 'float32[?,64]'],
    ['SHUFFLE', ['float32[0,4]'], { reshape_dims: [0, 4], zero_is_placeholder: false }, 'float32[0,4]'],
    ['SHUFFLE', ['float32[b,4]', 'int64[3]'], {}, 'float32[?,?,?]'],
    ['SQUEEZE', ['float32[1,b,1]', indices(0, -1)], {}, 'float32[b]'],
    ['UNSQUEEZE', ['float32[b]', indices(0, 2)], {}, 'float32[1,b,1]'],
    ['SHAPE', ['float32[a,b]'], {}, 'int64[2]'],
    ['CONCATENATION', ['float32[a,2]', 'float32[b,2]'], { axis: 0 }, 'float32[a + b,2]'],
    ['CONCATENATION', ['float32[?,2]', 'float32[3,2]'], { axis: 0 }, 'float32[?,2]'],
    ['SLICE', ['float32[4,8]'], { start: [1, 0], shape: [2, 4], stride: [1, 2] }, 'float32[2,4]'],
    ['SLICE', ['float32[a,8]', indices(0, 0), 'int64[2]'], { stride: [1, 1] }, 'float32[?,?]'],
    ['SLICE', ['float32[a,8]'], { start: [0], shape: [3], stride: [2], axes: [1] }, 'float32[a,3]'],
    ['GATHER', ['float32[v,64]', 'int32[b,s]'], { axis: 0 }, 'float32[b,s,64]'],
    ['GATHER', ['float32[2,3]', 'int32[2,1]'], { mode: 'ELEMENT', axis: 1 }, 'float32[2,1]'],
    ['GATHER', ['float32[2,3,4]', 'int32[5,2]'], { mode: 'ND' }, 'float32[5,4]'],
    ['GATHER', ['float32[2,3,4]', 'int32[2,5,1]'], { mode: 'ND', num_elementwise_dims: 1 }, 'float32[2,5,4]'],
    ['SCATTER', ['float32[2,3]', 'int32[2,1]', 'float32[2,1]'], { mode: 'ELEMENT', axis: 1 }, 'float32[2,3]'],
    ['ONE_HOT', ['int32[b]', 'float32[2]', scalar(5)], { axis: -1 }, 'float32[b,5]'],
    ['NON_ZERO', ['bool[a,b]'], {}, 'int32[2,?]'],
    ['REVERSE_SEQUENCE', ['float32[t,b]', 'int32[b]'], {}, 'float32[t,b]'],
    ['QUANTIZE', ['float32[a,8]', 'float32[]'], { to_type: 'FP8' }, 'float8e4m3fn[a,8]'],
    ['DEQUANTIZE', ['int8[8,a]', 'float32[8]'], { axis: 0, to_type: 'HALF' }, 'float16[8,a]'],
    ['RECURRENCE', ['float32[a]'], { loop: 'l' }, 'float32[a]'],
    ['ITERATOR', ['float32[t,b]'], { loop: 'l' }, 'float32[b]'],
    ['LOOP_OUTPUT', ['float32[b]', 'int32[]'], { loop: 'l', kind: 'CONCATENATE' }, 'float32[?,b]'],
    ['LOOP_OUTPUT', ['float32[b]'], { loop: 'l', kind: 'LAST_VALUE' }, 'float32[b]'],
    ['CONDITIONAL_INPUT', ['float32[b]'], { conditional: 'c' }, 'float32[b]'],
    ['CONDITIONAL_OUTPUT', ['float32[b,2]', 'float32[b,3]'], { conditional: 'c' }, 'float32[b,?]'],
    ['ATTENTION_INPUT', ['float16[b,8,s,64]', 'float16[b,2,t,64]', 'float16[b,2,t,64]'], {}, 'float16[b,8,s,64]'],
    ['ROTARY_EMBEDDING', ['float16[b,8,s,64]', 'float16[b,s,32]', 'float16[b,s,32]'], {}, 'float16[b,8,s,64]'],
    [
      'ROTARY_EMBEDDING',
      ['float16[b,8,s,64]', 'float16[9,8]', 'float16[9,8]', 'int32[b,s]'],
      { rotary_embedding_dim: 16 },
      'float16[b,8,s,64]',
    ],
    [
      'ATTENTION_INPUT',
      ['float16[n,8,64]', 'float16[b,2,t,64]', 'float16[b,2,t,64]', null, null, 'int32[c]'],
      { query_form: 'PACKED_NHD' },
      'float16[n,8,64]',
    ],
    ['KV_CACHE_UPDATE', ['float16[b,2,99,64]', 'float16[b,2,s,64]', 'int32[b]'], {}, 'float16[b,2,99,64]'],
  ] satisfies [LayerType, Given[], Attributes, string][])('%s of %s with %j is %s', (kind, given, attributes, type) => {
    for (const held of [false, true]) {
      const layer = made(kind, given, attributes, 1, held)
      expect(print(layer.output())).toBe(type)
      expect(verifyNetwork(layer.network)).toEqual([])
    }
  })

  test('sizes that CONSTANT layers hold are known, and checked as attributes are', () => {
    const typeOf = (kind: string, given: Given[], attributes: Attributes, count = 1): string =>
      print(made(kind, given, attributes, count, true).output())
    expect(typeOf('TOPK', ['float32[a,8]', scalar(3)], { op: 'MAX', axes: 2 }, 2)).toBe('float32[a,3]')
    expect(typeOf('SHUFFLE', ['float32[b,8]', indices(-1, 4)], {})).toBe('float32[2*b,4]')
    expect(typeOf('SLICE', ['float32[b,8]', indices(0, 0), indices(2, 4)], { stride: [1, 1] })).toBe('float32[2,4]')
    expect(typeOf('FILL', [indices(3, 4)], { operation: 'RANDOM_UNIFORM' })).toBe('float32[3,4]')
    const wrong = made('SHUFFLE', ['float32[2,3]', indices(6)], {}, 1, true)
    wrong.network.setTensorType(wrong.output()!, 'float32', [7])
    expect(verifyNetwork(wrong.network).map((p) => p.message)).toEqual([
      'SHUFFLE_1_output has shape [7], SHUFFLE gives [6]',
    ])
  })

  test('a size is known from the rewrite on that makes it a constant of a layer', () => {
    const shuffle = made('SHUFFLE', ['float32[6]', 'int64[2]'], {})
    const pattern = new PatternRewriter('sizes', { rootLayer: ['SHUFFLE'] })
    pattern.match = (l) => l.input(1)?.parent === null
    pattern.rewrite = ({ network }) => {
      const attributes = { weights: indices(2, 3) }
      network.setInput(shuffle, 1, network.addLayer({ kind: 'CONSTANT', inputs: [], attributes }).output())
    }
    shuffle.network.markOutput(shuffle.output()!, 'y')
    new RewritePatternManager().add('sizes', pattern).rewrite(shuffle.network)
    expect(print(shuffle.output())).toBe('float32[2,3]')
  })

  test('several results each have a type', () => {
    const topK = made('TOPK', ['float32[a,8]'], { op: 'MAX', k: 3, axes: 2 }, 2)
    expect(topK.results.map(print)).toEqual(['float32[a,3]', 'int32[a,3]'])
    const quantized = made('DYNAMIC_QUANTIZE', ['float32[a,32]'], { axis: 1, to_type: 'FP8' }, 2)
    expect(quantized.results.map(print)).toEqual(['float8e4m3fn[a,32]', 'float8e4m3fn[a,2]'])
    const blocks = made('DYNAMIC_QUANTIZE', ['float32[a,32]'], { block_shape: [1, -1], scale_type: 'FLOAT' }, 2)
    expect(blocks.results.map(print)).toEqual(['?[a,32]', 'float32[a,1]'])
    const boxes = made('NMS', ['float32[1,9,4]', 'float32[1,9,2]', scalar(3)], {}, 2)
    expect(boxes.results.map(print)).toEqual(['int32[?,3]', 'int32[]'])
  })
})

const THREE = ['float32[1,4,3,8]', 'float32[1,4,3,8]', 'float32[1,4,3,8]'] as const

describe('what a sound network does not have', () => {
  test.each<[string, readonly Given[], Attributes, string]>([
    [
      'ELEMENTWISE',
      ['float32[b,4,8]', 'float32[8]'],
      { op: 'SUM' },
      'ELEMENTWISE needs operands of equal rank: operand 0 has rank 3, operand 1 rank 1',
    ],
    [
      'ELEMENTWISE',
      ['float32[4]', 'float32[3]'],
      { op: 'SUM' },
      'operands of ELEMENTWISE do not broadcast: [4] and [3]',
    ],
    [
      'ELEMENTWISE',
      ['float32[4]', 'int32[4]'],
      { op: 'SUM' },
      'operands of ELEMENTWISE are of one type, not float32 and int32',
    ],
    ['ELEMENTWISE', ['float32[4]', 'float32[4]'], { op: 'AND' }, 'ELEMENTWISE AND takes BOOL operands, not float32'],
    ['ELEMENTWISE', ['float32[4]', 'float32[4]'], { op: 'PLUS' }, 'op of ELEMENTWISE is one of SUM, PROD'],
    ['ELEMENTWISE', ['float32[4]', 'float32[4]'], {}, 'ELEMENTWISE needs op'],
    ['UNARY', ['float32[4]'], { op: 'NOT' }, 'UNARY NOT takes a BOOL operand, not float32'],
    ['SELECT', ['float32[4]', 'float32[4]', 'float32[4]'], {}, 'the condition of SELECT is BOOL, not float32'],
    [
      'MATRIX_MULTIPLY',
      ['float32[2,3,4]', 'float32[4,5]'],
      {},
      'needs operands with as many batch dimensions: 1 and 0',
    ],
    ['MATRIX_MULTIPLY', ['float32[3,4]', 'float32[5,6]'], {}, 'MATRIX_MULTIPLY multiplies rows of 4 with columns of 5'],
    ['MATRIX_MULTIPLY', ['float32[4]', 'float32[4,6]'], {}, 'takes matrices, or vectors where the operation is VECTOR'],
    ['SHUFFLE', ['float32[2,3]'], { reshape_dims: [4, 2] }, 'reshape_dims [4,2] do not hold the 6 elements of [2,3]'],
    ['SHUFFLE', ['float32[2,3]'], { reshape_dims: [-1, -1] }, 'leave more than one size open'],
    ['SHUFFLE', ['float32[2,3]'], { first_transpose: [0, 0] }, 'first_transpose [0,0] is no permutation'],
    ['SHUFFLE', ['float32[2,3]'], { first_transpose: [0, 2, 1] }, 'first_transpose has 3 dimensions, the input 2'],
    [
      'CONCATENATION',
      ['float32[2,3]', 'float32[3,4]'],
      { axis: 0 },
      'operands of CONCATENATION differ in dimension 1: 4 and 3',
    ],
    [
      'SLICE',
      ['float32[4]'],
      { start: [2], shape: [3], stride: [1] },
      'SLICE takes elements 2 to 4 of dimension 0, which has 4',
    ],
    ['SLICE', ['float32[4,4]'], { start: [0], shape: [3], stride: [1] }, 'start of SLICE has 1 sizes, not 2'],
    ['GATHER', ['float32[4]', 'float32[2]'], {}, 'GATHER takes INT32 or INT64 as indices, not float32'],
    ['GATHER', ['float32[4]', 'int32[2]'], { axis: 1 }, 'GATHER has axis 1, and its operand 1 dimensions'],
    ['SOFTMAX', ['float32[4,4]'], { axes: 3 }, 'SOFTMAX takes one axis, not 2'],
    ['REDUCE', ['float32[4,4]'], { op: 'SUM', axes: 4 }, 'REDUCE has axis 2, and its operand 2 dimensions'],
    ['TOPK', ['float32[4,4]'], { op: 'MAX', axes: 1, k: 4000 }, 'TOPK takes k up to 3840, not 4000'],
    [
      'NORMALIZATION',
      ['float32[2,8]', 'float32[8]', 'float32[8]'],
      { axes: 2 },
      'scale and bias of NORMALIZATION have the 2 dimensions of its input, not 1',
    ],
    ['CONVOLUTION', ['float32[1,4,8,8]'], { num_output_maps: 8, kernel_size_nd: [3, 3] }, 'CONVOLUTION needs a kernel'],
    ['QUANTIZE', ['float32[4,8]', 'float32[4]'], { axis: 1 }, 'QUANTIZE has 4 scales for the 8 slices along axis 1'],
    ['LOOP_OUTPUT', ['float32[4]'], { loop: 'l', kind: 'CONCATENATE' }, 'LOOP_OUTPUT CONCATENATE needs its length'],
    ['CONDITION', ['float32[]'], { conditional: 'c' }, 'the condition is BOOL, not float32'],
    ['ELEMENTWISE', ['bool[4]', 'bool[4]'], { op: 'SUM' }, 'ELEMENTWISE SUM takes no BOOL operands'],
    ['UNARY', ['int32[4]'], { op: 'EXP' }, 'UNARY EXP takes floating-point numbers, not int32'],
    ['MATRIX_MULTIPLY', ['int32[2,3]', 'int32[3,2]'], {}, 'MATRIX_MULTIPLY takes floating-point numbers, not int32'],
    [
      'MATRIX_MULTIPLY',
      ['float32[2,3]', 'float16[3,2]'],
      {},
      'operands of MATRIX_MULTIPLY are of one type, not float32 and float16',
    ],
    ['EINSUM', ['float32[2,3]', 'float32[4,2]'], { equation: 'ij,jk->ik' }, 'j of ij,jk->ik is 3 and 4'],
    ['EINSUM', ['float32[2,3]'], { equation: 'ijk->k' }, 'ijk of EINSUM stands for 3 dimensions, not 2'],
    [
      'CONCATENATION',
      ['int32[2]', 'int64[2]'],
      { axis: 0 },
      'operands of CONCATENATION are of one type, not int32 and int64',
    ],
    ['SELECT', ['bool[4]', 'float32[4]', 'int32[4]'], {}, 'operands of SELECT are of one type, not float32 and int32'],
    ['SELECT', ['bool[1,4]', 'float32[4]', 'float32[4]'], {}, 'SELECT needs operands of equal rank'],
    ['SHUFFLE', ['float32[2,3]', indices(4, 2)], {}, 'reshape_dims [4,2] do not hold the 6 elements of [2,3]'],
    ['SHUFFLE', ['float32[2,3]', 'float32[1]'], {}, 'SHUFFLE takes INT32 or INT64 as reshape_dims, not float32'],
    [
      'SLICE',
      ['float32[4]', indices(2), indices(3)],
      { stride: [1] },
      'SLICE takes elements 2 to 4 of dimension 0, which has 4',
    ],
    ['SLICE', ['float32[a,4]'], { axes: [1], start: [2], shape: [3], stride: [1] }, 'of dimension 1, which has 4'],
    ['SLICE', ['float32[4]'], { start: [0], shape: [-3], stride: [1] }, 'SLICE takes -3 elements'],
    ['GATHER', ['float32[4]', 'int32[2,2]'], { mode: 'ND' }, 'indices of GATHER ND have 2 places'],
    ['GATHER', ['float32[4,4]', 'int32[2,2]'], { num_elementwise_dims: 2 }, 'GATHER DEFAULT takes up to 1 dimensions'],
    [
      'SCATTER',
      ['float32[4]', 'int32[2,1]', 'int32[2]'],
      { mode: 'ND' },
      'data and updates of SCATTER are of one type',
    ],
    ['SCATTER', ['float32[4]', 'int32[2,1]', 'float32[2,1]'], { mode: 'ND' }, 'have 1 dimensions here, not 2'],
    ['SCATTER', ['float32[4]', 'int32[2,1]', 'float32[2]'], { mode: 'ELEMENT' }, 'SCATTER ELEMENT needs operands of'],
    ['ONE_HOT', ['int32[b]', 'float32[2]', scalar(0)], { axis: -1 }, 'the depth of ONE_HOT is above 0, not 0'],
    ['ONE_HOT', ['int32[b]', 'float32[3]', scalar(4)], { axis: -1 }, 'values of ONE_HOT are two, off and on, not 3'],
    ['SQUEEZE', ['float32[2,1]', indices(0)], {}, 'SQUEEZE takes out dimension 0, which has 2'],
    ['UNSQUEEZE', ['float32[2]', indices(3)], {}, 'UNSQUEEZE has axes [3], of 2 dimensions'],
    ['CUMULATIVE', ['float32[2]', scalar(1)], {}, 'CUMULATIVE has axis 1, and its operand 1 dimensions'],
    ['TOPK', ['float32[4,4]'], { op: 'MAX', axes: 1, k: 5 }, 'TOPK takes 5 of the 4 along axis 0'],
    ['RESIZE', ['float32[1,3,8,8]'], { scales: [2, 2] }, 'scales of RESIZE has 2 sizes, not 4'],
    ['RESIZE', ['float32[1,3,8,8]', indices(4, 4)], {}, 'shape of RESIZE has 2 sizes, not 4'],
    ['FILL', [], { shape: [4], to_type: 'INT32', operation: 'RANDOM_NORMAL' }, 'makes FLOAT or HALF, not INT32'],
    ['CONSTANT', [], { weights: floats(2, 3), shape: [4] }, 'CONSTANT [4] has 4 elements, its weights 6'],
    ['REVERSE_SEQUENCE', ['float32[5,3]', 'int32[4]'], {}, 'REVERSE_SEQUENCE has 4 lengths for 3 sequences'],
    ['DEQUANTIZE', ['float32[4]', 'float32[]'], {}, 'DEQUANTIZE takes INT8, FP8 or INT4, not float32'],
    ['QUANTIZE', ['float32[4]', 'float32[]'], { to_type: 'HALF' }, 'QUANTIZE makes INT8, FP8, INT4, FP4, not HALF'],
    ['DYNAMIC_QUANTIZE', ['float32[2,3,16]'], { axis: 0 }, 'along one of the last two dimensions, not 0 of 3'],
    [
      'NORMALIZATION',
      ['float32[2,6,4]', 'float32[1,6,1]', 'float32[1,6,1]'],
      { axes: 4, num_groups: 4 },
      '6 channels of NORMALIZATION do not go into 4 groups',
    ],
    ['LRN', ['float32[1,4,8,8]'], { window_size: 4 }, 'the window of LRN is odd, and 15 at most, not 4'],
    ['POOLING', ['float32[8,8]'], { type: 'MAX', window_size_nd: [2, 2] }, 'POOLING with a window of 2 dimensions'],
    ['PADDING', ['float32[8,8]'], { pre_padding_nd: [1], post_padding_nd: [1, 1] }, 'pre_padding_nd of PADDING has 2'],
    ['TRIP_LIMIT', ['float32[]'], { loop: 'l', kind: 'COUNT' }, 'TRIP_LIMIT takes INT32 or INT64 as the count'],
    ['TRIP_LIMIT', ['int32[]'], { loop: 'l', kind: 'WHILE' }, 'the condition is BOOL, not int32'],
    ['RECURRENCE', ['float32[2]', 'float16[2]'], { loop: 'l' }, 'both values of RECURRENCE are of one type'],
    [
      'CONDITIONAL_OUTPUT',
      ['float32[2]', 'int32[2]'],
      { conditional: 'c' },
      'both values of CONDITIONAL_OUTPUT are of',
    ],
    ['NMS', ['float32[1,9,5]', 'float32[1,9,2]', scalar(3)], {}, 'boxes of NMS have 4 numbers each, not 5'],
    ['MOE', ['float32[2,8]', 'int32[2,2]', 'float32[2,2]', 'float32[4,8,16]', 'float32[4,8,16]', 'float32[4,16,8]'], {}, 'hidden_states of MOE has rank 3, not 2'], // prettier-ignore
    ['ATTENTION_INPUT', ['float32[1,4,3,8]', 'float32[1,3,3,8]', 'float32[1,3,3,8]'], {}, '4 heads of queries do not share 3 of keys'], // prettier-ignore
    ['ATTENTION_INPUT', ['float32[1,4,3,8]', 'float32[1,4,3,6]', 'float32[1,4,3,8]'], {}, 'queries and keys of ATTENTION_INPUT are of one size, not 8 and 6'], // prettier-ignore
    ['ATTENTION_INPUT', ['float32[1,4,3,8]', 'float32[1,4,5,8]', 'float32[1,4,6,8]'], {}, 'keys and values of ATTENTION_INPUT are of one size, not 5 and 6'], // prettier-ignore
    ['ATTENTION_INPUT', ['float32[4,3,8]', 'float32[4,3,8]', 'float32[4,3,8]'], {}, 'query of ATTENTION_INPUT has rank 4, not 3'], // prettier-ignore
    ['ATTENTION_INPUT', [...THREE, 'bool[1,1,3,3]'], { causal: true }, 'has a mask, and is causal'],
    ['ATTENTION_INPUT', [...THREE, 'float16[1,1,3,3]'], {}, 'is BOOL or float32, not float16'],
    ['ATTENTION_INPUT', [...THREE, 'bool[1,1,3,4]'], {}, 'has 4 at 3, the scores 3'],
    ['ATTENTION_INPUT', [...THREE, null, 'float32[]'], {}, 'quantizes to FP8 or INT8, not to FLOAT'],
    ['ATTENTION_INPUT', THREE, { normalization_quantize_to_type: 'INT8' }, 'has no scale to do so'],
    ['ATTENTION_INPUT', ['float32[9,4,8]', ...THREE.slice(1)], { query_form: 'PACKED_NHD' }, 'and not their lengths'],
    ['ROTARY_EMBEDDING', ['float32[1,2,3,8]', 'float32[9,4]', 'float32[9,4]'], {}, 'cos_cache of ROTARY_EMBEDDING has rank 3, not 2'], // prettier-ignore
    ['ROTARY_EMBEDDING', ['float32[1,2,3,8]', 'float32[1,3,2]', 'float32[1,3,2]'], {}, 'has 2 angles for 8 elements'],
    ['ROTARY_EMBEDDING', ['float32[1,2,3,8]', 'float32[1,3,4]', 'float32[1,3,4]'], { rotary_embedding_dim: 3 }, 'an even number of elements, not 3'], // prettier-ignore
    ['KV_CACHE_UPDATE', ['float32[1,2,4,8]', 'float32[1,2,5,8]', 'int32[1]'], {}, 'an update of 5 does not go into a cache of 4'], // prettier-ignore
    ['KV_CACHE_UPDATE', ['float32[1,2,4,8]', 'float32[1,2,3,8]', 'float32[1]'], {}, 'INT32 or INT64 as write_indices'],
    ['DYNAMIC_QUANTIZE', ['float32[2,30]'], { axis: 1 }, 'blocks of 16 do not divide the 30 of dimension 1'],
    ['DYNAMIC_QUANTIZE', ['float32[2,32]'], {}, 'needs its axis, or the shape of its blocks'],
    ['ACTIVATION', ['int32[4]'], { type: 'TANH' }, 'ACTIVATION TANH takes floating-point numbers, not int32'],
    ['PARAMETRIC_RELU', ['int32[4]', 'int32[4]'], {}, 'PARAMETRIC_RELU takes floating-point numbers, not int32'],
    ['SCALE', ['float32[1,3,4,4]'], { mode: 'CHANNEL', shift: floats(4) }, 'shift of SCALE CHANNEL has 4 weights, not 3'], // prettier-ignore
    ['SCALE', ['float32[1,3,4,4]'], { mode: 'UNIFORM', power: floats(3) }, 'power of SCALE UNIFORM has 3 weights'],
    ['SCALE', ['float32[1,3,4]'], {}, 'SCALE takes at least 4 dimensions, not 3'],
    ['ASSERTION', ['int32[]'], {}, 'ASSERTION takes BOOL, not int32'],
    ['PLUGIN_V2', ['float32[4]'], {}, 'PLUGIN_V2 needs plugin_type'],
  ])('%s of %s with %j: %s', (kind, given, attributes, message) => {
    for (const held of [false, true]) {
      const { network } = made(kind, given, attributes, 1, held)
      expect(verifyNetwork(network).map((p) => p.message)).toEqual([expect.stringContaining(message)])
    }
  })

  test('two tensors of one name', () => {
    const network = new Network(tensorrtDialect)
    network.addInput('x', 'float32', [2])
    network.addInput('x', 'float32', [2])
    expect(verifyNetwork(network)).toEqual([{ message: 'another tensor has the same name', tensor: 'x' }])
  })

  test('a loop may take what the iteration before gave, and nothing else from behind', () => {
    const network = new Network(byThemselves)
    const start = network.addInput('x', 'float32', [2])
    const loop = network.addLayer({ kind: 'RECURRENCE', inputs: [start, null], attributes: { loop: 'l' } })
    const next = network.addLayer({ kind: 'UNARY', inputs: [loop.output()], attributes: { op: 'EXP' } })
    network.setInput(loop, 1, next.output())
    expect(verifyNetwork(network)).toEqual([])
    network.setInput(loop, 0, next.output())
    expect(verifyNetwork(network).map((p) => p.message)).toEqual(['it is on a cycle, or behind one'])
  })
})

describe('views', () => {
  test('have the members of the interfaces, with their defaults', () => {
    const product = made('MATRIX_MULTIPLY', ['float32[2,3]', 'float32[4,3]'], { op1: 'TRANSPOSE' })
    expect(product.asLayer('MATRIX_MULTIPLY')).toEqual({ type: 'MATRIX_MULTIPLY', op0: 'NONE', op1: 'TRANSPOSE' })
    const shuffle = made('SHUFFLE', ['float32[2,3]'], { reshape_dims: [6] }).asLayer('SHUFFLE')
    expect(shuffle).toEqual({
      type: 'SHUFFLE',
      firstTranspose: null,
      reshapeDims: [6],
      secondTranspose: null,
      zeroIsPlaceholder: true,
    })
    expect(made('ACTIVATION', ['float32[2]'], { type: 'RELU' }).asLayer('ACTIVATION').activation).toBe('RELU')
    const plugin = made('PLUGIN_V2', ['float32[2]'], {
      plugin_type: 'Gemm',
      plugin_namespace: 'tensorrt_llm',
      alpha: 2,
    })
    expect(plugin.asLayer('PLUGIN_V2').plugin).toEqual({
      pluginType: 'Gemm',
      pluginVersion: '1',
      pluginNamespace: 'tensorrt_llm',
      numOutputs: 1,
      fields: { alpha: 2 },
    })
  })

  test('there is one for every layer type', () => {
    for (const kind of Object.values(LayerType)) {
      const layer = made(kind, [], {})
      expect((layer.asLayer() as { type: string }).type).toBe(kind)
    }
    expect(Object.keys(LayerType).length).toBe(57)
  })
})

test('replacing a value by what is made of it, through another layer, makes no cycle', () => {
  const first = made('UNARY', ['float32[2,3]'], { op: 'EXP' })
  const { network } = first
  const old = first.output()!
  const turned = network.addLayer({ kind: 'SHUFFLE', inputs: [old], attributes: { reshape_dims: [6] } }).output()!
  const back = network.addLayer({ kind: 'SHUFFLE', inputs: [turned], attributes: { reshape_dims: [2, 3] } }).output()!
  const user = network.addLayer({ kind: 'UNARY', inputs: [old], attributes: { op: 'ABS' } })
  network.markOutput(user.output()!)
  old.replaceAllUsesWith(back)
  expect([turned.parent!.input(0), user.input(0)]).toEqual([old, back])
  expect(verifyNetwork(network)).toEqual([])
})
