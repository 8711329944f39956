import { beforeEach, describe, expect, test } from 'vitest'
import {
  AnalysisPatternManager,
  ConstantValue,
  defaultNet,
  FLayerInfoMemo,
  netGuard,
  RewritePatternManager,
  verifyNetwork,
} from '../../../src/engine'
import type { Layer, Network, Tensor } from '../../../src/engine'
import { gptAttentionNetwork } from '../../../src/dialects/tensorrt'
import type { TensorRTLayer } from '../../../src/dialects/tensorrt'
import { CountAdd, FuseAttentionWithBiasPass, RemovePadding, ReplaceAddWithSub } from '../../../src/patterns'

let network: Network
beforeEach(() => {
  network = gptAttentionNetwork()
})

const opOf = (layer: Layer): string => (layer.asLayer() as { op?: string }).op ?? ''
const retyped = (n: Network, t: Tensor, to: Pick<Tensor, 'dtype' | 'shape'>): void =>
  n.edit({ type: 'setTensorType', tensor: t.id, from: { dtype: t.dtype, shape: t.shape }, to })
const plugins = (): Layer[] => network.layersOfKind('PLUGIN_V2')

describe('the network', () => {
  test('knows its inputs and outputs', () => {
    expect(network.getInputs().map((t) => t.name)).toEqual([
      'input',
      'past_key_value',
      'sequence_length',
      'host_past_key_value_lengths',
      'context_lengths',
      'host_request_types',
      'host_context_lengths',
      'cache_indirection',
    ])
    for (const t of network.getInputs()) expect(network.isInput(t)).toBe(true)
    for (const t of network.getOutputs()) expect(network.isOutput(t)).toBe(true)
    expect(network.isInput(network.getOutputs()[0]!)).toBe(false)
    expect(network.outputs.map((o) => o.name)).toEqual(['output', 'present_key_value'])
  })

  test('finds every layer by its name', () => {
    for (const layer of network.getLayers()) expect(network.getLayerByName(layer.name)).toBe(layer)
  })

  test('knows the parent and the users of every tensor', () => {
    for (const layer of network.getLayers()) {
      for (const t of layer.getOutputs()) expect(t.getParent()).toBe(layer)
      for (const t of layer.getInputs()) expect(t.getUsers()).toContain(layer)
    }
  })

  test('gives operands by index, and says which index is wrong', () => {
    const sum = network.layersOfKind('ELEMENTWISE')[0]!
    expect(sum.getInputs(1, 0)).toEqual([...sum.getInputs()].reverse())
    expect(() => sum.getInputs(2)).toThrow('there is no 2-th input of layer Linear/ELEMENTWISE_SUM')
  })

  test('views every layer as its type', () => {
    for (const layer of network.getLayers()) expect((layer.asLayer() as TensorRTLayer).type).toBe(layer.type)
  })

  test('writes itself as DOT', () => {
    expect(network.toDot()).toMatch(/^digraph "gpt-attention" \{[\s\S]*PLUGIN_V2[\s\S]*\}$/)
  })

  test('is current only inside netGuard', () => {
    expect(() => defaultNet()).toThrow('netGuard')
    expect(netGuard(network, () => FLayerInfoMemo.instance())).toBe(network.flayerMemo)
    expect(() =>
      netGuard(network, () => {
        throw new Error('x')
      }),
    ).toThrow('x')
    expect(() => defaultNet()).toThrow('netGuard')
  })
})

describe('replace add with sub', () => {
  test('replaces exactly one add, moves its users in order, and leaves it dangling', () => {
    const sum = network.layersOfKind('ELEMENTWISE')[0]!
    const operands = sum.getInputs()
    const users = sum.output()!.getUsers()
    const summary = new RewritePatternManager()
      .add('p', new ReplaceAddWithSub())
      .rewrite(network, null, { prune: false })
    expect(summary.rewrites).toBe(1)
    const [sub] = network.layersOfKind('ELEMENTWISE')
    expect([opOf(sub!), sub!.getInputs(), sub!.output()!.getUsers()]).toEqual(['SUB', operands, users])
    expect([sum.isRemoved(), sum.output()!.getUsers()]).toEqual([true, []])
    expect(network.removedLayers).toEqual([sum.name])
    expect(verifyNetwork(network)).toEqual([])
  })

  // prettier-ignore
  test.each<[found: string, damage: (sum: Layer, network: Network) => void]>([
    ['an operand that is not given', (sum, n) => n.setInput(sum, 1, null)],
    ['its own result among the operands', (sum, n) => n.setInput(sum, 1, sum.result())],
    ['an operand whose rank is not known', (sum, n) => retyped(n, sum.input(0)!, { dtype: sum.input(0)!.dtype, shape: null })],
    ['operands of ELEMENTWISE are of one type, not int32 and float16', (sum, n) => retyped(n, sum.input(0)!, { dtype: 'int32', shape: sum.input(0)!.shape })],
    ['operands of ELEMENTWISE do not broadcast: [4,128,7] and [1,1,3072]', (sum, n) => retyped(n, sum.input(0)!, { dtype: 'float16', shape: [4, 128, 7] })],
  ])('declines in a damaged network: %s', (found, damage) => {
    const sum = network.layersOfKind('ELEMENTWISE')[0]!
    damage(sum, network)
    const pattern = new ReplaceAddWithSub()
    expect(pattern.match(sum)).toMatchObject({ expected: 'a sum of two values', found })
    expect(new RewritePatternManager().add('p', pattern).rewrite(network).rewrites).toBe(0)
  })

  test('FLayerInfo follows the operand that was replaced', () => {
    new RewritePatternManager().add('p', new ReplaceAddWithSub()).rewrite(network)
    const plugin = plugins()[0]!
    expect(plugin.flayerInfo!.getInput('qkv')).toBe(plugin.input(0))
    expect(opOf(plugin.input(0)!.parent!)).toBe('SUB')
  })
})

describe('count add', () => {
  test('counts one, with a number for the layer that it counted', () => {
    const analyzer = new CountAdd()
    new AnalysisPatternManager().add('count', analyzer).analyze(network)
    expect(analyzer.count).toBe(1)
    expect([...analyzer.results().keys()].map((l) => l.name)).toEqual(['Linear/ELEMENTWISE_SUM'])
  })
})

describe('remove padding', () => {
  const args = { batch_size: 4, in_len: 128, hidden_size: 3072 }

  test('fires once, on a new input of packed tokens; outputs keep their names', () => {
    const pattern = new RemovePadding()
    const summary = new RewritePatternManager().add('p', pattern).rewrite(network, args)
    expect(pattern.log.map((l) => l.message).join()).toMatch(/qkv is a new network input, for packed tokens/)
    expect(summary.rewrites).toBe(1)
    const [plugin] = plugins()
    expect(plugin!.input(0)!.shape).toEqual([1, 512, 3072])
    expect(network.isInput(plugin!.input(0)!)).toBe(true)
    expect(network.outputs.map((o) => [o.name, network.getTensor(o.tensor)!.parent])).toEqual([
      ['output', plugin],
      ['present_key_value', plugin],
    ])
    expect(new RewritePatternManager().add('p', new RemovePadding()).rewrite(network, args).rewrites).toBe(0)
    expect(verifyNetwork(network)).toEqual([])
  })

  test('takes the sizes of the padded value where it is given none', () => {
    expect(new RewritePatternManager().add('p', new RemovePadding()).rewrite(network).rewrites).toBe(1)
    expect(plugins()[0]!.input(0)!.shape).toEqual([1, 512, 3072])
  })
})

describe('fuse attention with bias', () => {
  test('moves the bias into the plugin once and only once', () => {
    const manager = new RewritePatternManager().add('p', new FuseAttentionWithBiasPass())
    expect(manager.rewrite(network).rewrites).toBe(1)
    expect(manager.rewrite(network).rewrites).toBe(0)
    const info = plugins()[0]!.flayerInfo!
    expect(info.getTensor('qkv_bias')!.parent!.kind).toBe('SHUFFLE')
    expect(info.getTensor('qkv')!.parent!.kind).toBe('MATRIX_MULTIPLY')
    expect(network.layersOfKind('ELEMENTWISE')).toEqual([])
    expect(verifyNetwork(network)).toEqual([])
  })

  test('refuses a sum of two values that are not constant', () => {
    const [sum] = network.layersOfKind('ELEMENTWISE')
    const other = network.addInput('other', 'float16', [4, 128, 3072])
    network.setInput(sum!, 1, other)
    expect(new RewritePatternManager().add('p', new FuseAttentionWithBiasPass()).rewrite(network).rewrites).toBe(0)
  })

  const rewritesAfter = (change: () => void): number => {
    change()
    return new RewritePatternManager().add('p', new FuseAttentionWithBiasPass()).rewrite(network).rewrites
  }

  test('refuses what is added by position, which is no bias of channels', () => {
    const [sum] = network.layersOfKind('ELEMENTWISE')
    const held = (...shape: number[]) => {
      const weights = ConstantValue.of('float16', shape, new Float32Array(shape.reduce((a, b) => a * b, 1)))
      return network.addLayer({ kind: 'CONSTANT', inputs: [], attributes: { weights } }).output()
    }
    expect(rewritesAfter(() => network.setInput(sum!, 1, held(1, 128, 3072)))).toBe(0)
    expect(rewritesAfter(() => network.setInput(sum!, 1, held(1, 1, 1)))).toBe(0)
    expect(rewritesAfter(() => network.setInput(sum!, 1, held(1, 1, 3072)))).toBe(1)
  })

  test('refuses a value that the sum makes wider', () => {
    const [sum] = network.layersOfKind('ELEMENTWISE')
    expect(rewritesAfter(() => network.setInput(sum!, 0, network.addInput('one', 'float16', [1, 128, 3072])))).toBe(0)
  })

  test('refuses a record of a call that is not of this layer, or has parameters that Graft does not know', () => {
    const { flayerMemo } = network
    const { name } = plugins()[0]!
    const { rawInputs, rawOutputs } = flayerMemo.get(name)!
    const again = (change: Record<string, number | string>, outputs = rawOutputs) => {
      const info = flayerMemo.create('gpt_attention', { ...rawInputs, ...change })
      info.setOutputs(outputs)
      flayerMemo.remove(name)
      flayerMemo.add(name, info)
    }
    expect(rewritesAfter(() => again({ newer: 1 }))).toBe(0)
    expect(rewritesAfter(() => again({ qkv: 'x' }))).toBe(0)
    expect(rewritesAfter(() => again({}, network.getInputs().slice(0, 2)))).toBe(0)
    expect(rewritesAfter(() => again({ num_heads: 7 }))).toBe(0)
    expect(rewritesAfter(() => again({}, [...plugins()[0]!.getOutputs(), null]))).toBe(1)
  })

  test('refuses a sum that something else uses too', () => {
    const [sum] = network.layersOfKind('ELEMENTWISE')
    network.addLayer({
      kind: 'UNARY',
      attributes: { op: 'NEG' },
      inputs: [sum!.output()],
      outputs: [{ dtype: 'float16' }],
    })
    expect(new RewritePatternManager().add('p', new FuseAttentionWithBiasPass()).rewrite(network).rewrites).toBe(0)
  })
})

describe('FLayerInfo', () => {
  test('its signature tells calls apart by what is not a tensor', () => {
    const signature = (heads: number) =>
      gptAttentionNetwork({ batch: 1, length: 8, maxLength: 8, hidden: 64, heads }).layersOfKind('PLUGIN_V2')[0]!
        .flayerInfo!.signature
    expect(signature(4)).toBe(signature(4))
    expect(signature(4)).not.toBe(signature(8))
  })

  test('replaceInputWith takes effect on arguments and operands', () => {
    const [plugin] = plugins()
    const info = plugin!.flayerInfo!
    const fresh = network.addInput('fresh', 'float16', [4, 128, 3072])
    info.replaceInputWith(info.getTensor('qkv')!, fresh)
    expect([info.getInput('qkv'), plugin!.input(0)]).toEqual([fresh, fresh])
  })

  test('replaceOutputsUsesWith refuses another structure before it changes anything', () => {
    const info = plugins()[0]!.flayerInfo!
    expect(() => info.replaceOutputsUsesWith(network, [network.getInputs()[0]!])).toThrow('another structure')
  })

  test('results that a call leaves out may stand as None at the end', () => {
    const info = plugins()[0]!.flayerInfo!
    const outputs = plugins()[0]!.getOutputs()
    info.setOutputs([...outputs, null])
    const [a, b] = outputs.map((t, i) => network.addInput(`new_${i}`, t.dtype, t.shape))
    info.replaceOutputsUsesWith(network, [a!, b!])
    expect(network.outputs.map((o) => network.getTensor(o.tensor))).toEqual([a, b])
  })

  test('goes with its layer', () => {
    const [plugin] = plugins()
    expect(network.flayerMemo.get(plugin!.name)!.layerKind).toBe('gpt_attention')
    plugin!.markAsRemoved()
    expect(network.flayerMemo.get(plugin!.name)).toBeNull()
  })
})
