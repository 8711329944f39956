/** Models from modules: names, shapes, numbers; and module rewriting. */
import { describe, expect, test } from 'vitest'
import { ConstantValue, netGuard, Network, snapshotOf, verifyNetwork } from '../../../src/engine'
import type { Shape, Tensor } from '../../../src/engine'
import {
  addLora,
  Attention,
  ColumnLinear,
  Conv2d,
  Embedding,
  fuseGateMlp,
  GatedMLP,
  GPTForCausalLM,
  GroupNorm,
  input,
  LLaMAForCausalLM,
  MLP,
  optimizeModel,
  parallelizeEmbedding,
  raiseToOnnx,
  RowLinear,
  setPromptTuning,
  shareEmbedding,
  smoothQuantize,
  tensorrtDialect,
  unfuseQkvGemm,
  weightOnlyQuantize,
} from '../../../src/dialects/tensorrt'
import type { DecoderConfig, Module } from '../../../src/dialects/tensorrt'
import { exportOnnx } from '../../../src/dialects/onnx'
import { verifyNetworks } from '../../../src/verify'
import { nodeRuntime } from '../../../src/verify/node'

const runtime = nodeRuntime()
const SMALL: DecoderConfig = {
  numLayers: 2,
  hiddenSize: 16,
  numHeads: 4,
  numKvHeads: 2,
  ffnHiddenSize: 24,
  vocabSize: 30,
  maxPositions: 16,
}
const PLAIN = { ...SMALL, attention: 'plain' } as const

const counts = (network: Network, kind: string): number => network.countOfKind(kind)

/** A network of one module on one float input. */
function networkOf(module: Module<[Tensor], Tensor>, shape: Shape, dtype: 'float32' | 'int32' = 'float32'): Network {
  const network = new Network(tensorrtDialect)
  netGuard(network, () => network.markOutput(module.call(input('x', dtype, shape)), 'y'))
  return network
}

const equal = async (a: Network, b: Network): Promise<void> => {
  const verdict = await verifyNetworks(snapshotOf(a), snapshotOf(b), await runtime, { seeds: [1, 2] })
  expect(verdict).toMatchObject({ verdict: 'equal' })
}

const input32 = (rows: number[][]): Map<string, ConstantValue> =>
  new Map([['input_ids', ConstantValue.of('int32', [rows.length, rows[0]!.length], rows.flat())]])

async function logitsOf(network: Network, values: ReadonlyMap<string, ConstantValue>): Promise<number[]> {
  const session = await (await runtime).load(exportOnnx(raiseToOnnx(snapshotOf(network))).bytes)
  const found = await session.run(values)
  await session.release()
  return found.get('logits')!.toArray()
}

describe('a decoder', () => {
  test('has layers named by the modules that make them', () => {
    const network = new LLaMAForCausalLM(SMALL).build('llama')
    const qkv = network.getLayerByName('transformer/layers/0/attention/qkv/MATRIX_MULTIPLY_0')!
    expect([qkv.kind, qkv.scope]).toEqual(['MATRIX_MULTIPLY', 'transformer/layers/0/attention/qkv'])
    expect(network.getLayerByName('transformer/layers/1/attention/PLUGIN_V2_GPTAttention_0')).toBeDefined()
    expect(network.getLayerByName('transformer/layers/0/attention/qkv/weight')!.kind).toBe('CONSTANT')
    expect(network.getLayerByName('lmHead/MATRIX_MULTIPLY_0')!.output()!.shape).toEqual(['batch_size', 30])
    expect(verifyNetwork(network)).toEqual([])
  })

  test('in the plugin form has caches, in and out, and records what the plugin was called with', () => {
    const network = new GPTForCausalLM(SMALL).build('gpt')
    expect(network.outputs.map((o) => o.name)).toEqual(['logits', 'present_key_value_0', 'present_key_value_1'])
    const [plugin] = network.layersOfKind('PLUGIN_V2')
    expect(plugin!.flayerInfo!.getTensor('past_key_value')!.name).toBe('past_key_value_0')
    expect(counts(network, 'NORMALIZATION')).toBe(5)
    expect(verifyNetwork(network)).toEqual([])
  })

  test('with padding removed has one row of tokens', () => {
    const network = new LLaMAForCausalLM({ ...SMALL, removePadding: true }).build('llama')
    expect(network.getInputs()[0]!.shape).toEqual(['num_tokens'])
    expect(network.getLayerByName('transformer/layers/1/mlp/proj/MATRIX_MULTIPLY_0')!.output()!.shape).toEqual([
      'num_tokens',
      16,
    ])
    expect(verifyNetwork(network)).toEqual([])
    expect(() => new LLaMAForCausalLM({ ...PLAIN, removePadding: true }).build('llama')).toThrow('needs the plugin')
  })

  test.each([
    ['GPT', () => new GPTForCausalLM(PLAIN)],
    ['Llama', () => new LLaMAForCausalLM(PLAIN)],
  ])('%s from layers runs, and is the same each time', async (_, make) => {
    const [a, b] = [make().build('a'), make().build('b')]
    expect(verifyNetwork(a)).toEqual([])
    await equal(a, b)
  })
})

/** What the module says attention is, in plain numbers: one sequence, grouped heads, rotary positions. */
function attentionOf(qkv: number[][], heads: number, kvHeads: number, size: number): number[][] {
  const rotated = (v: number[], position: number): number[] =>
    v.map((x, i) => {
      const angle = position * 10000 ** (-(i % (size / 2)) / (size / 2))
      const other = i < size / 2 ? -v[i + size / 2]! : v[i - size / 2]!
      return x * Math.cos(angle) + other * Math.sin(angle)
    })
  const part = (row: number[], from: number): number[] => row.slice(from, from + size)
  return qkv.map((row, t) =>
    Array.from({ length: heads }, (_, h) => {
      const g = Math.floor((h * kvHeads) / heads)
      const q = rotated(part(row, h * size), t)
      const scores = qkv.slice(0, t + 1).map((other, s) => {
        const k = rotated(part(other, (heads + g) * size), s)
        return q.reduce((sum, x, i) => sum + x * k[i]!, 0) / Math.sqrt(size)
      })
      const most = Math.max(...scores)
      const e = scores.map((s) => Math.exp(s - most))
      const total = e.reduce((a, b) => a + b, 0)
      return Array.from({ length: size }, (_, i) =>
        e.reduce((sum, w, s) => sum + (w / total) * qkv[s]![(heads + kvHeads + g) * size + i]!, 0),
      )
    }).flat(),
  )
}

test('attention from layers makes its layers in the order of the module', () => {
  const attention = new Attention({
    layerIdx: 0,
    hiddenSize: 16,
    numHeads: 2,
    maxPositions: 8,
    positionEmbedding: 'rope_gpt_neox',
    form: 'plain',
    bias: false,
  })
  const network = new Network(tensorrtDialect)
  netGuard(network, () => {
    const x = input('x', 'float32', ['n', 'length', 16])
    network.markOutput(attention.call(x).context, 'y')
  })
  const floats = network.getLayers().filter((l) => l.output()?.dtype === 'float32' && l.output()!.rank! > 2)
  const word = (l: (typeof floats)[number]): string => String(l.attribute('op') ?? l.kind)
  expect(floats.map(word).join(' ')).toBe(
    // the product, its weights in the rank of x; q, k and v apart; heads apart, of the values in front; sines and cosines of the positions
    'SHUFFLE MATRIX_MULTIPLY SLICE SLICE SLICE SHUFFLE SHUFFLE SHUFFLE SHUFFLE CONSTANT SLICE SLICE SLICE ' +
      // what is turned of the keys and what stays, and of the queries
      'SLICE SLICE SLICE SLICE ' +
      TURNED +
      TURNED +
      'CONCATENATION CONCATENATION SHUFFLE SHUFFLE ' +
      // the mask, then scores
      'CONSTANT SLICE SHUFFLE MATRIX_MULTIPLY SHUFFLE DIV SUM SOFTMAX MATRIX_MULTIPLY SHUFFLE SHUFFLE SHUFFLE MATRIX_MULTIPLY',
  )
})
const TURNED = 'SHUFFLE SHUFFLE CONCATENATION CONCATENATION PROD SLICE SLICE SHUFFLE SUB CONCATENATION PROD SUM '

test('attention from layers is causal attention with grouped heads and rotary positions', async () => {
  const [heads, kvHeads, size, length] = [4, 2, 4, 5]
  const module = new Attention({
    layerIdx: 0,
    hiddenSize: 16,
    numHeads: heads,
    numKvHeads: kvHeads,
    maxPositions: 8,
    bias: false,
    positionEmbedding: 'rope_gpt_neox',
    form: 'plain',
  })
  const network = new Network(tensorrtDialect)
  netGuard(network, () => network.markOutput(module.call(input('x', 'float32', [1, 'n', 16])).context, 'y'))
  const x = Array.from({ length }, (_, t) => Array.from({ length: 16 }, (_, i) => Math.sin(3 * t + i)))
  const times = (rows: number[][], weight: ConstantValue): number[][] => {
    const [out, columns] = weight.shape as [number, number]
    const w = weight.numbers()
    return rows.map((row) =>
      Array.from({ length: out }, (_, o) => row.reduce((s, v, c) => s + v * w[o * columns + c]!, 0)),
    )
  }
  const [qkv, dense] = [module.qkv, module.dense] as [ColumnLinear, RowLinear]
  const expected = times(attentionOf(times(x, qkv.weight.rawValue), heads, kvHeads, size), dense.weight.rawValue).flat()
  const session = await (await runtime).load(exportOnnx(raiseToOnnx(snapshotOf(network))).bytes)
  const found = await session.run(new Map([['x', ConstantValue.of('float32', [1, length, 16], x.flat())]]))
  await session.release()
  found.get('y')!.toArray().forEach((v, i) => expect(v).toBeCloseTo(expected[i]!, 4)) // prettier-ignore
})

describe('layers', () => {
  test.each<[string, () => Module<[Tensor], Tensor>, Shape, Shape]>([
    [
      'ColumnLinear of two ranks',
      () => new ColumnLinear(8, 6, { tpSize: 2, tpGroup: [0, 1], gatherOutput: false }),
      ['n', 8],
      ['n', 3],
    ],
    ['RowLinear of two ranks', () => new RowLinear(8, 6, { tpSize: 2, tpGroup: [0, 1] }), ['n', 4], ['n', 6]],
    ['MLP', () => new MLP(8, 16, 'gelu'), ['n', 's', 8], ['n', 's', 8]],
    ['Conv2d', () => new Conv2d(4, 6, [3, 3], { padding: [1, 1], groups: 2 }), ['n', 4, 8, 8], ['n', 6, 8, 8]],
    ['GroupNorm', () => new GroupNorm(2, 4), ['n', 4, 8, 8], ['n', 4, 8, 8]],
  ])('%s', (_, make, from, to) => {
    const network = networkOf(make(), from)
    expect(network.getOutputs()[0]!.shape).toEqual(to)
    expect(verifyNetwork(network)).toEqual([])
  })

  test('a row-parallel product is summed over the ranks before the bias', () => {
    const network = networkOf(new RowLinear(8, 6, { tpSize: 2, tpGroup: [0, 1] }), ['n', 4])
    const kinds = network.getLayers().map((l) => l.record.attributes['plugin_type'] ?? l.kind)
    expect(kinds.slice(1, 3)).toEqual(['MATRIX_MULTIPLY', 'AllReduce'])
  })

  test('an embedding is padded to a multiple of 8 rows', () => {
    const network = networkOf(new Embedding(30, 4), ['n'], 'int32')
    expect(network.layersOfKind('CONCATENATION')[0]!.output()!.shape).toEqual([32, 4])
  })
})

describe('module rewriting', () => {
  test('fuses gate and fc: another tree, another network, equal numbers', async () => {
    const [a, b] = [new LLaMAForCausalLM(PLAIN), new LLaMAForCausalLM(PLAIN)]
    expect(fuseGateMlp(b)).toEqual(
      [0, 1].map((i) => ({ path: `transformer.layers.${i}.mlp`, from: 'GatedMLP', to: 'FusedGatedMLP' })),
    )
    const [before, after] = [a.build('a'), b.build('b')]
    expect(counts(before, 'MATRIX_MULTIPLY') - counts(after, 'MATRIX_MULTIPLY')).toBe(2)
    await equal(before, after)
    expect(fuseGateMlp(b)).toEqual([])
  })

  test('of one module', async () => {
    class Holder extends GatedMLP {}
    const [a, b] = [new LLaMAForCausalLM({ ...PLAIN, numLayers: 1 }), new LLaMAForCausalLM({ ...PLAIN, numLayers: 1 })]
    expect(fuseGateMlp(b).length).toBe(1)
    await equal(a.build('a'), b.build('b'))
    expect(new Holder(4, 8, 'silu').namedModules().map(([path]) => path)).toEqual(['', 'fc', 'proj', 'gate'])
  })

  test('shares the embedding where head and table are equal, and only there', () => {
    const model = new LLaMAForCausalLM(PLAIN)
    expect(shareEmbedding(model)).toEqual([])
    const { vocabEmbedding } = model.transformer
    const head = model.lmHead as ColumnLinear
    head.weight.rawValue = vocabEmbedding.weight.rawValue
    expect(shareEmbedding(model).map((c) => c.path)).toEqual(['lmHead.weight'])
    expect(model.namedParameters().some(([name]) => name === 'lmHead.weight')).toBe(false)
    const network = model.build('shared')
    expect(network.getLayerByName('lmHead/weight')).toBeUndefined()
    expect(verifyNetwork(network)).toEqual([])
  })

  test('quantizes weights alone: int8 and a scale for each row; the head stays', () => {
    const model = new LLaMAForCausalLM(PLAIN)
    const before = (model.transformer.layers.at(0)!.attention.qkv as ColumnLinear).weight
    const changes = weightOnlyQuantize(model)
    expect(changes.length).toBe(2 * 5)
    const network = model.build('quantized')
    expect(network.layersOfKind('PLUGIN_V2').map((l) => l.attribute('plugin_type'))).toEqual(
      new Array(10).fill('WeightOnlyQuantMatmul'),
    )
    expect(network.getLayerByName('lmHead/MATRIX_MULTIPLY_0')).toBeDefined()
    expect(verifyNetwork(network)).toEqual([])
    const parameters = new Map(model.namedParameters())
    const [weight, scale] = ['weight', 'perChannelScale'].map(
      (n) => parameters.get(`transformer.layers.0.attention.qkv.${n}`)!.rawValue,
    )
    const [out, columns] = before.shape as [number, number]
    for (let r = 0; r < out; r++)
      for (let c = 0; c < columns; c++)
        expect(
          Math.abs(weight!.at(c * out + r) * scale!.at(r) - before.rawValue.at(r * columns + c)),
        ).toBeLessThanOrEqual(scale!.at(r) * 0.51)
  })

  test('quantizes operands and weights', () => {
    const model = new GPTForCausalLM({ ...SMALL, dtype: 'float16' })
    expect(smoothQuantize(model).length).toBe(2 * 4)
    const network = model.build('quantized')
    expect(verifyNetwork(network)).toEqual([])
    expect(
      network.layersOfKind('PLUGIN_V2').filter((l) => l.attribute('plugin_type') === 'SmoothQuantGemm').length,
    ).toBe(8)
  })

  test('three products are three operands of the attention plugin', () => {
    const model = new GPTForCausalLM({ ...SMALL, numLayers: 1 })
    unfuseQkvGemm(model)
    const [plugin] = model.build('b').layersOfKind('PLUGIN_V2')
    expect(plugin!.getInputs().slice(0, 3).map((t) => t.shape?.at(-1))).toEqual([16, 8, 8]) // prettier-ignore
    expect(plugin!.attribute('unfuse_qkv_gemm')).toBe(1)
    expect(plugin!.output()!.shape?.at(-1)).toBe(16)
  })

  test.each(['plain', 'plugin'] as const)('three products for queries, keys and values: %s', async (attention) => {
    const config = { ...SMALL, attention }
    const [a, b] = [new GPTForCausalLM(config), new GPTForCausalLM(config)]
    expect(unfuseQkvGemm(b)).toEqual(
      [0, 1].map((i) => ({ path: `transformer.layers.${i}.attention.qkv`, from: 'ColumnLinear', to: 'q, k and v' })),
    )
    const [before, after] = [a.build('a'), b.build('b')]
    expect(after.getLayerByName('transformer/layers/0/attention/k/MATRIX_MULTIPLY_0')).toBeDefined()
    expect(counts(after, 'MATRIX_MULTIPLY') - counts(before, 'MATRIX_MULTIPLY')).toBe(4)
    await equal(before, after)
    expect(unfuseQkvGemm(b)).toEqual([])
  })

  test('by layers a product of int8 gives what the plugins give', async () => {
    const [a, b] = [new LLaMAForCausalLM(PLAIN), new LLaMAForCausalLM(PLAIN)]
    expect(smoothQuantize(a, { plugin: false }).length).toBe(2 * 5)
    smoothQuantize(b)
    const [layers, plugins] = [a.build('a'), b.build('b')]
    expect([counts(layers, 'PLUGIN_V2'), counts(plugins, 'PLUGIN_V2')]).toEqual([0, 20])
    expect([counts(layers, 'DEQUANTIZE'), verifyNetwork(layers)]).toEqual([20, []])
    const x = input32([[3, 5, 7, 1]])
    const [p, q] = [await logitsOf(layers, x), await logitsOf(plugins, x)]
    p.forEach((v, i) => expect(Math.abs(v - q[i]!)).toBeLessThan(0.02))
  })

  test('prompt tuning: tokens beyond the vocabulary are rows of a table, those below are what they were', async () => {
    const [a, b] = [new LLaMAForCausalLM(PLAIN), new LLaMAForCausalLM(PLAIN)]
    expect(setPromptTuning(b)).toEqual([
      { path: 'transformer.vocabEmbedding', from: 'Embedding', to: 'PromptTuningEmbedding' },
    ])
    const [before, after] = [a.build('a'), b.build('b')]
    expect(after.getInputs().map((t) => t.name)).toEqual([
      'input_ids', 'prompt_embedding_table', 'tasks', 'prompt_vocab_size',
    ]) // prettier-ignore
    const { vocabEmbedding } = a.transformer
    const row = (id: number): number[] => vocabEmbedding.weight.rawValue.toArray().slice(id * 16, id * 16 + 16)
    // Two tasks of two tokens each: the second's are rows 7 and 9 of the vocabulary.
    const table = ConstantValue.of('float32', [4, 16], [...row(1), ...row(2), ...row(7), ...row(9)])
    const prompt = [
      ['prompt_embedding_table', table],
      ['tasks', ConstantValue.of('int32', [1, 1], [1])],
      ['prompt_vocab_size', ConstantValue.of('int32', [1], [2])],
    ] as const
    const plain = await logitsOf(before, input32([[7, 3, 9, 5]]))
    const tuned = await logitsOf(after, new Map([...input32([[30, 3, 31, 5]]), ...prompt]))
    tuned.forEach((v, i) => expect(v).toBeCloseTo(plain[i]!, 5))
  })

  test.each([0, 1] as const)(
    'ranks share embeddings out along dimension %i, each its part of the table',
    (shardingDim) => {
      const parts = [0, 1].map((tpRank) => {
        const model = new GPTForCausalLM({ ...SMALL, attention: 'plain' })
        const changes = parallelizeEmbedding(model, { tpSize: 2, tpGroup: [0, 1], tpRank, shardingDim })
        expect(changes.map((c) => [c.path, c.to])).toEqual(
          ['vocabEmbedding', 'positionEmbedding'].map((n) => [`transformer.${n}`, 'Embedding of 2 ranks']),
        )
        const network = model.build('part')
        expect(verifyNetwork(network)).toEqual([])
        expect(network.layersOfKind('PLUGIN_V2').map((l) => l.attribute('plugin_type'))).toEqual(
          new Array(2).fill(shardingDim === 0 ? 'AllReduce' : 'AllGather'),
        )
        return model.transformer.vocabEmbedding.weight.rawValue
      })
      expect(parts.map((p) => p.shape)).toEqual(new Array(2).fill(shardingDim === 0 ? [15, 16] : [30, 8]))
      const whole = new GPTForCausalLM(SMALL)
      whole.build('whole')
      const { rawValue } = whole.transformer.vocabEmbedding.weight
      const at = (r: number, c: number): number =>
        shardingDim === 0
          ? parts[Math.floor(r / 15)]!.at((r % 15) * 16 + c)
          : parts[Math.floor(c / 8)]!.at(r * 8 + (c % 8))
      for (const [r, c] of [[0, 0], [14, 3], [15, 9], [29, 15]] as const) expect(at(r, c)).toBe(rawValue.at(r * 16 + c)) // prettier-ignore
    },
  )

  test('optimizeModel does what it is asked for, in the order of the module', async () => {
    const [a, b] = [new LLaMAForCausalLM(PLAIN), new LLaMAForCausalLM(PLAIN)]
    const changes = optimizeModel(b, { unfuseQkvGemm: true, fuseGateMlp: true, lora: { targets: ['dense'], rank: 2 } })
    expect(changes.map((c) => c.to)).toEqual([
      'FusedGatedMLP', 'FusedGatedMLP', 'q, k and v', 'q, k and v', 'LoraLinear', 'LoraLinear',
    ]) // prettier-ignore
    await equal(a.build('a'), b.build('b'))
  })

  test('adds low-rank updates, which begin as none', async () => {
    const [a, b] = [new LLaMAForCausalLM(PLAIN), new LLaMAForCausalLM(PLAIN)]
    expect(addLora(b, ['qkv', 'dense'], 2).map((c) => c.to)).toEqual(new Array(4).fill('LoraLinear'))
    const after = b.build('b')
    expect(after.getLayerByName('transformer/layers/0/attention/qkv/base/MATRIX_MULTIPLY_0')).toBeDefined()
    const before = a.build('a')
    expect(counts(after, 'MATRIX_MULTIPLY') - counts(before, 'MATRIX_MULTIPLY')).toBe(8)
    await equal(before, after)
    expect(() => addLora(b, ['qkv'], 0)).toThrow('a rank is a whole number')
  })
})
