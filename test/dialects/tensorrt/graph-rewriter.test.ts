/**
 * The checks of the module's own test file (tests/unittest/others/test_graph_rewriter.py of TensorRT-LLM), under its names and
 * in its order, on its network; its classes are loaded from text as a person would paste them.
 */
import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, test } from 'vitest'
import { loadCode } from '../../../src/code/load'
import {
  AnalysisPatternManager,
  netGuard,
  FLayerInfoMemo,
  RewritePatternManager,
  snapshotOf,
  verifyNetwork,
} from '../../../src/engine'
import type { Layer, Network, PatternAnalyzer, PatternRewriter } from '../../../src/engine'
import { ElementWiseOperation, gptAttentionNetwork, LayerType, raiseToOnnx } from '../../../src/dialects/tensorrt'
import { exportOnnx, importOnnx } from '../../../src/dialects/onnx'
import type { TensorRTLayer } from '../../../src/dialects/tensorrt'

const pasted = <P>(name: string): P =>
  loadCode(readFileSync(`test/cases/module/${name}.ts.txt`, 'utf8'))[0]!.pattern as unknown as P

let network: Network
beforeEach(() => {
  network = gptAttentionNetwork()
})

const isElementwise = (layer: Layer, op: string): boolean => {
  const l = layer.asLayer() as TensorRTLayer
  return l.type === LayerType.ELEMENTWISE && l.op === op
}

describe('TestNetworkForGraphRewrite', () => {
  test('test_num_inputs', () => {
    expect(network.getInputs().length).toBe(8)
  })
  test('test_is_input', () => {
    for (const x of network.getInputs()) expect(network.isInput(x)).toBe(true)
  })
  test('test_is_output', () => {
    for (const x of network.getOutputs()) expect(network.isOutput(x)).toBe(true)
  })
  test('test_get_layer_by_name', () => {
    for (const layer of network.getLayers()) expect(network.getLayerByName(layer.name)).toBe(layer)
  })
  test('test_get_tensor_parent', () => {
    for (const layer of network.getLayers())
      for (const tensor of layer.getOutputs()) expect(tensor.getParent()).toBe(layer)
  })
  test('test_get_tensor_users', () => {
    for (const layer of network.getLayers())
      for (const tensor of layer.getInputs()) expect(tensor.getUsers()).toContain(layer)
  })
  test('test_to_dot', () => {
    expect(network.toDot()).toContain('digraph')
  })
  test('test_to_onnx', () => {
    const small = gptAttentionNetwork({ batch: 2, length: 4, maxLength: 8, hidden: 16, heads: 2 })
    const { snapshot } = importOnnx(exportOnnx(raiseToOnnx(snapshotOf(small))).bytes)
    expect(snapshot.outputs.map((o) => o.name)).toEqual(['output', 'present_key_value'])
  })
})

describe('TestLayer', () => {
  test('test_as_layer', () => {
    for (const layer of network.getLayers()) expect(layer.asLayer()).toBeTruthy()
  })
})

describe('TestPatternRewriter', () => {
  test('test_pattern_rewriter', () => {
    const patterns = new RewritePatternManager()
    patterns.add('replace_add_to_sub', pasted<PatternRewriter>('replace-add-with-sub'))
    const inputKey = (layer: Layer): string =>
      layer
        .getInputs(0, 1)
        .map((x) => x.name)
        .join('-')
    const addInputToUsers = new Map<string, Layer[]>()
    for (const layer of network.getLayers())
      if (isElementwise(layer, ElementWiseOperation.SUM))
        addInputToUsers.set(inputKey(layer), layer.getOutputs(0)[0]!.getUsers())
    // Pruning is ours: without it the sum is left dangling, as there.
    expect(patterns.rewrite(network, null, { prune: false }).rewrites).toBe(1)
    const sums = network.getLayers().filter((l) => isElementwise(l, ElementWiseOperation.SUM))
    for (const layer of sums) for (const out of layer.getOutputs()) expect(out.getUsers()).toEqual([])
    const subs = network.getLayers().filter((l) => isElementwise(l, ElementWiseOperation.SUB))
    expect(subs.length).toBe(1)
    for (const layer of subs) {
      const before = addInputToUsers.get(inputKey(layer))!
      expect(layer.getOutputs(0)[0]!.getUsers().map((x) => x.name)).toEqual(before.map((x) => x.name)) // prettier-ignore
    }
    expect(verifyNetwork(network)).toEqual([])
  })
})

describe('TestPatternAnalyzer', () => {
  test('test_pattern_analyzer', () => {
    const patterns = new AnalysisPatternManager()
    patterns.add('count_add', pasted<PatternAnalyzer>('count-add'))
    patterns.analyze(network)
    expect(patterns.get('count_add')).toHaveProperty('count', 1)
  })
})

describe('TestGPTAttentionPluginRemovePaddingRewritePass', () => {
  test('test_gpt_attention_plugin_remove_padding_rewrite_pass', () => {
    netGuard(network, () => {
      for (const info of FLayerInfoMemo.instance().data.values()) expect(info.rawInputs['qkv']).toBeDefined()
      const patterns = new RewritePatternManager()
      patterns.add('gpt_attention remove padding', pasted<PatternRewriter>('remove-padding'))
      const args = { batch_size: 4, in_len: 128, hidden_size: 3072 }
      expect(patterns.rewrite(network, args).rewrites).toBe(1)
    })
    expect(verifyNetwork(network)).toEqual([])
  })
})

describe('TestFuseAttentionWithBiasPass', () => {
  test('test_as_layer', () => {
    const rewriter = pasted<PatternRewriter>('fuse-attention-with-bias')
    let res = false
    for (const layer of network.getLayers()) res ||= rewriter.matchAndRewrite(layer) === true
    expect(res).toBe(true)
    expect(network.layersOfKind('PLUGIN_V2').filter((l) => l.output()!.liveUses > 0 || l.output()!.isNetworkOutput())[0]!.flayerInfo!.getInput('qkv_bias')).not.toBeNull() // prettier-ignore
    expect(verifyNetwork(network)).toEqual([])
  })
})
