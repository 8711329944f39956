import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ABSENT, ConstantValue, type LayerRecord, type NetworkSnapshot, type TensorRecord } from '../../../src/engine'
import { exportOnnx, importOnnx, OnnxExportError } from '../../../src/dialects/onnx'
import { decodeMessage } from '../../../src/dialects/onnx/proto/decode'
import type { GraphProto, ModelProto } from '../../../src/dialects/onnx/proto/messages'
import { attributeProto, graphBytes, int64s, modelBytes, node, run, tensorProto, value } from './support'

const folder = new URL('../../../public/models/', import.meta.url)
const gallery = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`${name}.onnx`, folder)))
const written = (s: NetworkSnapshot, options?: Parameters<typeof exportOnnx>[1]): ModelProto & { graph: GraphProto } =>
  decodeMessage('ModelProto', exportOnnx(s, options).bytes) as ModelProto & { graph: GraphProto }
const says = (g: GraphProto): string[] =>
  g.node.map((n) => `${n.output.join(', ')} = ${n.op_type}(${n.input.join(', ')})`)

const layer = (
  id: number,
  kind: string,
  inputs: number[],
  outputs: number[],
  also: Partial<LayerRecord> = {},
): LayerRecord => ({
  id,
  kind,
  name: `layer${id}`,
  scope: '',
  inputs,
  outputs,
  attributes: {},
  origin: [],
  removed: false,
  flayer: null,
  ...also,
})
const tensor = (id: number, name: string, producer = ABSENT, also: Partial<TensorRecord> = {}): TensorRecord => ({
  id,
  name,
  dtype: 'float32',
  shape: [2],
  producer,
  ...also,
})
const constant = (id: number, name: string, v = ConstantValue.of('float32', [2], [1, 2])): TensorRecord =>
  tensor(id, name, ABSENT, { dtype: v.dtype, shape: v.shape, value: v })

/** Tensor 0 is the input `x`; outputs are given as `public name: tensor id`. */
function network(
  layers: LayerRecord[],
  tensors: TensorRecord[],
  outputs: [string, number][],
  also: Partial<NetworkSnapshot> = {},
): NetworkSnapshot {
  return {
    name: 'net',
    dialect: 'onnx',
    opsets: { '': 18 },
    layers,
    tensors: [tensor(0, 'x'), ...tensors],
    inputs: [0],
    outputs: outputs.map(([name, id]) => ({ name, tensor: id })),
    nextLayerId: 100,
    nextTensorId: 100,
    properties: {},
    ...also,
  }
}

describe('a gallery model written and opened again', () => {
  const models = [
    'bert-12.torchscript',
    'bert-12-opset14.torchscript',
    'gpt2-12.torchscript',
    'llama-8.torchscript',
    'vit-12.dynamo',
    'resnet-50.torchscript',
    'mobilenetv3-small.torchscript',
    'convnext-18.torchscript',
  ]

  /** Values by name in place of ids, bytes as text; constants that nothing uses left out, since export drops them. */
  const plain = (s: NetworkSnapshot) => {
    const names = new Map(s.tensors.map((t) => [t.id, t.name]))
    const used = new Set([
      ...s.layers.flatMap((l) => [...l.inputs, ...l.outputs]),
      ...s.inputs,
      ...s.outputs.map((o) => o.tensor),
    ])
    const tensors = s.tensors.filter((t) => used.has(t.id))
    return {
      opsets: s.opsets,
      layers: s.layers.map((l) => ({
        ...l,
        inputs: l.inputs.map((i) => names.get(i)),
        outputs: l.outputs.map((i) => names.get(i)),
      })),
      types: Object.fromEntries(tensors.map((t) => [t.name, [t.dtype, t.shape]])),
      weights: Object.fromEntries(
        tensors.flatMap((t) => (t.value?.bytes ? [[t.name, Buffer.from(t.value.bytes).toString('latin1')]] : [])),
      ),
      inputs: s.inputs.map((i) => names.get(i)),
      outputs: s.outputs.map((o) => [o.name, names.get(o.tensor)]),
      metadata: (s.properties['onnx'] as { metadata: unknown }).metadata,
    }
  }

  it.each(models)('%s is the same network, and the second writing the same bytes', (name) => {
    const first = importOnnx(gallery(name)).snapshot
    const bytes = exportOnnx(first).bytes
    const second = importOnnx(bytes).snapshot
    expect(plain(second)).toEqual(plain(first))
    expect(Buffer.compare(exportOnnx(second).bytes, bytes)).toBe(0)
  })

  it.each(['mobilenetv3-small.torchscript', 'resnet-50.torchscript', 'convnext-18.torchscript', 'vit-12.dynamo'])(
    '%s gives the same numbers bit by bit in ONNX Runtime',
    async (name) => {
      const bytes = gallery(name)
      const { snapshot } = importOnnx(bytes)
      const feeds = Object.fromEntries(
        snapshot.inputs.map((id) => {
          const t = snapshot.tensors[id]!
          const shape = t.shape as number[]
          const n = shape.reduce((a, b) => a * b, 1)
          return [
            t.name,
            ConstantValue.of(
              t.dtype!,
              shape,
              Array.from({ length: n }, (_, i) => Math.sin(i)),
            ),
          ]
        }),
      )
      expect(await run(exportOnnx(snapshot).bytes, feeds)).toEqual(await run(bytes, feeds))
    },
  )
})

describe('public names', () => {
  it('the tensor behind an output takes its name', () => {
    const { graph } = written(network([layer(0, 'Relu', [0], [1])], [tensor(1, 'inner', 0)], [['y', 1]]))
    expect(says(graph)).toEqual(['y = Relu(x)'])
  })
  it('another tensor of that name gives way', () => {
    const layers = [layer(0, 'Relu', [0], [1]), layer(1, 'Abs', [1], [2])]
    const { graph } = written(network(layers, [tensor(1, 'y', 0), tensor(2, 'z', 1)], [['y', 2]]))
    expect(says(graph)).toEqual(['y_1 = Relu(x)', 'y = Abs(y_1)'])
  })
  it.each<[string, TensorRecord[], [string, number][], string[]]>([
    ['a network input', [], [['y', 0]], ['y = Identity(x)']],
    ['a constant', [constant(1, 'w')], [['y', 1]], ['y = Identity(w)']],
  ])('%s behind an output is copied', (_, tensors, outputs, nodes) => {
    expect(says(written(network([], tensors, outputs)).graph)).toEqual(nodes)
  })
  it('a value behind two outputs is copied for the second', () => {
    const s = network(
      [layer(0, 'Relu', [0], [1])],
      [tensor(1, 'a', 0)],
      [
        ['a', 1],
        ['b', 1],
      ],
    )
    expect(says(written(s).graph)).toEqual(['a = Relu(x)', 'b = Identity(a)'])
  })
  it('an input that is an output under its own name is not', () => {
    expect(says(written(network([], [], [['x', 0]])).graph)).toEqual([])
  })
  it('an output named like another input is refused', () => {
    const s = network([layer(0, 'Relu', [0], [1])], [tensor(1, 'a', 0)], [['x', 1]])
    expect(() => exportOnnx(s)).toThrow(OnnxExportError)
  })
  it('tensors that share a name are told apart', () => {
    const layers = [layer(0, 'Relu', [0], [1]), layer(1, 'Abs', [0], [2]), layer(2, 'Add', [1, 2], [3])]
    const { graph } = written(network(layers, [tensor(1, 't', 0), tensor(2, 't', 1), tensor(3, 'y', 2)], [['y', 3]]))
    expect(says(graph)).toEqual(['t = Relu(x)', 't_1 = Abs(x)', 'y = Add(t, t_1)'])
  })
})

describe('what is written', () => {
  it('leaves out removed layers and constants that nothing uses', () => {
    const layers = [layer(0, 'Add', [0, 2], [1]), layer(1, 'Mul', [0, 3], [4], { removed: true })]
    const tensors = [tensor(1, 'y', 0), constant(2, 'used'), constant(3, 'unused'), tensor(4, 'gone', 1)]
    const { graph } = written(network(layers, tensors, [['y', 1]]))
    expect(says(graph)).toEqual(['y = Add(x, used)'])
    expect(graph.initializer.map((t) => t.name)).toEqual(['used'])
    expect(graph.value_info).toEqual([])
  })
  it('puts layers behind those they depend on, else in network order', () => {
    const layers = [layer(0, 'B', [1], [2]), layer(1, 'A', [0], [1])]
    const { graph } = written(network(layers, [tensor(1, 'a', 1), tensor(2, 'y', 0)], [['y', 2]]))
    expect(says(graph)).toEqual(['a = A(x)', 'y = B(a)'])
  })
  it('imports version 1 of every further domain', () => {
    const s = network([layer(0, 'com.microsoft.Gelu', [0], [1])], [tensor(1, 'y', 0)], [['y', 1]])
    const model = written(s)
    expect(model.opset_import).toEqual([
      { domain: '', version: 18 },
      { domain: 'com.microsoft', version: 1 },
    ])
    expect(model.graph.node[0]).toMatchObject({ op_type: 'Gelu', domain: 'com.microsoft' })
  })
  it('trims operands that are absent at the end, and keeps those between', () => {
    const s = network(
      [layer(0, 'Clip', [0, ABSENT, 2], [1])],
      [tensor(1, 'y', 0), constant(2, 'hi', ConstantValue.scalarOf('float32', 1))],
      [['y', 1]],
    )
    expect(says(written(s).graph)).toEqual(['y = Clip(x, , hi)'])
    const t = network([layer(0, 'Clip', [0, ABSENT, ABSENT], [1])], [tensor(1, 'y', 0)], [['y', 1]])
    expect(says(written(t).graph)).toEqual(['y = Clip(x)'])
  })
  it('types attributes by the schema, or by what the file said', () => {
    const attributes = { alpha: 1, unheard: 1 }
    const s = network(
      [layer(0, 'LeakyRelu', [0], [1], { attributes, attributeTypes: { unheard: 'FLOATS' } })],
      [tensor(1, 'y', 0)],
      [['y', 1]],
    )
    expect(written(s).graph.node[0]?.attribute.map((a) => [a.name, a.type, a.f, a.floats])).toEqual([
      ['alpha', 1, 1, []],
      ['unheard', 6, undefined, [1]],
    ])
  })
  it('writes the bounds that mean "to the end" as the integers they were', () => {
    const ints = [2n ** 63n - 1n, -(2n ** 63n)]
    const graph = {
      input: [value('x')],
      output: [value('y')],
      node: [node('y = Foo(x)', [attributeProto('ends', { type: 7, ints })])],
    }
    const { snapshot } = importOnnx(modelBytes(graph))
    expect(written(snapshot).graph.node[0]?.attribute[0]?.ints).toEqual(ints)
  })
  it('says the types that are known', () => {
    const layers = [layer(0, 'Foo', [0], [1]), layer(1, 'Bar', [1], [2])]
    const tensors = [tensor(1, 'a', 0, { shape: ['n', null, 3] }), tensor(2, 'y', 1, { dtype: null, shape: null })]
    const { graph } = written(network(layers, tensors, [['y', 2]]))
    expect(graph.value_info[0]?.type?.tensor_type?.shape?.dim).toEqual([{ dim_param: 'n' }, {}, { dim_value: 3 }])
    expect(graph.output).toEqual([{ name: 'y', metadata_props: [] }])
  })
  it.each([
    ['a cycle', [layer(0, 'A', [2], [1]), layer(1, 'B', [1], [2])], [tensor(1, 'a', 0), tensor(2, 'y', 1)], /cycle/],
    [
      'an operand that nothing makes',
      [layer(0, 'A', [1], [2])],
      [tensor(1, 'a', 7), tensor(2, 'y', 0)],
      /Nothing makes a/,
    ],
  ])('refuses %s', (_, layers, tensors, message) => {
    expect(() => exportOnnx(network(layers, tensors, [['y', 2]]))).toThrow(message)
  })
})

describe('external data', () => {
  const where = { location: 'w.bin', offset: 16, length: 8 }
  const away = new ConstantValue('float32', [2], null, null, where)
  const here = new ConstantValue('float32', [2], new Uint8Array(8), null, where)
  const net = (v: ConstantValue) =>
    network([layer(0, 'Add', [0, 2], [1])], [tensor(1, 'y', 0), constant(2, 'w', v)], [['y', 1]])
  const entries = [
    { key: 'location', value: 'w.bin' },
    { key: 'offset', value: '16' },
    { key: 'length', value: '8' },
  ]
  it.each([
    ['missing', away],
    ['present', here],
  ])('%s ones stay where they are', (_, v) => {
    expect(written(net(v)).graph.initializer[0]).toMatchObject({ data_location: 1, external_data: entries })
  })
  it('can be taken into the model', () => {
    const [w] = written(net(here), { inlineExternal: true }).graph.initializer
    expect([w?.data_location, w?.raw_data?.length]).toEqual([undefined, 8])
  })
  it('large weights can go into a file of their own, small ones stay', () => {
    const large = ConstantValue.of(
      'float32',
      [512],
      Array.from({ length: 512 }, (_, i) => i),
    )
    const layers = [layer(0, 'Foo', [0, 2, 3], [1])]
    const s = network(layers, [tensor(1, 'y', 0), constant(2, 'w', large), constant(3, 'b')], [['y', 1]])
    const { bytes, external } = exportOnnx(s, { weightsFile: 'net.data' })
    const { snapshot, missingExternal } = importOnnx(bytes, { external: external! })
    expect(missingExternal).toEqual([])
    expect(snapshot.tensors.find((t) => t.name === 'w')?.value?.bytes).toEqual(large.bytes)
    expect(importOnnx(bytes).missingExternal).toEqual(['net.data'])
  })
})

describe('bodies', () => {
  const inner = graphBytes({ node: [node('r = Add(w, k)')], initializer: [int64s('k', [1])], output: [value('r')] })
  const nested = graphBytes({
    node: [node('q = If(c)', [attributeProto('then_branch', { type: 5, g: inner })])],
    output: [value('q')],
  })
  const bytes = modelBytes({
    input: [value('c', 'bool', []), value('w', 'int64', [1])],
    output: [value('y')],
    node: [node('z = Neg(w)'), node('y = If(c)', [attributeProto('then_branch', { type: 5, g: nested })])],
  })
  const bodyOf = (s: NetworkSnapshot): GraphProto => {
    const outer = decodeMessage('GraphProto', written(s).graph.node.at(-1)!.attribute[0]!.g!)
    return decodeMessage('GraphProto', outer.node[0]!.attribute[0]!.g!)
  }
  const opened = importOnnx(bytes).snapshot
  const id = (name: string): number => opened.tensors.find((t) => t.name === name)!.id
  const redirect = (to: string): NetworkSnapshot => ({
    ...opened,
    layers: opened.layers.map((l) =>
      l.kind === 'If' ? { ...l, inputs: l.inputs.map((t) => (t === id('w') ? id(to) : t)) } : l,
    ),
  })

  it('go out as they came in where nothing changed', () => {
    expect(written(opened).graph.node.at(-1)?.attribute[0]?.g).toEqual(nested)
  })
  it('name the value that now stands for the captured one', () => {
    expect(says(bodyOf(redirect('z')))).toEqual(['r = Add(z, k)'])
  })
  it('keep their own values apart from it', () => {
    const renamed = { ...redirect('z') }
    const s = { ...renamed, tensors: renamed.tensors.map((t) => (t.name === 'z' ? { ...t, name: 'k' } : t)) }
    const body = bodyOf(s)
    expect(says(body)).toEqual(['r = Add(k, k_1)'])
    expect(body.initializer.map((t) => t.name)).toEqual(['k_1'])
  })
  it('run in ONNX Runtime after both', async () => {
    const branch = (op: string) => graphBytes({ node: [node(`r = ${op}(w)`)], output: [value('r', 'int64', [1])] })
    const model = modelBytes({
      input: [value('c', 'bool', []), value('w', 'int64', [1])],
      output: [value('y', 'int64', [1])],
      node: [
        node('z = Neg(w)'),
        node('y = If(c)', [
          attributeProto('then_branch', { type: 5, g: branch('Identity') }),
          attributeProto('else_branch', { type: 5, g: branch('Abs') }),
        ]),
      ],
    })
    const { snapshot } = importOnnx(model)
    const z = snapshot.tensors.find((t) => t.name === 'z')!.id
    const w = snapshot.tensors.find((t) => t.name === 'w')!.id
    const layers = snapshot.layers.map((l) =>
      l.kind === 'If' ? { ...l, inputs: l.inputs.map((t) => (t === w ? z : t)) } : l,
    )
    const tensors = snapshot.tensors.map((t) => (t.id === z ? { ...t, name: 'r' } : t))
    const feeds = { c: ConstantValue.of('bool', [], [1]), w: ConstantValue.of('int64', [1], [5]) }
    expect((await run(exportOnnx({ ...snapshot, layers, tensors }).bytes, feeds))['y']?.numbers).toEqual([-5])
  })
})

describe('what the file said besides its graph', () => {
  it('is written back', () => {
    const model: Partial<ModelProto> = {
      producer_name: 'p',
      doc_string: 'd',
      metadata_props: [{ key: 'a', value: 'b' }],
      functions: [new Uint8Array([10, 1, 70])],
      unknown: [new Uint8Array([0xa2, 0x06, 1, 7])],
    }
    const graph: Partial<GraphProto> = {
      doc_string: 'g',
      input: [{ ...value('x', 'float32', [2]), doc_string: 'the input' }, value('w', 'int64', [1])],
      output: [value('y', 'float32', [2])],
      initializer: [int64s('w', [9])],
      node: [
        node('y = Foo(x, w)', [], { doc_string: 'why', overload: 'o', metadata_props: [{ key: 'k', value: 'v' }] }),
      ],
      metadata_props: [{ key: 'gk', value: 'gv' }],
    }
    const again = written(importOnnx(modelBytes(graph, model)).snapshot)
    expect(again).toMatchObject({ ...model, ir_version: 10 })
    expect(again.graph).toMatchObject({ doc_string: 'g', metadata_props: [{ key: 'gk', value: 'gv' }] })
    expect(again.graph.node[0]).toMatchObject({
      doc_string: 'why',
      overload: 'o',
      metadata_props: [{ key: 'k', value: 'v' }],
    })
    expect(again.graph.input[0]).toMatchObject({ name: 'x', doc_string: 'the input' })
    expect(again.graph.initializer.map((t) => t.name)).toEqual(['w'])
  })
  it('a value that is no tensor keeps its type', () => {
    const sequence = { unknown: [new Uint8Array([0x22, 0x02, 0x0a, 0x00])] }
    const graph = {
      input: [{ ...value('s'), type: sequence }],
      output: [value('y')],
      node: [node('y = SequenceLength(s)')],
    }
    expect(written(importOnnx(modelBytes(graph)).snapshot).graph.input[0]?.type).toEqual(sequence)
  })
  it('strings keep every byte', () => {
    const w = tensorProto('w', 'string', [2], { string_data: ['ü', ''].map((s) => new TextEncoder().encode(s)) })
    const graph = { input: [value('x')], output: [value('y')], initializer: [w], node: [node('y = Foo(x, w)')] }
    expect(written(importOnnx(modelBytes(graph)).snapshot).graph.initializer[0]?.string_data).toEqual(w.string_data)
  })
})
