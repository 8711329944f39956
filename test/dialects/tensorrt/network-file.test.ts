/** `.graft-trt` files: what is written is read back as the same network, and what is wrong in one is said with its place. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { importOnnx, joined } from '../../../src/dialects/onnx'
import {
  gptAttentionNetwork,
  GPTForCausalLM,
  importModel,
  LLaMAForCausalLM,
  lowerOnnx,
  tensorrtDialect,
  writeNetwork,
} from '../../../src/dialects/tensorrt'
import type { NetworkSnapshot } from '../../../src/engine'
import { networkFromSnapshot, snapshotOf, verifyNetwork } from '../../../src/engine'
import { textOf } from './same-network'

const SMALL = { numLayers: 1, hiddenSize: 8, numHeads: 2, vocabSize: 16, maxPositions: 8 } as const
const lowered = (name: string): NetworkSnapshot =>
  snapshotOf(lowerOnnx(importOnnx(new Uint8Array(readFileSync(`public/models/${name}.onnx`))).snapshot).network)
const dump = (): NetworkSnapshot =>
  importModel(new Uint8Array(readFileSync('test/cases/trtllm/llama-2layer.plugin.network.onnx'))).snapshot

const NETWORKS: Readonly<Record<string, () => NetworkSnapshot>> = {
  "the module's own, with a recorded call": () =>
    snapshotOf(gptAttentionNetwork({ batch: 1, length: 4, maxLength: 8, hidden: 16, heads: 2 })),
  'GPT with plugins': () => snapshotOf(new GPTForCausalLM(SMALL).build('gpt')),
  'Llama from layers': () => snapshotOf(new LLaMAForCausalLM({ ...SMALL, attention: 'plain' }).build('llama')),
  'Llama in half floats, packed': () =>
    snapshotOf(new LLaMAForCausalLM({ ...SMALL, dtype: 'float16', removePadding: true }).build('llama')),
  'a lowered transformer': () => lowered('bert-12.torchscript'),
  'a dump, of which most is not known': dump,
}

function written(snapshot: NetworkSnapshot) {
  const { text, weights } = writeNetwork(snapshot, 'net.weights')
  return { file: new TextEncoder().encode(text), weights: joined(weights) }
}
const read = (file: Uint8Array, weights: Uint8Array) =>
  importModel(file, { external: new Map([['net.weights', weights]]) })

describe('what is written is read back:', () => {
  test.each(Object.entries(NETWORKS))('%s', (_, make) => {
    const snapshot = make()
    const { file, weights } = written(snapshot)
    const { snapshot: back, missingExternal } = read(file, weights)
    expect(textOf(back)).toEqual(textOf(snapshot))
    expect(missingExternal).toEqual([])
    expect(verifyNetwork(networkFromSnapshot(back, tensorrtDialect))).toEqual([])
    expect(new TextDecoder().decode(written(back).file)).toBe(new TextDecoder().decode(file))
  })
})

test('without its weights it opens, and asks for them', () => {
  const { file } = written(NETWORKS['GPT with plugins']!())
  const { snapshot, missingExternal } = importModel(file)
  expect([missingExternal, snapshot.layers.length > 0]).toEqual([['net.weights'], true])
})

test('a network of ONNX operators is no such file', () => {
  const { snapshot } = importOnnx(new Uint8Array(readFileSync('public/models/bert-12.torchscript.onnx')))
  expect(() => writeNetwork(snapshot, 'w')).toThrow(/network of onnx.*lower it first/)
})

const HEAD = { format: 'graft-trt', version: 1, inputs: [{ name: 'x', dtype: 'FLOAT', shape: [2] }], outputs: [] }
const layer = (more: object) => ({ name: 'a', type: 'IDENTITY', inputs: ['x'], outputs: [{ name: 'y' }], ...more })
const opening = (file: object, weights = new Uint8Array(8)) =>
  read(new TextEncoder().encode(JSON.stringify(file)), weights)

test('types that are not said are inferred', () => {
  const file = { ...HEAD, layers: [layer({})], outputs: [{ name: 'out', tensor: 'y' }] }
  expect(opening(file).snapshot.tensors.map((t) => [t.name, t.dtype, t.shape])).toContainEqual(['y', 'float32', [2]])
})

test('numbers that JSON cannot write, symbolic sizes and a layer that is not known are kept', () => {
  const clip = layer({ type: 'ACTIVATION', attributes: { type: 'CLIP', alpha: '-Infinity', beta: 1 } })
  const file = { ...HEAD, inputs: [{ name: 'x', dtype: 'HALF', shape: ['batch', -1] }] }
  const { snapshot } = opening({ ...file, layers: [clip] })
  expect(snapshot.layers[0]!.attributes['alpha']).toBe(-Infinity)
  expect(snapshot.tensors[0]!.shape).toEqual(['batch', null])
  const odd = opening({ ...file, layers: [layer({ type: 'NEWEST', attributes: { k: 1 } })] })
  expect([odd.snapshot.layers[0]!.kind, odd.warnings]).toEqual([
    'NEWEST',
    [expect.stringMatching(/a is a layer of type NEWEST/)],
  ])
})

const CONSTANT = (weights: unknown) => layer({ type: 'CONSTANT', inputs: [], attributes: { shape: [2], weights } })

test.each<[string, object, RegExp]>([
  ['of a later version', { ...HEAD, version: 2, layers: [] }, /expected 1, found number 2 \(file\.version\)/],
  ['without layers', HEAD, /expected a list, found nothing \(file\.layers\)/],
  ['a layer without a name', { ...HEAD, layers: [layer({ name: undefined })] }, /file\.layers\[0\]\.name/],
  [
    'an operand that nothing makes',
    { ...HEAD, layers: [layer({ inputs: ['z'] })] },
    /Nothing makes the tensor z \(layer a\)/,
  ],
  [
    'an output that nothing makes',
    { ...HEAD, layers: [], outputs: [{ name: 'o', tensor: 'q' }] },
    /Nothing makes the tensor q/,
  ],
  ['two tensors of one name', { ...HEAD, layers: [layer({}), layer({ name: 'b' })] }, /Two tensors are called y/],
  ['a cycle', { ...HEAD, layers: [layer({ inputs: ['y'] })] }, /has a cycle/],
  [
    'a size below -1',
    { ...HEAD, inputs: [{ name: 'x', shape: [-2] }], layers: [] },
    /a size.*file\.inputs\[0\]\.shape\[0\]/,
  ],
  [
    'weights of too few bytes',
    { ...HEAD, weights: 'net.weights', layers: [CONSTANT({ dtype: 'FLOAT', shape: [2], offset: 0, bytes: 4 })] },
    /8 bytes are FLOAT \[2\], and not 4 \(file\.layers\[0\]\.attributes\.weights\)/,
  ],
  [
    'weights beyond the end',
    { ...HEAD, weights: 'net.weights', layers: [CONSTANT({ dtype: 'FLOAT', shape: [2], offset: 8, bytes: 8 })] },
    /has 8 bytes, and these weights end at 16/,
  ],
  [
    'weights of an odd type',
    { ...HEAD, layers: [CONSTANT({ dtype: 'FLOAT64', shape: [2] })] },
    /FLOAT64 is none of FLOAT, HALF/,
  ],
  [
    'weights in no file',
    { ...HEAD, layers: [CONSTANT({ dtype: 'FLOAT', shape: [2], offset: 0, bytes: 8 })] },
    /"weights" names none/,
  ],
  [
    'two outputs of one name',
    { ...HEAD, layers: [layer({})], outputs: [1, 2].map(() => ({ name: 'o', tensor: 'y' })) },
    /Two outputs are called o/,
  ],
  [
    'a field that Graft never wrote',
    { ...HEAD, layers: [layer({ type: 'PLUGIN_V2', fields: [{ name: 'f', type: 'GRAFT', value: { $bytes: '!' } }] })] },
    /no value that Graft wrote.*fields\.f/,
  ],
  [
    'a constant in a field that is not whole',
    {
      ...HEAD,
      layers: [
        layer({
          type: 'PLUGIN_V2',
          fields: [{ name: 'f', type: 'GRAFT', value: { $constant: { dtype: 'odd', shape: [] } } }],
        }),
      ],
    },
    /a constant is not whole/,
  ],
  [
    'a call that is nested without end',
    {
      ...HEAD,
      layers: [
        layer({
          call: { kind: 'f', inputs: { a: JSON.parse('['.repeat(2000) + ']'.repeat(2000)) as unknown }, outputs: null },
        }),
      ],
    },
    /not nested so deep/,
  ],
  [
    'an attribute that is none',
    { ...HEAD, layers: [layer({ attributes: { k: [null] } })] },
    /an attribute is a number.*attributes\.k/,
  ],
])('%s is an error with its place', (_, file, message) => {
  expect(() => opening(file)).toThrow(message)
})

test('a file that is cut off is no JSON', () => {
  expect(() => importModel(new TextEncoder().encode('{"format":"graft-trt","version":1'))).toThrow(/is no JSON/)
})

test('names that mean something to JavaScript, and notes that are the reader’s own, do no harm', () => {
  const text =
    '{"format":"graft-trt","version":1,"inputs":[{"name":"__proto__"}],"outputs":[{"name":"constructor","tensor":"toString"}],"layers":[' +
    '{"name":"__proto__","type":"PLUGIN_V2","inputs":["__proto__"],"outputs":[{"name":"toString"}],"attributes":{"__proto__":[1],"plugin_type":"X"},' +
    '"fields":[{"name":"__proto__","type":"INT32","value":3}],"notes":{"field types":"no JSON","fields":"x"}}]}'
  const { snapshot } = importModel(new TextEncoder().encode(text))
  expect(snapshot.layers[0]!.attributes).toEqual({ plugin_type: 'X' })
  expect(() => writeNetwork(snapshot, 'w')).not.toThrow()
})

test('what is odd and can be opened all the same is told', () => {
  const layer = (name: string, output: string, op: unknown) => ({
    name,
    type: 'UNARY',
    inputs: ['x'],
    outputs: [{ name: output, dtype: 'BANANA', shape: [2] }],
    attributes: { op },
  })
  const file = {
    format: 'graft-trt',
    version: 1,
    inputs: [{ name: 'x', dtype: 'FLOAT', shape: [2] }],
    layers: [layer('l', 'y', 'BOOM'), layer('l', 'z', 7)],
    outputs: [{ name: 'y', tensor: 'y' }],
  }
  const { snapshot, warnings } = read(new TextEncoder().encode(JSON.stringify(file)), new Uint8Array())
  expect(warnings).toEqual([
    'Graft reads no elements of type BANANA: the tensors of it have none.',
    '1 layers have the name of another, l for one: they are told apart by numbers behind it.',
  ])
  expect(verifyNetwork(networkFromSnapshot(snapshot, tensorrtDialect)).map((p) => p.message)).toEqual([
    expect.stringContaining('op of UNARY is one of EXP'),
    'op of UNARY is a word, not 7',
  ])
})
