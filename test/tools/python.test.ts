/** Python: what dumps a live network, held against a stand-in for TensorRT's module; and scripts that build one, run on it and dumped again. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { importOnnx } from '../../src/dialects/onnx'
import {
  gptAttentionNetwork,
  GPTForCausalLM,
  importModel,
  LLaMAForCausalLM,
  lowerOnnx,
  tensorrtDialect,
  writePython,
} from '../../src/dialects/tensorrt'
import { LAYERS } from '../../src/dialects/tensorrt/kinds/table'
import type { NetworkSnapshot } from '../../src/engine'
import { ConstantValue, Network, snapshotOf } from '../../src/engine'
import { verifyNetworks } from '../../src/verify'
import { nodeRuntime } from '../../src/verify/node'
import { spelledOut } from '../dialects/tensorrt/same-network'
import { hasPython, runOnStandIn } from './run-on-stand-in'

const folder = mkdtempSync(path.join(tmpdir(), 'graft-python-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => path.join(folder, name)

/** What a script builds on the stand-in, dumped and opened. */
function roundTrip(snapshot: NetworkSnapshot): NetworkSnapshot {
  runOnStandIn(snapshot, at('back.graft-trt'))
  const external = new Map([['back.weights', new Uint8Array(readFileSync(at('back.weights')))]])
  return importModel(new Uint8Array(readFileSync(at('back.graft-trt'))), { external }).snapshot
}

const SMALL = { numLayers: 1, hiddenSize: 8, numHeads: 2, vocabSize: 16, maxPositions: 8 } as const
const lowered = (name: string) =>
  snapshotOf(lowerOnnx(importOnnx(new Uint8Array(readFileSync(`public/models/${name}.onnx`))).snapshot).network)

const NETWORKS: Readonly<Record<string, () => NetworkSnapshot>> = {
  'GPT with plugins': () => snapshotOf(new GPTForCausalLM(SMALL).build('gpt')),
  'Llama from layers': () => snapshotOf(new LLaMAForCausalLM({ ...SMALL, attention: 'plain' }).build('llama')),
  'Llama in half floats, packed': () =>
    snapshotOf(new LLaMAForCausalLM({ ...SMALL, dtype: 'float16', removePadding: true }).build('llama')),
  'a lowered transformer': () => lowered('bert-12.torchscript'),
  'a lowered network of convolutions': () => lowered('mobilenetv3-small.torchscript'),
  'a loop and a conditional': controlled,
  'attention, caches and experts of newer versions': newer,
  'odd names, sizes by name, a layer with metadata': odd,
}

function controlled(): NetworkSnapshot {
  const network = new Network(tensorrtDialect, { name: 'controlled' })
  const x = network.addInput('x', 'float32', [2, 4])
  const n = network.addInput('n', 'int32', [])
  const yes = network.addInput('yes', 'bool', [])
  const add = (kind: string, inputs: readonly (typeof x | null)[], attributes = {}, outputCount = 1) =>
    network.addLayer({ kind, inputs, attributes, outputCount })
  add('TRIP_LIMIT', [n], { loop: 'while', kind: 'COUNT' }, 0)
  const state = add('RECURRENCE', [x, null], { loop: 'while' })
  const next = add('ELEMENTWISE', [state.getOutputs()[0]!, x], { op: 'SUM' }).getOutputs()[0]!
  network.setInput(state, 1, next)
  const last = add('LOOP_OUTPUT', [state.getOutputs()[0]!], { loop: 'while', kind: 'LAST_VALUE' }).getOutputs()[0]!
  const all = add('LOOP_OUTPUT', [next, n], { loop: 'while', kind: 'CONCATENATE', axis: 0 }).getOutputs()[0]!
  add('CONDITION', [yes], { conditional: 'if' }, 0)
  const inner = add('CONDITIONAL_INPUT', [last], { conditional: 'if' }).getOutputs()[0]!
  const then = add('ACTIVATION', [inner], { type: 'CLIP', alpha: -Infinity, beta: 1 }).getOutputs()[0]!
  const chosen = add('CONDITIONAL_OUTPUT', [then, inner], { conditional: 'if' }).getOutputs()[0]!
  const weights = ConstantValue.of('bfloat16', [2], [1, -2])
  network.markOutput(add('CONSTANT', [], { weights }).getOutputs()[0]!, 'constant')
  network.markOutput(chosen, 'y')
  network.markOutput(all, 'all')
  return snapshotOf(network)
}

function newer(): NetworkSnapshot {
  const network = new Network(tensorrtDialect, { name: 'newer' })
  const input = (name: string, ...shape: number[]) => network.addInput(name, 'float32', shape)
  const [q, k, v] = [input('q', 1, 2, 3, 4), input('k', 1, 2, 3, 4), input('v', 1, 2, 3, 4)]
  const [mask, scale] = [input('mask', 1, 1, 3, 3), input('scale')]
  const at = network.addInput('at', 'int32', [1])
  const add = (kind: string, inputs: readonly (typeof q | null)[], attributes = {}, outputCount = 1) =>
    network.addLayer({ kind, inputs, attributes, outputCount })
  const attention = (inputs: readonly (typeof q | null)[], attributes: { attention: string }) => {
    const scores = add('ATTENTION_INPUT', inputs, attributes)
    const { attention } = attributes
    network.markOutput(add('ATTENTION_OUTPUT', [scores.output()], { attention }).output()!, attention)
  }
  const quantized = { decomposable: true, normalization_quantize_to_type: 'INT8' }
  attention([q, k, v, mask, scale], { attention: 'masked', ...quantized })
  attention([q, k, v], { attention: 'causal', ...{ causal_kind: 'LOWER_RIGHT', norm_op: 'NONE' } })
  const cache = add('KV_CACHE_UPDATE', [k, v, at])
  const blocks = add('DYNAMIC_QUANTIZE', [q], { block_shape: [1, 1, 1, 2], to_type: 'FP8', scale_type: 'FLOAT' }, 2)
  const axis = add('DYNAMIC_QUANTIZE', [q, scale], { axis: 3, block_size: 4, to_type: 'FP8', scale_type: 'FP8' }, 2)
  const [x, s] = [input('x', 1, 5, 4), input('s', 1, 5, 2)]
  const [gate, up, down] = [input('gate', 3, 4, 6), input('up', 3, 4, 6), input('down', 3, 6, 4)]
  const experts = network.addInput('experts', 'int32', [1, 5, 2])
  const moe = add('MOE', [x, experts, s, gate, up, down], { activation_type: 'SILU', swiglu_param_limit: 7 })
  for (const [name, of] of Object.entries({ cache, blocks, axis, moe })) network.markOutput(of.output()!, name)
  return snapshotOf(network)
}

function odd(): NetworkSnapshot {
  const network = new Network(tensorrtDialect, { name: 'a "name" \\ of """ all\nsorts' })
  const x = network.addInput('x "quoted"\n', 'float16', ['batch', null, 3])
  const layer = network.addLayer({
    kind: 'SHUFFLE',
    name: "layer 'é' \\",
    inputs: [x],
    attributes: { first_transpose: [0, 2, 1] },
    metadata: { metadata: 'of "ONNX"' },
  })
  network.markOutput(layer.getOutputs()[0]!, 'y')
  return snapshotOf(network)
}

describe.skipIf(!hasPython)('a script that is run on the stand-in and dumped again is the same network:', () => {
  test.each(Object.entries(NETWORKS))(
    '%s',
    (_, make) => {
      const snapshot = make()
      expect(spelledOut(roundTrip(snapshot))).toEqual(spelledOut(snapshot))
    },
    60_000,
  )
})

test.skipIf(!hasPython)(
  "the module's own network is the same but for an operand that the plugin takes of packed tokens only",
  () => {
    const network = gptAttentionNetwork({ batch: 1, length: 4, maxLength: 8, hidden: 16, heads: 2 })
    const back = spelledOut(roundTrip(snapshotOf(network)))
    expect(back).toEqual(spelledOut(snapshotOf(network)).map((l) => l.replace(',"host_context_lengths"]', ']')))
  },
)

test.skipIf(!hasPython)(
  'what TensorRT-LLM keeps beside a network goes along: fields, calls, weights that numpy lacks; it runs, and modules are scopes',
  async () => {
    execFileSync('python3', ['test/tools/of-functionals.py', at('functionals.graft-trt')])
    const external = new Map([['functionals.weights', new Uint8Array(readFileSync(at('functionals.weights')))]])
    const { snapshot } = importModel(new Uint8Array(readFileSync(at('functionals.graft-trt'))), { external })
    const attention = snapshot.layers.find((l) => l.kind === 'PLUGIN_V2')!
    expect(attention.scope).toBe('layers/0/attention')
    expect(attention.attributes).toMatchObject({ head_size: 4, q_scaling: 1, tokens_per_block: 64, enable_xqa: 1 })
    expect(attention.flayer!.rawInputs).toMatchObject({
      position_embedding_type: 'learned_absolute',
      kv_cache_quant_mode: 0,
    })
    const scale = snapshot.layers.find((l) => l.kind === 'CONSTANT')!.attributes['weights'] as ConstantValue
    expect(scale.toArray()).toEqual([1, -2])
    const verdict = await verifyNetworks(snapshot, snapshot, await nodeRuntime(), { seeds: [1] })
    expect(verdict).toMatchObject({ verdict: 'equal' })
  },
)

test.skipIf(!hasPython)('one value under two names, and an input that goes out, are outputs of their own', () => {
  const network = new Network(tensorrtDialect, { name: 'outputs' })
  const x = network.addInput('x', 'float32', [2])
  const weights = ConstantValue.of('float32', [2], [1, 2])
  const y = network.addLayer({ kind: 'CONSTANT', inputs: [], attributes: { weights } }).getOutputs()[0]!
  for (const [tensor, name] of [
    [x, 'same'],
    [y, 'one'],
    [y, 'two'],
  ] as const)
    network.markOutput(tensor, name)
  const back = roundTrip(snapshotOf(network))
  expect(back.outputs.map((o) => o.name)).toEqual(['same', 'one', 'two'])
  expect(back.layers.map((l) => l.kind)).toEqual(['CONSTANT', 'IDENTITY', 'IDENTITY'])
})

test.skipIf(!hasPython)('the script that dumps asks each layer for what Graft knows of it', () => {
  const program = 'import json, dump_network as d; print(json.dumps(d.ATTRIBUTES))'
  const env = { ...process.env, PYTHONPATH: 'test/tools/stand-in:tools' }
  const asked = JSON.parse(execFileSync('python3', ['-c', program], { env, encoding: 'utf8' })) as Record<
    string,
    string
  >
  const known = Object.entries(LAYERS).flatMap(([kind, { attributes }]) => {
    // Both paddings say more than one for both; owners of loops and what a plugin is are asked for in other ways.
    const names = Object.keys(attributes).filter((n) => !['padding_nd', 'loop', 'conditional', 'attention'].includes(n))
    return names.length === 0 || kind.startsWith('PLUGIN') ? [] : [[kind, names.join(' ')]]
  })
  expect(asked).toEqual(Object.fromEntries(known))
})

const ATTENTION = `
import sys, tensorrt as trt
from dump_network import dump_network
net = trt.Builder(trt.Logger()).create_network()
q, k, v = [net.add_input(n, trt.DataType.FLOAT, [1, 2, 3, 4]) for n in "qkv"]
attention = net.add_attention(q, k, v, trt.AttentionNormalizationOp.NONE, False)
attention.causal_kind = trt.CausalMaskKind.LOWER_RIGHT
attention.key_value_lengths = net.add_input("lengths", trt.DataType.INT32, [1])
net.mark_output(attention.get_output(0))
dump_network(net, sys.argv[1])
`

test.skipIf(!hasPython)('what an attention is set to is dumped with its boundaries, which name it', () => {
  const env = { ...process.env, PYTHONPATH: 'test/tools/stand-in:tools' }
  execFileSync('python3', ['-c', ATTENTION, at('attention.graft-trt')], { env })
  const { snapshot } = importModel(new Uint8Array(readFileSync(at('attention.graft-trt'))))
  const [start, end] = snapshot.layers
  expect(start!.attributes).toMatchObject({ attention: 'attention_0', norm_op: 'NONE', causal_kind: 'LOWER_RIGHT' })
  const names = start!.inputs.map((id) => snapshot.tensors.find((t) => t.id === id)?.name)
  expect(names).toEqual(['q', 'k', 'v', undefined, undefined, undefined, 'lengths'])
  expect([start!.kind, end!.kind, end!.attributes]).toEqual([
    'ATTENTION_INPUT',
    'ATTENTION_OUTPUT',
    { attention: 'attention_0' },
  ])
})

test('what is not known cannot be built by a script', () => {
  const dump = importModel(new Uint8Array(readFileSync('test/cases/trtllm/llama-2layer.plugin.network.onnx')))
  expect(() => writePython(dump.snapshot, 'w')).toThrow(/The weights .* are not known/)
})

test('what a file says cannot become code of a script', () => {
  const network = new Network(tensorrtDialect)
  const x = network.addInput('x', 'float32', [2])
  const about = { plugin_type: 'T', plugin_namespace: 'n', num_outputs: 1, field: 1 }
  const metadata = { 'field types': JSON.stringify({ field: 'INT32"); import os #' }) }
  const plugin = network.addLayer({ kind: 'PLUGIN_V2', inputs: [x], attributes: about, outputs: [{ dtype: 'float32', shape: [2] }], metadata }) // prettier-ignore
  expect(writePython(snapshotOf(network), 'w').text).toContain('("field", "INT32\\"); import os #", 1)')
  const odd = { op: 'EXP', 'x = 1\n    import os #': 1 }
  network.addLayer({ kind: 'UNARY', inputs: [plugin.output()], attributes: odd })
  expect(() => writePython(snapshotOf(network), 'w')).toThrow(/Nothing of TensorRT has the name "x = 1\\n/)
})
