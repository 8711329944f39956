import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { engineNetwork, readLayerInformation, readProfile } from '../../../src/dialects/tensorrt'
import { verifyNetwork } from '../../../src/engine'
import { fusedLayers, kernelTimes, reformats } from '../../../src/patterns'
import { AnalysisPatternManager } from '../../../src/engine'
import type { PatternAnalyzer } from '../../../src/engine'

const text = (name: string) => readFileSync(`test/cases/engine/${name}.json`, 'utf8')
const open = (layers: string, profile?: string) =>
  engineNetwork(readLayerInformation(text(layers)), profile === undefined ? undefined : readProfile(text(profile)))

describe('the layers of a built engine', () => {
  const { network, warnings } = open('resnet-fp16.graph', 'resnet-fp16.profile')

  test('are a sound network in the order in which the kernels run', () => {
    expect(verifyNetwork(network)).toEqual([])
    expect(warnings).toEqual([])
    expect(network.numLayers).toBe(36)
    expect(network.getInputs().map((t) => t.name)).toEqual(['input.1'])
    expect(network.getOutputs().map((t) => t.name)).toEqual(['191'])
  })

  test('have their precision, their tactic, their times and what was fused into them', () => {
    const conv = network.getLayers().find((l) => l.name === 'Conv_3 + Relu_4')!
    expect(conv.kind).toBe('CaskConvolution')
    expect(conv.attribute('precision')).toBe('float16')
    expect(conv.attribute('fused')).toEqual(['Conv_3', 'Relu_4'])
    expect(conv.attribute('TacticName')).toMatch(/^sm80_xmma_fprop/)
    expect(conv.attribute('averageMs')).toBeGreaterThan(0)
    expect(conv.attribute('Weights')).toBe('36864 Half')
    expect(conv.getInputs(0)[0]!.shape).toEqual([32, 64, 56, 56])
    expect(conv.getInputs(0)[0]!.dtype).toBe('float16')
  })

  const valuesOf = (analyzer: PatternAnalyzer) => {
    const manager = new AnalysisPatternManager()
    manager.add('it', analyzer)
    manager.analyze(network)
    return [...analyzer.results().values()]
  }

  test('are counted by time, by what was fused, and by what only changes a format', () => {
    const times = valuesOf(kernelTimes())
    expect(times).toHaveLength(36)
    const fused = valuesOf(fusedLayers())
    expect([fused.length, Math.min(...fused), Math.max(...fused)]).toEqual([17, 2, 3])
    expect(valuesOf(reformats())).toHaveLength(13)
  })
})

test('an engine that tells only names opens as layers that nothing connects, and says why', () => {
  const { network, warnings } = open('notebook.layer_info')
  expect(network.numLayers).toBe(86)
  expect(verifyNetwork(network)).toEqual([])
  expect(warnings[0]).toMatch(/names of the layers only.*profilingVerbosity=detailed/s)
})

test('a profile of another engine is told', () => {
  const { warnings } = open('resnet-qat.graph', 'resnet-fp16.profile')
  expect(warnings.join(' ')).toMatch(/no time for \d+ of 37 layers.*is it of another engine\?/)
})

test('a tensor that several layers write in parts reaches its readers from all of them', () => {
  const tensor = (Name: string) => ({ Name, Dimensions: [1, 4], 'Format/Datatype': 'Row major linear FP32' })
  const layer = (Name: string, from: string, to: string) => ({
    Name,
    LayerType: 'Reformat',
    Inputs: [tensor(from)],
    Outputs: [tensor(to)],
  })
  const Layers = [layer('a', 'x', 'both'), layer('b', 'x', 'both'), layer('c', 'both', 'y')]
  const { network } = engineNetwork(readLayerInformation(JSON.stringify({ Layers, Bindings: ['x', 'y'] })))
  expect(verifyNetwork(network)).toEqual([])
  expect(
    network
      .getLayers()
      .at(-1)!
      .getInputs()
      .map((t) => t?.parent?.name),
  ).toEqual(['a', 'b'])
})

test.each([
  ['no JSON', '{', /no JSON/],
  ['another JSON', '{"nodes": []}', /no list "Layers".*--exportLayerInfo/],
  ['a layer without a name', '{"Layers": [{"LayerType": "x"}]}', /Layer 0 of "Layers"/],
  ['inputs that are no list', '{"Layers": [{"Name": "a", "Inputs": 3}]}', /"Inputs" of layer 0 is not a list/],
  [
    'a tensor without a name',
    '{"Layers": [{"Name": "a", "Outputs": [{}]}]}',
    /"Outputs" of layer 0 has a tensor without/,
  ],
])('%s is refused, with where it fails', (_, json, says) => {
  expect(() => readLayerInformation(json)).toThrow(says)
})

test.each([
  ['an empty list', '[]'],
  ['a list of other things', '[1, {"name": "a"}]'],
])('%s is no profile', (_, json) => {
  expect(() => readProfile(json)).toThrow(/no list of times/)
})

test('times that are none are left out', () => {
  const row = (averageMs: string): string => `{"name":"b","averageMs":${averageMs}}`
  const read = (averageMs: string) => readProfile(`[{"name":"a","averageMs":1,"percentage":-1},${row(averageMs)}]`)
  for (const odd of ['-5', '1e400', '"NaN"', 'null']) expect([...read(odd)]).toEqual([['a', { average: 1, median: null, share: null }]]) // prettier-ignore
})

test('names that are hostile stay names', () => {
  const { network } = engineNetwork(
    readLayerInformation(
      '{"Layers": [{"Name": "__proto__", "LayerType": "constructor", "toString": 1, "__proto__": [2]}]}',
    ),
  )
  expect(network.getLayers()[0]!.name).toBe('__proto__')
  expect(network.getLayers()[0]!.attribute('toString')).toBe(1)
  expect(({} as Record<string, unknown>)['0']).toBeUndefined()
})
