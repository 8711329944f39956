/** The gallery's own networks: sound, as large as it says, the same each time, and such that run give numbers. */
import { describe, expect, test } from 'vitest'
import { BertModel, GALLERY_NETWORKS, raiseToOnnx } from '../../../src/dialects/tensorrt'
import { BUILT } from '../../../src/editor/commands/file/gallery'
import { ConstantValue, snapshotOf, verifyNetwork } from '../../../src/engine'
import type { Network } from '../../../src/engine'
import { exportOnnx } from '../../../src/dialects/onnx'
import { verifyNetworks } from '../../../src/verify'
import { nodeRuntime } from '../../../src/verify/node'

const runtime = nodeRuntime()

test('each network of the gallery is made, and says what to try', () => {
  expect(BUILT.map((e) => e.id).sort()).toEqual(Object.keys(GALLERY_NETWORKS).sort())
  for (const { tries } of BUILT) expect(tries).toMatch(/^[a-z].*\.$/)
})

describe.each(BUILT)('$id', ({ id, layers }) => {
  test('is sound and as large as the gallery says', () => {
    const network = GALLERY_NETWORKS[id]()
    expect(verifyNetwork(network)).toEqual([])
    expect(network.numLayers).toBe(layers)
  })
})

test.each(['gpt-4-padded', 'gpt-4-packed', 'bert-4-trt', 'cnn-small', 'llama-4-plugin'] as const)(
  '%s runs, and gives the same numbers each time it is made',
  async (id) => {
    const [a, b] = [GALLERY_NETWORKS[id](), GALLERY_NETWORKS[id]()]
    const verdict = await verifyNetworks(snapshotOf(a), snapshotOf(b), await runtime, { seeds: [1] })
    expect(verdict).toMatchObject({ verdict: 'equal' })
  },
)

test('BERT from layers and from the plugin give the same numbers for the tokens of each sequence', async () => {
  const config = { numLayers: 2, hiddenSize: 16, numHeads: 4, vocabSize: 30, maxPositions: 16, typeVocabSize: 2 }
  const plain = new BertModel({ ...config, attention: 'plain' }).build('plain')
  const plugin = new BertModel(config).build('plugin')
  expect([verifyNetwork(plain), verifyNetwork(plugin)]).toEqual([[], []])
  expect(plugin.layersOfKind('PLUGIN_V2').map((l) => l.attribute('plugin_type'))).toEqual(
    new Array(2).fill('BertAttention'),
  )
  const int = (shape: number[], values: number[]): ConstantValue => ConstantValue.of('int32', shape, values)
  const inputs = new Map([
    ['input_ids', int([2, 5], [3, 1, 4, 1, 5, 9, 2, 6, 0, 0])],
    ['input_lengths', int([2], [5, 3])],
    ['token_type_ids', int([2, 5], [0, 0, 1, 1, 1, 0, 1, 1, 0, 0])],
  ])
  const [a, b] = [await hiddenOf(plain, inputs), await hiddenOf(plugin, inputs)]
  expect(a.length).toBe(2 * 5 * 16)
  const padding = 2 * 16
  for (let i = 0; i < a.length - padding; i++) expect(a[i]).toBeCloseTo(b[i]!, 4)
  expect(a.slice(0, 4).some((x) => Math.abs(x) > 0.01)).toBe(true)
})

async function hiddenOf(network: Network, inputs: ReadonlyMap<string, ConstantValue>): Promise<number[]> {
  const session = await (await runtime).load(exportOnnx(raiseToOnnx(snapshotOf(network))).bytes)
  const found = await session.run(inputs)
  await session.release()
  return found.get('hidden_states')!.toArray()
}
