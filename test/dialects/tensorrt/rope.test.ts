/** Rotary positions: tables against angles that are worked out here, in double precision; layers against turned complex numbers. */
import { describe, expect, test } from 'vitest'
import * as f from '../../../src/dialects/tensorrt'
import { RopeEmbeddingUtils as rope, tensorrtDialect } from '../../../src/dialects/tensorrt'
import { ConstantValue, netGuard, Network, snapshotOf, verifyNetwork } from '../../../src/engine'
import { runInPieces } from '../../../src/verify'
import { nodeRuntime } from '../../../src/verify/node'

const runtime = nodeRuntime()

/** Holds a table of cosines beside sines to angles and a scale. */
function expectTable(table: ConstantValue, size: number, angle: (p: number, i: number) => number, scale = 1): void {
  const values = table.toArray()
  expect([table.dtype, table.shape]).toEqual(['float32', [1, values.length]])
  for (let at = 0; at < values.length; at += 2) {
    const [p, i] = [Math.floor(at / size), (at % size) / 2]
    expect(values[at]).toBeCloseTo(scale * Math.cos(angle(p, i)), 4)
    expect(values[at + 1]).toBeCloseTo(scale * Math.sin(angle(p, i)), 4)
  }
}

const closeTo = (found: ConstantValue, expected: readonly number[]): void => {
  expect(found.toArray().length).toBe(expected.length)
  found.toArray().forEach((v, i) => expect(v / expected[i]!).toBeCloseTo(1, 5))
}

describe('tables for the attention plugin', () => {
  test('plain, and linear in the scale', () => {
    const plain = rope.createSinusoidalPositionsForAttentionPlugin(6, 8)
    closeTo(plain.invFreq, [1, 0.1, 0.01, 0.001])
    expectTable(plain.cosSin, 8, (p, i) => p / 10 ** i)
    const linear = rope.createSinusoidalPositionsForAttentionPlugin(6, 8, 10000, 4, 'linear')
    closeTo(linear.invFreq, [0.25, 0.025, 0.0025, 0.00025])
    expectTable(linear.cosSin, 8, (p, i) => p / 4 / 10 ** i)
  })

  test('dynamic by alpha: another base', () => {
    const { invFreq } = rope.createSinusoidalPositionsForAttentionPlugin(2, 8, 10000, 1, 'dynamic', { alpha: 1000 })
    // The base is 10^4 · 1000^(8/6) = 10^8.
    closeTo(invFreq, [1, 1e-2, 1e-4, 1e-6])
    const none = () => rope.createSinusoidalPositionsForAttentionPlugin(2, 8, 10000, 1, 'dynamic')
    expect(none).toThrow('scale type dynamic needs alpha')
  })

  test('llama3: short waves stay, long ones are divided by 8, between them in part', () => {
    const scaling = { factor: 8, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 8192 }
    const { invFreq } = rope.createSinusoidalPositionsForAttentionPlugin(2, 128, 500000, 1, 'llama3', scaling)
    const found = invFreq.toArray()
    expect(found.length).toBe(64)
    const expected = found.map((_, i) => {
      const freq = Math.exp((-i / 64) * Math.log(500000))
      // How often a wave turns within 8192 tokens: from once on a part stays, from four times on all.
      const turns = (8192 * freq) / (2 * Math.PI)
      const part = Math.min(Math.max((turns - 1) / 3, 0), 1)
      return freq * (part + (1 - part) / 8)
    })
    closeTo(invFreq, expected)
    expect(new Set(expected.map((x, i) => x === expected[0]! * 500000 ** (-i / 64))).size).toBe(2)
    closeTo(ConstantValue.of('float32', [3], rope.applyLlama3Scaling([1, 1 / 1024, 1e-5], {})), [1, expectedAt(1024), 1e-5 / 8]) // prettier-ignore
  })
  /** Of a wave that turns 8192 / (2π · 1024) times. */
  const expectedAt = (x: number): number => {
    const part = (8192 / (2 * Math.PI * x) - 1) / 3
    return (part + (1 - part) / 8) / x
  }

  test('of CogVLM: a picture is one position', () => {
    const { cosSin } = rope.createSinusoidalPositionsForCogvlmAttentionPlugin(9, 4, 10000, 1, 'none', 1, 4)
    const at = [0, 1, 2, 2, 2, 2, 3, 4, 5]
    expectTable(cosSin, 4, (p, i) => at[p]! / 100 ** i)
    expect(cosSin.shape).toEqual([1, 36])
  })

  test('longrope: factors of their own, and a scale for what is longer than before', () => {
    const of = rope.createSinusoidalPositionsLongRopeForAttentionPlugin(8, 4, 4, 10000, [1, 2], [2, 5])
    const [short, long, shortPlugin, longPlugin, scale] = of
    // √(1 + ln 2 / ln 4)
    expect(scale).toBeCloseTo(Math.sqrt(1.5), 12)
    closeTo(shortPlugin.invFreq, [1, 0.005])
    closeTo(longPlugin.invFreq, [0.5, 0.002])
    expectTable(shortPlugin.cosSin, 4, (p, i) => p * [1, 0.005][i]!, Math.sqrt(1.5))
    expectTable(longPlugin.cosSin, 4, (p, i) => p * [0.5, 0.002][i]!, Math.sqrt(1.5))
    expect([short.shape, long.shape]).toEqual([[1, 8, 4], [1, 8, 4]]) // prettier-ignore
    const row = [Math.sin(1.5), Math.sin(0.006), Math.cos(1.5), Math.cos(0.006)].map((x) => x * Math.sqrt(1.5))
    long
      .toArray()
      .slice(12, 16)
      .forEach((v, i) => expect(v).toBeCloseTo(row[i]!, 6))
    const given = rope.createSinusoidalPositionsLongRopeForAttentionPlugin(8, 4, 4, 10000, 1, 1, 1.1, 1.3)
    expectTable(given[2].cosSin, 4, (p, i) => p / 100 ** i, 1.1)
    expectTable(given[3].cosSin, 4, (p, i) => p / 100 ** i, 1.3)
    expect(() => rope.createSinusoidalPositionsLongRopeForAttentionPlugin(8, 4, 4, 10000, [1])).toThrow('a factor for each') // prettier-ignore
  })

  test.each([
    [null, [2, 5]],
    [4, [1, 2]],
    [5, [2, 5]],
  ])('longrope for sequences up to %s', (longest, factors) => {
    const table = rope.createSinusoidalPositionsLongRope(8, 4, 10000, 4, [1, 2], [2, 5], longest)
    expectTable(table, 4, (p, i) => p / 100 ** i / factors[i]!, Math.sqrt(1.5))
    const none = rope.createSinusoidalPositionsLongRope(2, 4, 10000, 4, [1, 2], [2, 5], longest)
    expect(none.shape).toEqual([1, 16])
  })

  test('yarn: fast frequencies stay, slow ones are divided, between them there is a ramp', () => {
    // A wave of index i turns 4096 / (2π · 10000^(i/16)) times: 32 times at i = 5.24, once at 11.26.
    const { invFreq, cosSin } = rope.createSinusoidalPositionsYarn(3, 32, 10000, 4, 4096, 32, 1, 1, 0)
    const freqs = Array.from({ length: 16 }, (_, i) => {
      const slow = i <= 5 ? 0 : i >= 12 ? 1 : (i - 5) / 7
      return 10000 ** (-i / 16) * (1 - slow + slow / 4)
    })
    closeTo(invFreq, freqs)
    expect(cosSin.shape).toEqual([1, 3 * 32 * 2])
    expectTable(cosSin, 64, (p, i) => p * freqs[i % 16]!, 0.1 * Math.log(4) + 1)
    const once = rope.createSinusoidalPositionsYarn(3, 32, 10000, 4, 4096, 32, 1, 1, 1, false)
    expectTable(once.cosSin, 32, (p, i) => p * freqs[i]!)
    expect(rope.createSinusoidalPositionsYarn(3, 32).invFreq.toArray()[15]).toBeCloseTo(10000 ** (-15 / 16), 9)
  })
})

/** What a network gives for these inputs, by the names of its outputs. */
async function numbersOf(network: Network, feeds: ReadonlyMap<string, ConstantValue>): Promise<number[][]> {
  expect(verifyNetwork(network)).toEqual([])
  const values = new Map<number, number[]>()
  for await (const event of runInPieces(snapshotOf(network), feeds, await runtime)) {
    if (event.type !== 'values') throw new Error(event.layer.name)
    for (const [id, value] of event.values) values.set(id, value.toArray())
  }
  return network.getOutputs().map((t) => values.get(t.id)!)
}

const HEADS = 2
const SIZE = 8
const TOKENS = 3
const drawn = (n: number): number[] => Array.from({ length: n }, (_, i) => Math.sin(1 + 7 * i))

/** Pairs of a vector, `half` apart, turned by angles that fall from 1 on. */
function turned(x: readonly number[], position: number): number[] {
  const half = x.length / 2
  return x.map((v, j) => {
    const angle = position * 10000 ** (-(j % half) / half)
    const other = j < half ? -x[j + half]! : x[j - half]!
    return v * Math.cos(angle) + other * Math.sin(angle)
  })
}

const OPTIONS = { heads: HEADS, headSize: SIZE, maxPositions: 16 }

describe('queries and keys turned by layers', () => {
  const positions = [4, 1, 9]
  const blocks = [0, 2, 5]
  const x = drawn(TOKENS * HEADS * 3 * SIZE)
  const vector = (at: number): number[] => x.slice(at * SIZE, (at + 1) * SIZE)
  const input = ConstantValue.of('float32', [1, TOKENS, HEADS * 3 * SIZE], x)

  test.each([false, true])('as CogVLM does: three, then heads; packed: %s', async (packed) => {
    const network = new Network(tensorrtDialect)
    netGuard(network, () => {
      const qkv = f.input('qkv', 'float32', packed ? [TOKENS, 48] : [1, TOKENS, 48])
      const at = f.input('at', 'int32', packed ? [TOKENS] : [1, TOKENS])
      network.markOutput(rope.applyRotaryPosEmbCogvlm(qkv, at, { ...OPTIONS, removePadding: packed }), 'y')
    })
    const feeds = new Map([
      ['qkv', packed ? ConstantValue.of('float32', [TOKENS, 48], x) : input],
      ['at', ConstantValue.of('int32', packed ? [TOKENS] : [1, TOKENS], positions)],
    ])
    const [y] = await numbersOf(network, feeds)
    const expected = positions.flatMap((p, token) =>
      [0, 1, 2].flatMap((part) =>
        [0, 1].flatMap((head) => {
          const v = vector((token * 3 + part) * HEADS + head)
          return part < 2 ? turned(v, p) : v
        }),
      ),
    )
    expected.forEach((v, i) => expect(y![i]).toBeCloseTo(v, 5))
  })

  test('as ChatGLM does: heads, then three; halves by position and by block', async () => {
    const network = new Network(tensorrtDialect)
    netGuard(network, () => {
      const qkv = f.input('qkv', 'float32', [1, TOKENS, 48])
      network.markOutput(rope.applyRotaryPosEmbChatglm(qkv, f.input('at', 'int32', [1, 2, TOKENS]), OPTIONS), 'y')
    })
    const at = ConstantValue.of('int32', [1, 2, TOKENS], [...positions, ...blocks])
    const [y] = await numbersOf(network, new Map([['qkv', input], ['at', at]])) // prettier-ignore
    // Queries, keys and values come out one behind the other.
    const expected = positions.flatMap((p, token) =>
      [0, 1, 2].flatMap((part) =>
        [0, 1].map((head) => {
          const v = vector((token * HEADS + head) * 3 + part)
          return part === 2 ? v : [...turned(v.slice(0, 4), p), ...turned(v.slice(4), blocks[token]!)]
        }),
      ),
    )
    expect(network.getOutputs()[0]!.shape).toEqual([1, TOKENS, 48])
    expect(y!.map((v) => v.toFixed(4))).toEqual(expected.flat().map((v) => v.toFixed(4)))
  })

  test('three tensors come back as three', () => {
    const network = new Network(tensorrtDialect)
    netGuard(network, () => {
      const parts = ['q', 'k', 'v'].map((name) => f.input(name, 'float16', [1, TOKENS, 16]))
      const made = rope.applyRotaryPosEmbCogvlm(parts, f.input('at', 'int32', [1, TOKENS]), OPTIONS)
      expect(made.map((t) => [t.dtype, t.shape])).toEqual(new Array(3).fill(['float16', [1, TOKENS, 16]]))
    })
  })
})
