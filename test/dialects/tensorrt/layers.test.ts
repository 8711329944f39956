/** Every layer type: what it gives of its operands, and what is refused. */
import { describe, expect, test } from 'vitest'
import { ConstantValue, netGuard, Network, verifyNetwork } from '../../../src/engine'
import type { Attributes, DType, Shape, Tensor } from '../../../src/engine'
import { LayerType, tensorrtDialect } from '../../../src/dialects/tensorrt'

type Given = string | ConstantValue

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

/** A layer on inputs of these types, or constants. */
function made(kind: string, given: readonly Given[], attributes: Attributes, outputCount = 1) {
  const network = new Network(tensorrtDialect)
  return netGuard(network, () => {
    const inputs = given.map((g, i) => {
      if (g instanceof ConstantValue) return network.addConstant(g, `c${i}`)
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
    ['ROTARY_EMBEDDING', ['float16[b,8,s,64]', 'float16[9,32]', 'float16[9,32]'], {}, 'float16[b,8,s,64]'],
  ] satisfies [LayerType, Given[], Attributes, string][])('%s of %s with %j is %s', (kind, given, attributes, type) => {
    const layer = made(kind, given, attributes)
    expect(print(layer.output())).toBe(type)
    expect(verifyNetwork(layer.network)).toEqual([])
  })

  test('several results each have a type', () => {
    const topK = made('TOPK', ['float32[a,8]'], { op: 'MAX', k: 3, axes: 2 }, 2)
    expect(topK.results.map(print)).toEqual(['float32[a,3]', 'int32[a,3]'])
    const quantized = made('DYNAMIC_QUANTIZE', ['float32[a,32]'], { axis: 1, to_type: 'FP8' }, 2)
    expect(quantized.results.map(print)).toEqual(['float8e4m3fn[a,32]', 'float8e4m3fn[a,2]'])
    const boxes = made('NMS', ['float32[1,9,4]', 'float32[1,9,2]', scalar(3)], {}, 2)
    expect(boxes.results.map(print)).toEqual(['int32[?,3]', 'int32[]'])
  })
})

describe('what a sound network does not have', () => {
  test.each<[string, Given[], Attributes, string]>([
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
    ['GATHER', ['float32[4]', 'float32[2]'], {}, 'indices of GATHER are INT32 or INT64, not float32'],
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
    ['PLUGIN_V2', ['float32[4]'], {}, 'PLUGIN_V2 needs plugin_type'],
  ])('%s of %s with %j: %s', (kind, given, attributes, message) => {
    const { network } = made(kind, given, attributes)
    expect(verifyNetwork(network).map((p) => p.message)).toEqual([expect.stringContaining(message)])
  })

  test('two tensors of one name', () => {
    const network = new Network(tensorrtDialect)
    network.addInput('x', 'float32', [2])
    network.addInput('x', 'float32', [2])
    expect(verifyNetwork(network)).toEqual([{ message: 'another tensor has the same name', tensor: 'x' }])
  })

  test('a loop may take what the iteration before gave, and nothing else from behind', () => {
    const network = new Network(tensorrtDialect)
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
