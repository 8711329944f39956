/** What the module's users port: its methods by name, on the network of its worked examples. */
import { beforeEach, describe, expect, test } from 'vitest'
import {
  applyTransaction,
  defaultNet,
  FLayerInfoMemo,
  FLayerScope,
  invertTransaction,
  LockedError,
  netGuard,
  snapshotOf,
  verifyNetwork,
} from '../../../src/engine'
import type { Network } from '../../../src/engine'
import { add, cast, gptAttentionNetwork, input, LayerType } from '../../../src/dialects/tensorrt'
import type { IElementWiseLayer } from '../../../src/dialects/tensorrt'
import { optimize } from '../../../src/patterns'

let network: Network
beforeEach(() => {
  network = gptAttentionNetwork()
})

const sum = () => network.layersOfKind(LayerType.ELEMENTWISE)[0]!
const plugin = () => network.layersOfKind(LayerType.PLUGIN_V2)[0]!

describe('Network', () => {
  test('tells inputs and outputs by tensor and by name', () => {
    const [x] = network.getInputs()
    const [y] = network.getOutputs()
    expect([x!, 'input', y!, 'output', 'nothing'].map((t) => network.isInput(t))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
    expect([x!, 'input', y!, 'output', 'nothing'].map((t) => network.isOutput(t))).toEqual([
      false,
      false,
      true,
      true,
      false,
    ])
  })

  test('tells the users and the parent of a tensor', () => {
    const qkv = sum().output()!
    expect(network.getTensorUsers(qkv)).toEqual([plugin()])
    expect(network.getTensorParent(qkv)).toBe(sum())
    expect(network.getTensorParent(network.getInputs()[0]!)).toBeNull()
  })

  test('marks a layer as removed, and tells it', () => {
    const layer = plugin()
    expect(network.isRemovedLayer(layer)).toBe(false)
    network.markRemovedLayer(layer)
    expect(network.isRemovedLayer(layer)).toBe(true)
    expect(network.removedLayers).toEqual([layer.name])
    expect(network.getTensorUsers(sum().output()!)).toEqual([])
  })

  test('is written in DOT, one node a layer and one edge an operand that something makes', () => {
    const lines = network.toDot().split('\n')
    expect(lines.filter((l) => /^ {2}l\d+ \[/.test(l)).length).toBe(network.numLayers)
    expect(lines.filter((l) => l.includes(`-> l${plugin().id} `)).length).toBe(plugin().getInputs().length)
    network.markRemovedLayer(plugin())
    expect(network.toDot().match(/style=dashed/g)?.length).toBe(1)
  })
})

describe('asLayer', () => {
  test('is typed by kind, and refuses another kind', () => {
    const view: IElementWiseLayer = sum().asLayer('ELEMENTWISE')
    expect(view.op).toBe('SUM')
    const any = plugin().asLayer()
    expect(any.type === 'PLUGIN_V2' && any.plugin.pluginType).toBe('GPTAttention')
    expect(() => sum().asLayer('SOFTMAX')).toThrow('is of kind ELEMENTWISE, not SOFTMAX')
  })
})

describe('FLayerInfoMemo', () => {
  test('holds the FLayerInfo of each layer that has one, by layer name', () => {
    const memo = network.flayerMemo
    expect([...memo.data].map(([name, info]) => [name, info.layerName, info.layerKind])).toEqual([
      [plugin().name, plugin().name, 'gpt_attention'],
    ])
  })

  test('makes an FLayerInfo that belongs to a layer once it is added, and goes when it is removed', () => {
    const memo = network.flayerMemo
    const x = sum().input(0)!
    function my_add() {}
    const info = memo.create(my_add, { x, others: [x, 2], name: 'n' })
    expect([info.layerKind, info.layerName, info.getTensor('x')]).toEqual(['my_add', '', x])
    expect(() => info.replaceInputWith(x, x)).toThrow('belongs to no layer yet')
    memo.add(sum().name, info)
    expect(info.layerName).toBe(sum().name)
    expect(memo.get(sum().name)!.getInput('others')).toEqual([x, 2])
    expect(() => memo.add(sum().name, info)).toThrow('has an FLayerInfo already')
    expect(() => memo.add('nowhere', info)).toThrow('there is no layer called nowhere')
    memo.remove(sum().name)
    expect(memo.get(sum().name)).toBeNull()
    expect(memo.data.size).toBe(1)
  })

  test('E1: adding and removing are edits: undone, the network is as it was', () => {
    const before = snapshotOf(network)
    const done = network.transact({ label: 'memo' }, () => {
      network.flayerMemo.add(sum().name, network.flayerMemo.create('f', { x: sum().input(0)! }))
      network.flayerMemo.remove(plugin().name)
    })!
    expect(network.flayerMemo.get(plugin().name)).toBeNull()
    applyTransaction(network, invertTransaction(done))
    expect(snapshotOf(network)).toEqual(before)
  })

  test('E2: nothing is added during a match', () => {
    const { flayerMemo } = network
    expect(() => network.locked(() => flayerMemo.remove(plugin().name))).toThrow(LockedError)
  })

  test('what an FLayerInfo was called with follows the operands of its layer', () => {
    const { flayerMemo } = network
    const x = sum().input(0)!
    flayerMemo.add(sum().name, flayerMemo.create('f', { x, nested: { same: x } }))
    const other = netGuard(network, () => input('other', 'float16', x.shape!))
    x.replaceAllUsesWith(other)
    expect(flayerMemo.get(sum().name)!.rawInputs).toEqual({ x: other, nested: { same: other } })
  })
})

describe('FLayerScope', () => {
  test('records the last layer that the functional makes, with what it gave back', () => {
    netGuard(network, () => {
      const [a, b] = [input('a', 'float16', [4]), input('b', 'float16', [4])]
      const out = new FLayerScope('add_cast', { a, b }).run(() => cast(add(a, b), 'float32'))
      const info = FLayerInfoMemo.instance().get(out.getParent()!.name)!
      expect(out.getParent()!.kind).toBe(LayerType.CAST)
      expect([info.layerKind, info.getTensor('a'), info.rawOutputs]).toEqual(['add_cast', a, out])
    })
  })

  test('a functional that makes no layer, or one that is recorded already, is refused', () => {
    netGuard(network, () => {
      const a = input('a', 'float16', [4])
      expect(() => new FLayerScope('nothing', { a }).run(() => a)).toThrow('nothing made no layer')
      const inner = () => new FLayerScope('inner', { a }).run(() => add(a, a))
      expect(() => new FLayerScope('outer', { a }).run(inner)).toThrow('has an FLayerInfo already')
    })
    expect(() => new FLayerScope('f', {})).toThrow('no network is current')
    expect(() => defaultNet()).toThrow('no network is current')
  })
})

describe('optimize', () => {
  test('fuses the bias into the attention plugin, and leaves a sound network', () => {
    const { rewrites, byLabel } = optimize(network)
    expect([rewrites, [...byLabel.keys()]]).toEqual([1, ['fuse_attention_with_bias']])
    expect(network.countOfKind(LayerType.ELEMENTWISE)).toBe(0)
    expect(plugin().flayerInfo!.getTensor('qkv_bias')).not.toBeNull()
    expect(network.getOutputs().map((t) => t.getParent())).toEqual([plugin(), plugin()])
    expect(verifyNetwork(network)).toEqual([])
    expect(optimize(network).rewrites).toBe(0)
  })
})
