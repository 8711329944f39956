import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { importOnnx, onnxDialect, upgradeOpset } from '../../src/dialects/onnx'
import { findMatches, Match, networkFromSnapshot, RulePattern, snapshotOf, verifyNetwork } from '../../src/engine'
import type { Network, NetworkSnapshot } from '../../src/engine'
import { managerOf, onnxLibrary } from '../../src/patterns'
import type { Target } from '../../src/patterns'
import { random } from '../engine/support'
import { GALLERY } from '../gallery'

const open = (model: string): NetworkSnapshot =>
  upgradeOpset(importOnnx(new Uint8Array(readFileSync(`public/models/${model}.onnx`))).snapshot, 23)

const build = (snapshot: NetworkSnapshot): Network => networkFromSnapshot(snapshot, onnxDialect)

function rewritten(snapshot: NetworkSnapshot, target: Target, shuffle?: () => number): Network {
  const network = build(snapshot)
  const manager = managerOf(
    onnxLibrary(target).filter((e) => !e.optIn),
    target,
  )
  manager.rewrite(network, undefined, shuffle ? { random: shuffle } : {})
  return network
}

const kindsOf = (network: Network): Record<string, number> =>
  Object.fromEntries(network.kinds().map((k) => [k, network.countOfKind(k)]))

describe('patterns fire on real models', () => {
  test.each([
    ['bert-12.torchscript', 'Gelu (erf)', 12],
    ['gpt2-12.torchscript', 'Gelu (tanh)', 12],
    ['bert-12-opset14.torchscript', 'LayerNorm', 25],
    ['llama-8.torchscript', 'RMSNorm', 17],
    ['llama-80.torchscript', 'RMSNorm', 161],
    ['resnet-50.torchscript', 'Conv+BatchNorm', 53],
    ['bert-12.torchscript', 'Attention', 12],
    ['vit-12.dynamo', 'Attention', 12],
  ])('%s has %s %i times', (model, label, count) => {
    const network = build(open(model))
    const before = snapshotOf(network)
    const entry = managerOf(onnxLibrary('ort'), 'ort').patterns.get(label)!
    expect([...findMatches(network, entry)].length).toBe(count)
    expect(snapshotOf(network)).toEqual(before)
  })
})

describe('the whole library', () => {
  const models: [string, number, number][] = [
    ['bert-12.torchscript', 90, 211],
    ['bert-12-opset14.torchscript', 90, 211],
    ['gpt2-12.torchscript', 91, 188],
    ['llama-8.torchscript', 111, 135],
    ['vit-12.dynamo', 89, 210],
    ['resnet-50.torchscript', 54, 123],
    ['mobilenetv3-small.torchscript', 74, 123],
    ['convnext-18.torchscript', 142, 214],
    ['llama-80.torchscript', 1047, 1287],
  ]
  test.each(models)(
    'leaves at most so many layers of %s: %i for ONNX Runtime, %i in standard ONNX',
    (model, ort, onnx) => {
      const snapshot = open(model)
      for (const [target, most] of [
        ['ort', ort],
        ['onnx', onnx],
      ] as const) {
        const network = rewritten(snapshot, target)
        expect(verifyNetwork(network)).toEqual([])
        expect(network.numLayers).toBeLessThanOrEqual(most)
        const domains = network.kinds().filter((k) => k.startsWith('com.microsoft'))
        if (target === 'onnx') expect(domains).toEqual([])
      }
    },
  )

  test.each(GALLERY)('E8: gives the same kinds on %s whatever the order (seeds 1 to 10)', (model) => {
    const snapshot = open(model)
    for (const target of ['ort', 'onnx'] as const) {
      const expected = kindsOf(rewritten(snapshot, target))
      for (let seed = 1; seed <= 10; seed++)
        expect(kindsOf(rewritten(snapshot, target, random(seed)))).toEqual(expected)
    }
  })
})

test.each(['bert-12.torchscript', 'gpt2-12.torchscript', 'llama-8.torchscript', 'mobilenetv3-small.torchscript'])(
  'on %s a rule matches at the same layers whether it is asked for reasons or not',
  (model) => {
    const network = build(open(model))
    const rules = managerOf(onnxLibrary('ort'), 'ort')
      .entries()
      .filter((e) => e.pattern instanceof RulePattern)
    for (const layer of network.getLayers()) {
      for (const { label, pattern } of rules.filter((e) => e.pattern.accepts(layer.kind))) {
        const [quick, reasoned] = [pattern.match(layer), pattern.explain(layer)]
        expect(quick instanceof Match, `${label} at ${layer.name}`).toBe(reasoned instanceof Match)
      }
    }
  },
)
