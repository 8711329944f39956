/** Networks as `trtllm-build --visualize_network` dumps them, read back into layers. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { importModel, raiseToOnnx, tensorrtDialect } from '../../../src/dialects/tensorrt'
import { weightsOf } from '../../../src/dialects/tensorrt/dump/statistics'
import type { ConstantValue, DType, Layer } from '../../../src/engine'
import { networkFromSnapshot, verifyNetwork } from '../../../src/engine'
import { attributeProto, modelBytes, node, value } from '../onnx/support'

const opened = (bytes: Uint8Array) => {
  const { snapshot, warnings } = importModel(bytes, { name: 'dump' })
  return { network: networkFromSnapshot(snapshot, tensorrtDialect), snapshot, warnings }
}
const sample = (name: string) =>
  opened(new Uint8Array(readFileSync(`test/cases/trtllm/${name}-2layer.plugin.network.onnx`)))
const weights = (l: Layer): ConstantValue => l.record.attributes['weights'] as ConstantValue

test.each([
  ['llama', 285, ['logits', 'present_key_value_0', 'present_key_value_1']],
  ['gpt', 386, ['logits', 'present_key_value_0', 'present_key_value_1']],
])('%s: every layer is there, sound, with inputs, outputs and no fault', (name, layers, outputs) => {
  const { network, snapshot } = sample(name)
  expect([network.numLayers, verifyNetwork(network), snapshot.outputs.map((o) => o.name)]).toEqual([
    layers,
    [],
    outputs,
  ])
  expect(network.getInputs().map((t) => t.name)).toContain('past_key_value_1')
})

test('layers lie in the modules that made them, one from a rewrite where its results do', () => {
  const { network } = sample('gpt')
  const scopes = new Set(network.getLayers().map((l) => l.scope))
  expect([...scopes]).toEqual(expect.arrayContaining(['transformer/layers/0/attention/qkv', 'lm_head', '']))
  expect([...scopes].some((s) => s.includes('_L') || s.startsWith('GPT'))).toBe(false)
  const plugins = network.getLayers().filter((l) => l.kind === 'PLUGIN_V2')
  expect(plugins.map((l) => l.scope)).toEqual([0, 0, 1, 1].map((i) => `transformer/layers/${i}/attention`))
})

test('the plugin that a rewrite left behind is dead, and is said to be', () => {
  const { network, warnings } = sample('gpt')
  const dead = network.getLayers().filter((l) => l.getOutputs().some((t) => t.name.endsWith('_deprecated')))
  expect(dead.map((l) => [l.kind, l.getOutputs().flatMap((t) => t.getUsers()).length])).toEqual([
    ['PLUGIN_V2', 0],
    ['PLUGIN_V2', 0],
  ])
  expect(warnings.join()).toMatch(/30 weights are not in this file.*4 plugins.*2 layers are dead/)
})

test('attributes are those of the layers: enums, masks, permutations, dimensions that are set', () => {
  const { network } = sample('llama')
  const ofKind = (kind: string) => network.getLayers().filter((l) => l.kind === kind)
  expect(ofKind('MATRIX_MULTIPLY')[0]!.record.attributes).toEqual({ op0: 'NONE', op1: 'TRANSPOSE' })
  expect(ofKind('REDUCE')[0]!.record.attributes).toEqual({ op: 'AVG', axes: 2, keep_dims: true })
  expect(ofKind('ACTIVATION')[0]!.asLayer('ACTIVATION').activation).toBe('SIGMOID')
  const shuffles = ofKind('SHUFFLE')
  const byTensor = shuffles.filter((l) => l.input(1))
  expect(byTensor.length).toBeGreaterThan(0)
  expect(byTensor.every((l) => !('reshape_dims' in l.record.attributes))).toBe(true)
  expect(shuffles.some((l) => String(l.record.attributes['reshape_dims'] as number[]) === '1')).toBe(true)
})

test('a plugin is known by the name of its layer, and its fields are not: it is not run', () => {
  const { network, snapshot } = sample('llama')
  const plugin = network.getLayers().find((l) => l.kind === 'PLUGIN_V2')!
  expect(plugin.asLayer('PLUGIN_V2').plugin).toMatchObject({ pluginType: 'GPTAttention', fields: {} })
  expect(() => raiseToOnnx(snapshot)).toThrow(
    /weights of .* are not known|fields of plugin GPTAttention are not in the file/,
  )
})

test('small constants are recovered, others keep type and shape', () => {
  const constants = sample('llama')
    .network.getLayers()
    .filter((l) => l.kind === 'CONSTANT')
    .map(weights)
  const known = constants.filter((w) => w.isAvailable)
  expect([constants.length, known.length]).toEqual([80, 60])
  expect(known.filter((w) => w.dtype === 'float32').map((w) => w.scalar())).toContain(Math.fround(1e-6))
  expect(constants.filter((w) => !w.isAvailable).map((w) => w.shape)).toContainEqual([128, 64])
})

test('two weights that are not known are not taken for the same', () => {
  const lost = sample('llama')
    .network.getLayers()
    .filter((l) => l.kind === 'CONSTANT' && !weights(l).isAvailable)
    .map(weights)
  expect(lost.some((a, i) => lost.slice(i + 1).some((b) => a.equals(b)))).toBe(false)
})

const statistics = (count: number, first: string, last = first): string =>
  `shape=(${count},), SumAbs=1.00000e+00, Var=0.1, Max=1.0, Min=0.0, SAD=1.0, [:5]=[${first}], [-5:]=[${last}]`

test.each<[string, DType, number, string, string, number[] | null]>([
  ['ten integers', 'int64', 10, '0. 1. 2. 3. 4.', '5. 6. 7. 8. 9.', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ['seven, of which three are said twice', 'int32', 7, '0. 1. 2. 3. 4.', '2. 3. 4. 5. 6.', [0, 1, 2, 3, 4, 5, 6]],
  ['eleven', 'int32', 11, '0. 1. 2. 3. 4.', '6. 7. 8. 9. 10.', null],
  ['integers beyond what float32 holds', 'int64', 1, '16777216.', '16777216.', null],
  ['float32 of few digits', 'float32', 2, '0.5  -3.', '0.5  -3.', [0.5, -3]],
  ['float32 in powers of ten', 'float32', 1, '1.e-05', '1.e-05', [Math.fround(1e-5)]],
  ['small float32 of eight digits, which stand for several', 'float32', 1, '0.03162278', '0.03162278', null],
  [
    'large float32 of eight digits, which stand for one',
    'float32',
    1,
    '0.31622776',
    '0.31622776',
    [Math.fround(0.31622776)],
  ],
  ['float16 of eight digits', 'float16', 1, '0.03164673', '0.03164673', [0.0316467285]],
  ['infinity', 'float32', 1, '-inf', '-inf', [-Infinity]],
  ['what is no number', 'float32', 1, '...', '...', null],
  ['fewer than are said', 'float32', 3, '1. 2.', '1. 2.', null],
])('statistics of %s', (_, dtype, count, first, last, expected) => {
  const found = weightsOf(statistics(count, first, last), dtype, [count], 'w')
  expect(found.isAvailable).toBe(expected !== null)
  if (expected) found.toArray().forEach((x, i) => expect(x).toBeCloseTo(expected[i]!, 7))
})

const said = (attributes: Record<string, string>) =>
  Object.entries(attributes).map(([name, text]) => attributeProto(name, { type: 3, s: new TextEncoder().encode(text) }))
const dumped = (...nodes: [text: string, name: string, attributes: Record<string, string>][]) =>
  modelBytes({
    node: nodes.map(([text, name, attributes]) => node(text, said(attributes), { name })),
    input: [value('x', 'float32', [2, 3, 4])],
    output: [value('y', 'float32', [2, 4, 3])],
  })
const SHUFFLE = { type: 'LayerType.SHUFFLE', reshape_dims: '(81)', second_transpose: '(0, 1, 2, 3, 4, 5, 6, 7)' }

test('a transpose keeps as many numbers as its operand has dimensions, and no shape that is not set', () => {
  const { network } = opened(
    dumped(['y = Reshape(x)', 'M/S_0', { ...SHUFFLE, first_transpose: '(0, 2, 1, 3, 0, 0, 0, 0)' }]),
  )
  expect(network.getLayers()[0]!.record.attributes).toEqual({ first_transpose: [0, 2, 1] })
})

test.each([
  ['of a type that there is not', 'y = Foo(x)', 'LayerType.FOO', /no TensorRT layer type FOO \(layer M\/S_0\)/],
  ['that reads what nothing makes', 'y = Foo(z)', 'LayerType.IDENTITY', /Nothing makes the tensor z \(layer M\/S_0\)/],
  ['that reads itself', 'y = Foo(y)', 'LayerType.IDENTITY', /has a cycle/],
])('a layer %s is an error that says which', (_, text, type, message) => {
  expect(() => opened(dumped([text, 'M/S_0', { type }]))).toThrow(message)
})
