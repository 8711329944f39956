import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ABSENT, type NetworkSnapshot, type TensorRecord } from '../../../src/engine'
import { importOnnx } from '../../../src/dialects/onnx'
import { encodeMessage } from '../../../src/dialects/onnx/proto/encode'
import type { GraphProto, ModelProto } from '../../../src/dialects/onnx/proto/messages'
import { attributeProto, graphBytes, int64s, modelBytes, node, tensorProto, value } from './support'

const open = (graph: Partial<GraphProto>, model?: Partial<ModelProto>) => importOnnx(modelBytes(graph, model))
const io = { input: [value('x', 'float32', [2, 3])], output: [value('y')] }
const tensorNamed = (s: NetworkSnapshot, name: string): TensorRecord => s.tensors.find((t) => t.name === name)!
const numbersOf = (s: NetworkSnapshot, name: string): number[] => Array.from(tensorNamed(s, name).value!.numbers())

describe('the gallery opens', () => {
  interface Entry {
    id: string
    file: string
    bytes: number
    nodes: number
    layers: number
  }
  const folder = new URL('../../../public/models/', import.meta.url)
  const index = JSON.parse(readFileSync(new URL('index.json', folder), 'utf8')) as Entry[]
  it.each(index)('$id', ({ file, bytes, nodes, layers }) => {
    const data = new Uint8Array(readFileSync(new URL(file, folder)))
    const { snapshot, warnings, missingExternal } = importOnnx(data)
    expect(data.length).toBe(bytes)
    // Constant nodes are no layers: they lie in the layers that use them.
    expect(snapshot.layers.length).toBe(layers)
    expect(layers).toBeLessThanOrEqual(nodes)
    expect([warnings, missingExternal]).toEqual([[], []])
    const untyped = snapshot.tensors.filter((t) => !t.dtype || !t.shape?.every((d) => typeof d === 'number'))
    expect(untyped.map((t) => t.name)).toEqual([])
    const copied = snapshot.tensors.filter((t) => t.value?.bytes?.length && t.value.bytes.buffer !== data.buffer)
    expect(copied.map((t) => t.name)).toEqual([])
  })

  it.each([
    ['bert-12.torchscript.onnx', '/m/encoder/layer.3/attention/self/Softmax', 'm/encoder/layer.3/attention/self'],
    ['vit-12.dynamo.onnx', 'node_Softmax_180', 'm/layers.3/attention'],
    ['mobilenetv3-small.torchscript.onnx', '/m/blocks/blocks.0/blocks.0.0/se/Mul', 'm/blocks/0/0/se'],
  ])('%s puts %s into scope %s', (file, name, scope) => {
    const { snapshot } = importOnnx(new Uint8Array(readFileSync(new URL(file, folder))))
    expect(snapshot.layers.find((l) => l.name === name)?.scope).toBe(scope)
  })
})

describe('constants', () => {
  const attribute = (name: string, also: object) => attributeProto(name, also)
  const text = (s: string): Uint8Array => new TextEncoder().encode(s)
  it.each([
    ['value', attribute('value', { type: 4, t: int64s('', [1, 2]) }), 'int64', [2], [1, 2]],
    ['value_float', attribute('value_float', { type: 1, f: 0.5 }), 'float32', [], [0.5]],
    ['value_floats', attribute('value_floats', { type: 6, floats: [0.5, 2] }), 'float32', [2], [0.5, 2]],
    ['value_int', attribute('value_int', { type: 2, i: -7 }), 'int64', [], [-7]],
    ['value_ints', attribute('value_ints', { type: 7, ints: [3, -7] }), 'int64', [2], [3, -7]],
  ])('a Constant by %s is a constant tensor, no layer', (_, a, dtype, shape, numbers) => {
    const { snapshot } = open({ ...io, node: [node('c = Constant()', [a]), node('y = Foo(x, c)')] })
    expect(snapshot.layers.map((l) => l.kind)).toEqual(['Foo'])
    expect(tensorNamed(snapshot, 'c')).toMatchObject({ dtype, shape, producer: ABSENT })
    expect(numbersOf(snapshot, 'c')).toEqual(numbers)
  })

  it('a Constant of strings keeps them', () => {
    const a = attribute('value_strings', { type: 8, strings: [text('a'), text('ü')] })
    const { snapshot } = open({ ...io, node: [node('c = Constant()', [a]), node('y = Foo(x, c)')] })
    expect(tensorNamed(snapshot, 'c').value?.strings).toEqual(['a', 'ü'])
  })

  const half = new Uint8Array([0x00, 0x3c, 0x00, 0xc0])
  const f32 = (x: number[]): Uint8Array => new Uint8Array(Float32Array.from(x).buffer)
  const f64 = (x: number[]): Uint8Array => new Uint8Array(Float64Array.from(x).buffer)
  it.each([
    ['raw_data', tensorProto('w', 'float16', [2], { raw_data: half }), [1, -2]],
    ['float_data', tensorProto('w', 'float32', [2], { float_data: [f32([1.5]), f32([-2])] }), [1.5, -2]],
    ['double_data', tensorProto('w', 'float64', [2], { double_data: [f64([1.5, -2])] }), [1.5, -2]],
    ['int32_data of int8', tensorProto('w', 'int8', [2], { int32_data: [-1, 5] }), [-1, 5]],
    ['int32_data of float16', tensorProto('w', 'float16', [2], { int32_data: [0x3c00, 0xc000] }), [1, -2]],
    ['int32_data of bool', tensorProto('w', 'bool', [2], { int32_data: [1, 0] }), [1, 0]],
    ['int64_data', tensorProto('w', 'int64', [2], { int64_data: [-1, 2 ** 40] }), [-1, 2 ** 40]],
    ['uint64_data of uint32', tensorProto('w', 'uint32', [1], { uint64_data: [2 ** 32 - 1] }), [2 ** 32 - 1]],
    ['packed int4', tensorProto('w', 'int4', [3], { raw_data: new Uint8Array([0xf1, 0x07]) }), [1, -1, 7]],
    ['no elements', tensorProto('w', 'float32', [0, 4], {}), []],
  ])('an initializer in %s', (_, w, numbers) => {
    const { snapshot } = open({ ...io, initializer: [w], node: [node('y = Foo(x, w)')] })
    expect(numbersOf(snapshot, 'w')).toEqual(numbers)
  })

  it('64-bit integers come in exactly', () => {
    const exact = 2n ** 62n + 1n
    const w = tensorProto('w', 'int64', [2], { int64_data: [exact, -exact] })
    const { snapshot } = open({ ...io, initializer: [w], node: [node('y = Foo(x, w)')] })
    expect(tensorNamed(snapshot, 'w').value?.bigints()).toEqual([exact, -exact])
  })

  it('a sparse initializer opens dense, with a warning', () => {
    const sparse = {
      values: tensorProto('w', 'float32', [2], { float_data: [f32([5, 6])] }),
      indices: int64s('', [1, 3]),
      dims: [2, 2],
    }
    const { snapshot, warnings } = open({ ...io, sparse_initializer: [sparse], node: [node('y = Foo(x, w)')] })
    expect(numbersOf(snapshot, 'w')).toEqual([0, 5, 0, 6])
    expect(warnings).toHaveLength(1)
  })

  it('an initializer that is an input too is the default of an input, not a constant (rule G)', () => {
    const graph = { ...io, input: [...io.input, value('w', 'int64', [1])], initializer: [int64s('w', [9])] }
    const { snapshot } = open({ ...graph, node: [node('y = Foo(x, w)')] })
    const w = tensorNamed(snapshot, 'w')
    expect(w.value).toBeUndefined()
    expect(snapshot.inputs).toContain(w.id)
    expect(snapshot.properties['onnx']).toMatchObject({ defaults: { [w.id]: { dtype: 'int64' } } })
  })
})

describe('external data', () => {
  const external_data = [
    { key: 'location', value: 'w.bin' },
    { key: 'offset', value: '4' },
    { key: 'length', value: '8' },
  ]
  const w = tensorProto('w', 'int64', [1], { external_data, data_location: 1 })
  const bytes = modelBytes({ ...io, initializer: [w], node: [node('y = Foo(x, w)')] })

  it('that are not given leave the constant without bytes, and the graph opens', () => {
    const { snapshot, missingExternal } = importOnnx(bytes)
    const { value: constant } = tensorNamed(snapshot, 'w')
    expect(missingExternal).toEqual(['w.bin'])
    expect([constant?.bytes, constant?.external]).toEqual([null, { location: 'w.bin', offset: 4, length: 8 }])
  })

  it('that are given are views on their file', () => {
    const file = new Uint8Array(12)
    file[4] = 42
    const { snapshot, missingExternal } = importOnnx(bytes, { external: new Map([['w.bin', file]]) })
    expect([numbersOf(snapshot, 'w'), missingExternal]).toEqual([[42], []])
    expect(tensorNamed(snapshot, 'w').value?.bytes?.buffer).toBe(file.buffer)
  })

  it('that are too short are refused', () => {
    const external = new Map([['w.bin', new Uint8Array(11)]])
    expect(() => importOnnx(bytes, { external })).toThrow(/w\.bin has 11 bytes, but bytes 4 to 12/)
  })
})

describe('layers', () => {
  it('have unique names, made where there is none and changed where there are two', () => {
    const named = { name: 'n' }
    const nodes = [node('a = Foo(x)', [], named), node('b = Foo(a)', [], named), node('y = Bar(b)')]
    const { snapshot, warnings } = open({ ...io, node: nodes })
    expect(snapshot.layers.map((l) => l.name)).toEqual(['n', 'n_1', 'Bar_2'])
    expect(warnings).toEqual(['two nodes are named n: one is opened as n_1'])
  })

  it('stand in the order of the file where it is topological', () => {
    const nodes = [node('b = Second(x)'), node('a = First(x)'), node('y = Both(a, b)')]
    expect(open({ ...io, node: nodes }).snapshot.layers.map((l) => l.kind)).toEqual(['Second', 'First', 'Both'])
  })

  it('are sorted where it is not', () => {
    const nodes = [node('y = Third(b)'), node('b = Second(a)'), node('a = First(x)')]
    expect(open({ ...io, node: nodes }).snapshot.layers.map((l) => l.kind)).toEqual(['First', 'Second', 'Third'])
  })

  it('leave absent operands and results in place', () => {
    const { snapshot } = open({ ...io, node: [node('y, , z = Foo(x, , x)')] })
    const [layer] = snapshot.layers
    expect(layer?.inputs).toEqual([0, ABSENT, 0])
    expect(layer?.outputs[1]).toBe(ABSENT)
  })

  it('of another domain carry it in their kind; ai.onnx is the default domain', () => {
    const nodes = [node('a = Gelu(x)', [], { domain: 'com.microsoft' }), node('y = Relu(a)', [], { domain: 'ai.onnx' })]
    const opset_import = [
      { domain: 'ai.onnx', version: 18 },
      { domain: 'com.microsoft', version: 1 },
    ]
    const { snapshot } = open({ ...io, node: nodes }, { opset_import })
    expect(snapshot.layers.map((l) => l.kind)).toEqual(['com.microsoft.Gelu', 'Relu'])
    expect(snapshot.opsets).toEqual({ '': 18, 'com.microsoft': 1 })
  })

  it('that call a function of the model stay calls, and the function is kept', () => {
    const functions = [new Uint8Array([10, 1, 70])]
    const opset_import = [
      { domain: '', version: 18 },
      { domain: 'local', version: 1 },
    ]
    const { snapshot } = open({ ...io, node: [node('y = F(x)', [], { domain: 'local' })] }, { functions, opset_import })
    expect(snapshot.layers[0]?.kind).toBe('local.F')
    expect(snapshot.properties['onnx']).toMatchObject({ functions })
  })

  it('have attributes of every type, with the type where no schema tells it', () => {
    const s = (x: string): Uint8Array => new TextEncoder().encode(x)
    const attributes = [
      attributeProto('f', { type: 1, f: 1 }),
      attributeProto('i', { type: 2, i: 1 }),
      attributeProto('s', { type: 3, s: s('text') }),
      attributeProto('t', { type: 4, t: int64s('', [1]) }),
      attributeProto('fs', { type: 6, floats: [] }),
      attributeProto('is', { type: 7, ints: [1, 2n ** 63n - 1n] }),
      attributeProto('ss', { type: 8, strings: [s('a'), s('')] }),
      attributeProto('ts', { type: 9, tensors: [int64s('', [1]), int64s('', [2])] }),
      attributeProto('tp', { type: 13, tp: new Uint8Array([1]) }),
    ]
    const [layer] = open({ ...io, node: [node('y = Foo(x)', attributes)] }).snapshot.layers
    expect(layer?.attributes).toMatchObject({ f: 1, i: 1, s: 'text', fs: [], is: [1, 2 ** 63], ss: ['a', ''] })
    expect(layer?.attributeTypes).toEqual({
      f: 'FLOAT',
      i: 'INT',
      s: 'STRING',
      t: 'TENSOR',
      fs: 'FLOATS',
      is: 'INTS',
      ss: 'STRINGS',
      ts: 'TENSORS',
      tp: 'TYPE_PROTO',
    })
  })

  it('whose schema tells the types do not repeat them', () => {
    const [layer] = open({ ...io, node: [node('y = LeakyRelu(x)', [attributeProto('alpha', { type: 1, f: 0.5 })])] })
      .snapshot.layers
    expect(layer?.attributeTypes).toBeUndefined()
  })
})

describe('bodies', () => {
  const inner = graphBytes({ node: [node('r = Add(x, w)')], output: [value('r')] })
  const nested = graphBytes({
    node: [node('q = If(c)', [attributeProto('then_branch', { type: 5, g: inner })])],
    output: [value('q')],
  })
  const body = (g: Uint8Array) => attributeProto('then_branch', { type: 5, g })
  const other = attributeProto('else_branch', {
    type: 5,
    g: graphBytes({ node: [node('e = Relu(z)')], output: [value('e')] }),
  })
  const graph = {
    ...io,
    input: [...io.input, value('c', 'bool', [])],
    initializer: [int64s('w', [1])],
  }

  it('capture outer values, which become operands of the layer', () => {
    const nodes = [node('z = Relu(x)'), node('y = If(c)', [body(nested), other])]
    const { snapshot } = open({ ...graph, node: nodes })
    const layer = snapshot.layers[1]!
    const names = layer.inputs.map((id) => snapshot.tensors[id]!.name)
    expect(names).toEqual(['c', 'c', 'x', 'w', 'z'])
    expect(layer.attributes['then_branch']).toMatchObject({ captures: ['c', 'x', 'w', 'z'] })
    expect(layer.attributes['else_branch']).toMatchObject({ captures: ['c', 'x', 'w', 'z'] })
  })

  it('that capture what nothing makes are refused', () => {
    expect(() => open({ ...graph, node: [node('y = If(c)', [other], { name: 'if' })] })).toThrow(
      /Nothing makes the value z \(node if\)/,
    )
  })
})

describe('what else the file says', () => {
  it('is kept: metadata, producer, documentation, unknown fields', () => {
    const model: Partial<ModelProto> = {
      producer_name: 'p',
      producer_version: '2',
      doc_string: 'd',
      model_version: 3,
      metadata_props: [{ key: 'a', value: 'b' }],
      unknown: [new Uint8Array([0xa2, 0x06, 1, 7])],
    }
    const { snapshot } = open({ ...io, node: [node('y = Relu(x)', [], { doc_string: 'why' })] }, model)
    expect(snapshot.properties['onnx']).toMatchObject({
      producerName: 'p',
      producerVersion: '2',
      docString: 'd',
      modelVersion: 3,
      irVersion: 10,
      metadata: [{ key: 'a', value: 'b' }],
      modelUnknown: model.unknown,
    })
    expect(snapshot.layers[0]?.metadata).toEqual({ 'onnx:doc_string': 'why' })
  })

  it('an unknown field in a nested message does not disturb', () => {
    const bytes = encodeMessage('ModelProto', {
      opset_import: [{ domain: '', version: 18 }],
      metadata_props: [],
      functions: [],
      graph: {
        ...{ name: 'g', sparse_initializer: [], initializer: [], value_info: [], metadata_props: [] },
        ...io,
        node: [node('y = Relu(x)', [], { unknown: [new Uint8Array([0xf8, 0x07, 1])] })],
      },
    })
    expect(importOnnx(bytes).snapshot.layers).toHaveLength(1)
  })

  it('symbolic sizes are texts, unknown ones null', () => {
    const { snapshot } = open({
      node: [node('y = Relu(x)')],
      input: [value('x', 'float32', ['n', 3, null])],
      output: io.output,
    })
    expect(tensorNamed(snapshot, 'y')).toMatchObject({ dtype: 'float32', shape: ['n', 3, null] })
  })
})

describe('progress', () => {
  const bytes = modelBytes({ ...io, node: [node('y = Relu(x)')] })
  it('rises to 1', () => {
    const seen: number[] = []
    importOnnx(bytes, { onProgress: (p) => seen.push(p) })
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    expect(seen.at(-1)).toBe(1)
  })
  it('an aborted import stops with the reason', () => {
    expect(() => importOnnx(bytes, { signal: AbortSignal.abort(new Error('enough')) })).toThrow('enough')
  })
})
