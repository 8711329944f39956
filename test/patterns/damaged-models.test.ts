/** Files that were damaged at random, and hostile ones: whatever opens, no pattern throws on it or leaves it unsound, of TensorRT's world too. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { importOnnx, joined, onnxDialect, OnnxExportError, OnnxImportError } from '../../src/dialects/onnx'
import { BertModel, gptAttentionNetwork, GPTForCausalLM, importModel, LLaMAForCausalLM, tensorrtDialect, writeNetwork } from '../../src/dialects/tensorrt' // prettier-ignore
import { networkFromSnapshot, snapshotOf } from '../../src/engine'
import type { Network } from '../../src/engine'
import { managerOf, onnxLibrary, tensorrtLibrary, upgradeForTarget } from '../../src/patterns'
import type { Target } from '../../src/patterns'
import { mutated } from '../engine/mutate'

const FILES = ['fuzz', 'hostile'].flatMap((folder) =>
  readdirSync(`test/cases/${folder}`).map((name) => `test/cases/${folder}/${name}`),
)

/** null where the file does not open. */
function opened(file: string, target: Target): Network | null {
  try {
    const { snapshot } = importOnnx(new Uint8Array(readFileSync(file)))
    return networkFromSnapshot(upgradeForTarget(snapshot, target).snapshot, onnxDialect)
  } catch (error) {
    if (error instanceof OnnxImportError || error instanceof OnnxExportError) return null
    throw error
  }
}

describe.each(['ort', 'onnx'] as const)('for %s', (target) => {
  test.each(FILES)('%s', (file) => {
    const network = opened(file, target)
    if (!network) return expect(() => importOnnx(new Uint8Array(readFileSync(file)))).toThrow()
    const failed: string[] = []
    for (const event of managerOf(onnxLibrary(target), target).rewriting(network))
      if (event.type === 'failed') failed.push(event.error.message)
    expect(failed).toEqual([])
  })
})

const SMALL = { numLayers: 1, hiddenSize: 8, numHeads: 2, vocabSize: 16, maxPositions: 8 } as const
const NETWORKS: Readonly<Record<string, () => Network>> = {
  'gpt-attention': () => gptAttentionNetwork({ batch: 1, length: 4, maxLength: 8, hidden: 16, heads: 2 }),
  gpt: () => new GPTForCausalLM({ ...SMALL, hasHostContextLengths: true }).build('gpt'),
  llama: () => new LLaMAForCausalLM({ ...SMALL, attention: 'plain' }).build('llama'),
  bert: () => new BertModel({ ...SMALL, typeVocabSize: 2, attention: 'plain' }).build('bert'),
}
/** Those that found faults, and some more. */
const SEEDS: Readonly<Record<string, readonly number[]>> = {
  'gpt-attention': [79, 80, 222, 394, 395, 586, 670, 693, 721, 835, 1514, 1885, 1981, 2009, 2269],
  gpt: [377, 839, 855, 984, 1150, 1225, 1340, 1458, 1579, 1705, 2634, 2819],
  llama: [81, 200, 1239, 1500, 2418, 2474],
  bert: [168, 1672, 2167],
}

test.each(Object.keys(NETWORKS))('%s of the layers of TensorRT, damaged', (id) => {
  const { text, weights } = writeNetwork(snapshotOf(NETWORKS[id]!()), 'w')
  const external = new Map([['w', joined(weights)]])
  const { layers, inputs, ...others } = JSON.parse(text) as Record<string, unknown>
  let opened = 0
  const failed: string[] = []
  for (const seed of [...SEEDS[id]!, ...Array.from({ length: 40 }, (_, i) => 10_000 + i)]) {
    const file = { ...others, ...(mutated({ layers, inputs }, seed).json as object) }
    let network: Network
    try {
      const { snapshot } = importModel(new TextEncoder().encode(JSON.stringify(file)), { external })
      network = networkFromSnapshot(snapshot, tensorrtDialect)
    } catch (error) {
      if (error instanceof OnnxImportError) continue
      throw error
    }
    opened++
    for (const event of managerOf(tensorrtLibrary, 'ort').rewriting(network))
      if (event.type === 'failed') failed.push(`seed ${seed}: ${event.error.message}`)
  }
  expect(failed).toEqual([])
  expect(opened).toBeGreaterThan(0)
})
