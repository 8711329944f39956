/** Attention plugins of TensorRT-LLM, held to what they compute: each sequence by itself, element by element, in double precision. */
import { describe, expect, test } from 'vitest'
import { exportOnnx } from '../../../src/dialects/onnx'
import {
  bertAttention,
  gptAttention,
  input,
  LLaMAForCausalLM,
  GPTForCausalLM,
  raiseToOnnx,
  tensorrtDialect,
} from '../../../src/dialects/tensorrt'
import type { GptAttentionCall } from '../../../src/dialects/tensorrt'
import { ConstantValue, netGuard, Network, snapshotOf } from '../../../src/engine'
import type { DType, Shape, Tensor } from '../../../src/engine'
import { nodeRuntime } from '../../../src/verify/node'

const runtime = nodeRuntime()

async function run(network: Network, values: Readonly<Record<string, ConstantValue>>): Promise<number[][]> {
  const raised = raiseToOnnx(snapshotOf(network))
  const session = await (await runtime).load(exportOnnx(raised).bytes)
  const outputs = await session.run(new Map(Object.entries(values)))
  return raised.outputs.map((o) => outputs.get(o.name)!.toArray())
}

const floats = (shape: readonly number[], seed: number): ConstantValue => {
  const size = shape.reduce((a, b) => a * b, 1)
  return ConstantValue.of(
    'float32',
    shape,
    Float32Array.from({ length: size }, (_, i) => Math.sin(seed + i * 1.7)),
  )
}
const ints = (...values: number[]): ConstantValue => ConstantValue.of('int32', [values.length], values)

interface Case {
  readonly heads: number
  readonly kvHeads: number
  readonly size: number
  readonly lengths: readonly number[]
  /** Of a padded row. */
  readonly row: number
  readonly room: number
}
const CASE: Case = { heads: 4, kvHeads: 2, size: 4, lengths: [3, 5], row: 5, room: 7 }
const widthOf = ({ heads, kvHeads, size }: Case): number => (heads + 2 * kvHeads) * size

interface Rules {
  readonly bias?: readonly number[]
  readonly scaling?: number
  readonly causal?: boolean
  readonly softcap?: number
  readonly slopes?: readonly number[]
  readonly rope?: { readonly dim: number; readonly neighbours: boolean; readonly base: number }
}

/** One sequence of tokens: the context of each, and its keys and values as the cache has them. */
function oneSequence(tokens: readonly (readonly number[])[], c: Case, rules: Rules) {
  const { heads, kvHeads, size } = c
  const { bias = [], scaling = 1, causal = true, softcap = 0, slopes, rope } = rules
  const turned = (x: number[], at: number): number[] => {
    if (!rope) return x
    const y = [...x]
    for (let i = 0; i < rope.dim / 2; i++) {
      const angle = at / rope.base ** ((2 * i) / rope.dim)
      const [p, q] = rope.neighbours ? [2 * i, 2 * i + 1] : [i, i + rope.dim / 2]
      y[p] = x[p]! * Math.cos(angle) - x[q]! * Math.sin(angle)
      y[q] = x[q]! * Math.cos(angle) + x[p]! * Math.sin(angle)
    }
    return y
  }
  const part = (t: number, from: number): number[] =>
    Array.from({ length: size }, (_, i) => tokens[t]![from * size + i]! + (bias[from * size + i] ?? 0))
  const keys = tokens.map((_, t) => Array.from({ length: kvHeads }, (_, h) => turned(part(t, heads + h), t)))
  const values = tokens.map((_, t) => Array.from({ length: kvHeads }, (_, h) => part(t, heads + kvHeads + h)))
  const context = tokens.map((_, t) =>
    Array.from({ length: heads }, (_, h) => {
      const query = turned(part(t, h), t)
      const kv = Math.floor((h * kvHeads) / heads)
      const scores = tokens.map((_, k) => {
        const dot = query.reduce((sum, q, i) => sum + q * keys[k]![kv]![i]!, 0) / (scaling * Math.sqrt(size))
        const bounded = softcap === 0 ? dot : softcap * Math.tanh(dot / softcap)
        return causal && k > t ? -Infinity : bounded + (slopes ? slopes[h]! * k : 0)
      })
      const most = Math.max(...scores)
      const weights = scores.map((s) => Math.exp(s - most))
      const all = weights.reduce((a, b) => a + b, 0)
      return Array.from({ length: size }, (_, i) =>
        weights.reduce((sum, w, k) => sum + (w / all) * values[k]![kv]![i]!, 0),
      )
    }).flat(),
  )
  return { context, keys, values }
}

/** Tokens of each sequence, [n][length][width]. */
const tokensOf = (c: Case): number[][][] =>
  c.lengths.map((length, n) =>
    Array.from({ length }, (_, t) =>
      Array.from({ length: widthOf(c) }, (_, i) => Math.fround(Math.sin(n * 31 + t * 7 + i * 1.3))),
    ),
  )

function expected(c: Case, rules: Rules, packed: boolean, past: ConstantValue) {
  const cache = past.toArray()
  const context: number[] = []
  const hidden = c.heads * c.size
  tokensOf(c).forEach((tokens, n) => {
    const { context: own, keys, values } = oneSequence(tokens, c, rules)
    context.push(...own.flat(), ...new Array<number>(packed ? 0 : (c.row - tokens.length) * hidden).fill(0))
    tokens.forEach((_, t) => {
      for (let h = 0; h < c.kvHeads; h++)
        for (let i = 0; i < c.size; i++)
          [keys, values].forEach((of, which) => {
            cache[(((n * 2 + which) * c.kvHeads + h) * c.room + t) * c.size + i] = of[t]![h]![i]!
          })
    })
  })
  return [context, cache]
}

/** What lies behind a sequence in its row is whatever: it must not be seen. */
function qkvOf(c: Case, packed: boolean): ConstantValue {
  const rows = tokensOf(c)
  const filler = (length: number): number[] => new Array<number>(length * widthOf(c)).fill(99)
  const values = rows.flatMap((tokens) => [...tokens.flat(), ...(packed ? [] : filler(c.row - tokens.length))])
  const shape = packed ? [rows.flat().length, widthOf(c)] : [rows.length, c.row, widthOf(c)]
  return ConstantValue.of('float32', shape, values)
}

type More = Partial<GptAttentionCall>
type Extra = Readonly<Record<string, { readonly shape: Shape; readonly value: ConstantValue }>>

/** A network of one plugin, with its inputs. */
function plugin(c: Case, packed: boolean, more: More, extra: Extra): [Network, Record<string, ConstantValue>] {
  const network = new Network(tensorrtDialect)
  const values: Record<string, ConstantValue> = {}
  const given = (name: string, value: ConstantValue, shape: Shape = value.shape): Tensor => {
    values[name] = value
    return input(name, value.dtype as DType, shape)
  }
  netGuard(network, () => {
    const qkv = given('qkv', qkvOf(c, packed), packed ? ['tokens', widthOf(c)] : ['batch', 'length', widthOf(c)])
    const n = c.lengths.length
    const outputs = gptAttention({
      qkv,
      num_heads: c.heads,
      num_kv_heads: c.kvHeads,
      hidden_size_per_head: c.size,
      context_lengths: given('context_lengths', ints(...c.lengths), ['batch']),
      past_key_value: given('past', floats([n, 2, c.kvHeads, c.room, c.size], 5), [
        'batch',
        2,
        c.kvHeads,
        'room',
        c.size,
      ]),
      ...(packed && { host_context_lengths: given('host_context_lengths', ints(...c.lengths), ['batch']) }),
      ...more,
      ...Object.fromEntries(Object.entries(extra).map(([name, { value, shape }]) => [name, given(name, value, shape)])),
    })
    outputs.forEach((t, i) => network.markOutput(t, `out${i}`))
  })
  return [network, values]
}

const close = (found: readonly number[], wanted: readonly number[]): void => {
  expect(found).toHaveLength(wanted.length)
  const worst = Math.max(...found.map((x, i) => Math.abs(x - wanted[i]!)))
  expect(worst).toBeLessThan(2e-5)
}

const bias = floats([widthOf(CASE)], 2)
const slopes = floats([CASE.heads], 4)
const of = (value: ConstantValue) => ({ value, shape: value.shape })
const DIM = 4
const angle = (t: number, i: number): number => t / 500 ** ((2 * i) / DIM)
const table = ConstantValue.of(
  'float32',
  [1, 8 * DIM],
  Array.from({ length: 8 }, (_, t) => [0, 1].map((i) => [Math.cos(angle(t, i)), Math.sin(angle(t, i))])).flat(2),
)
const rope = { rotary_embedding_dim: DIM, rotary_embedding_base: 500 }

// prettier-ignore
const CASES: readonly (readonly [name: string, more: More, rules: Rules, extra: Extra])[] = [
  ['learned positions', {}, {}, {}],
  ['a bias and a scaling', { q_scaling: 2 }, { bias: bias.toArray(), scaling: 2 }, { qkv_bias: of(bias) }],
  ['rotary positions of halves', { ...rope, position_embedding_type: 'rope_gpt_neox' }, { rope: { dim: DIM, neighbours: false, base: 500 } }, {}],
  ['rotary positions of neighbours, of a part', { ...rope, rotary_embedding_dim: 2, position_embedding_type: 'rope_gptj' }, { rope: { dim: 2, neighbours: true, base: 500 } }, {}],
  ['rotary positions from a table', { ...rope, rotary_embedding_base: 7, position_embedding_type: 'rope_gpt_neox' }, { rope: { dim: DIM, neighbours: false, base: 500 } }, { rotary_cos_sin: of(table) }],
  ['alibi', { position_embedding_type: 'alibi' }, { slopes: slopes.toArray() }, { alibi_slopes: of(slopes) }],
  ['a bound on scores', { attn_logit_softcapping_scale: 0.5 }, { softcap: 0.5 }, {}],
  ['every token of a sequence', { mask_type: 'padding' }, { causal: false }, {}],
]

describe.each([
  ['padded', false],
  ['packed', true],
])('GPTAttention of %s sequences', (_, packed) => {
  test.each(CASES)('with %s: context, and the present cache', async (_name, more, rules, extra) => {
    const [network, values] = plugin(CASE, packed, more, extra)
    const [context, present] = await run(network, values)
    const [wanted, cache] = expected(CASE, rules, packed, values['past']!)
    close(context!, wanted!)
    close(present!, cache!)
  })
})

test('sequences that end before their cache, in it, or are empty', async () => {
  for (const c of [
    { ...CASE, room: 3 },
    { ...CASE, lengths: [0, 4, 1] },
    { ...CASE, lengths: [5] },
  ])
    for (const packed of [false, true]) {
      const room = Math.max(c.room, 5)
      const [network, values] = plugin({ ...c, room }, packed, {}, {})
      const [context, present] = await run(network, values)
      const [wanted, cache] = expected({ ...c, room }, {}, packed, values['past']!)
      close(context!, wanted!)
      close(present!, cache!)
    }
})

test('a cache that is too small for the sequences keeps what fits', async () => {
  const c = { ...CASE, room: 2 }
  for (const packed of [false, true]) {
    const [network, values] = plugin(c, packed, {}, {})
    const present = (await run(network, values))[1]!
    const whole = expected({ ...c, room: 5 }, {}, packed, floats([2, 2, 2, 5, 4], 5))[1]!
    const fits = whole.filter((_, i) => Math.floor(i / 4) % 5 < 2)
    close(present, fits)
  }
})

test('padding is removed: packed tokens have the numbers that they have in padded rows', async () => {
  const [before, rows] = plugin(CASE, false, {}, { qkv_bias: of(bias) })
  const [after, packed] = plugin(CASE, true, {}, { qkv_bias: of(bias) })
  const [[padded, presentBefore], [tokens, presentAfter]] = [await run(before, rows), await run(after, packed)]
  const hidden = CASE.heads * CASE.size
  const kept = padded!.filter((_, i) => {
    const token = Math.floor(i / hidden)
    return token % CASE.row < CASE.lengths[Math.floor(token / CASE.row)]!
  })
  close(tokens!, kept)
  close(presentAfter!, presentBefore!)
})

const MODEL = {
  numLayers: 2,
  hiddenSize: 16,
  numHeads: 4,
  numKvHeads: 2,
  ffnHiddenSize: 24,
  vocabSize: 30,
  maxPositions: 16,
}

test.each([
  ['Llama', LLaMAForCausalLM],
  ['GPT', GPTForCausalLM],
] as const)('%s gives the same logits from the plugin, packed and padded, and from layers', async (name, Model) => {
  const config = name === 'GPT' ? { ...MODEL, numKvHeads: 4 } : MODEL
  const ids = [
    [3, 1, 4, 1, 5],
    [9, 2, 6],
  ]
  const last = async (network: Network, values: Record<string, ConstantValue>, rows: readonly number[]) => {
    const [logits] = await run(network, values)
    return rows.flatMap((r) => logits!.slice(r * 30, (r + 1) * 30))
  }
  const positions = (list: readonly number[]) => (ids.length > 0 && name === 'GPT' ? list : null)
  const plain = new Model({ ...config, attention: 'plain' }).build('plain')
  const wanted: number[] = []
  for (const row of ids) {
    const at = positions(row.map((_, i) => i))
    const values = {
      input_ids: ConstantValue.of('int32', [1, row.length], row),
      ...(at && { position_ids: ConstantValue.of('int32', [1, row.length], at) }),
    }
    wanted.push(...(await last(plain, values, plain.outputs.length > 0 ? [row.length - 1] : [])))
  }
  const shared = (n: number): Record<string, ConstantValue> => {
    const lengths = ints(...ids.map((r) => r.length))
    const cache = floats([n, 2, config.numKvHeads, 8, 4], 1)
    return {
      last_token_ids: lengths,
      sequence_length: lengths,
      host_past_key_value_lengths: ints(0, 0),
      host_max_attention_window_sizes: ints(8, 8),
      host_sink_token_length: ints(0),
      context_lengths: lengths,
      host_context_lengths: lengths,
      cache_indirection: ConstantValue.of('int32', [n, 1, 8], new Array<number>(n * 8).fill(0)),
      host_request_types: ints(0, 0),
      host_runtime_perf_knobs: ConstantValue.of('int64', [16], new Array<number>(16).fill(0)),
      host_context_progress: ConstantValue.of('int64', [1], [0]),
      past_key_value_0: cache,
      past_key_value_1: cache,
    }
  }
  const inputsOf = (network: Network, all: Record<string, ConstantValue>) =>
    Object.fromEntries(network.getInputs().map((t) => [t.name, all[t.name]!]))
  const padded = new Model(config).build('padded')
  const rows = ids.map((r) => [...r, 0, 0, 0].slice(0, 5))
  const inRows = {
    ...shared(2),
    input_ids: ConstantValue.of('int32', [2, 5], rows.flat()),
    position_ids: ConstantValue.of(
      'int32',
      [2, 5],
      rows.flatMap((r) => r.map((_, i) => i)),
    ),
  }
  close(await last(padded, inputsOf(padded, inRows), [0, 1]), wanted)
  const packed = new Model({ ...config, removePadding: true }).build('packed')
  const ends = ints(5, 8)
  const inOne = {
    ...shared(2),
    last_token_ids: ends,
    input_ids: ConstantValue.of('int32', [8], ids.flat()),
    position_ids: ConstantValue.of(
      'int32',
      [8],
      ids.flatMap((r) => r.map((_, i) => i)),
    ),
  }
  close(await last(packed, inputsOf(packed, inOne), [0, 1]), wanted)
})

test.each([
  ['padded', false],
  ['packed', true],
])('BertAttention of %s sequences', async (_, packed) => {
  const c = { ...CASE, kvHeads: CASE.heads }
  const network = new Network(tensorrtDialect)
  const qkv = qkvOf(c, packed)
  netGuard(network, () => {
    const x = input('x', 'float32', packed ? ['tokens', widthOf(c)] : ['batch', 'length', widthOf(c)])
    const longest = packed ? input('longest', 'int32', ['n']) : null
    const lengths = input('lengths', 'int32', ['batch'])
    network.markOutput(bertAttention(x, lengths, c.heads, c.size, 1.5, { maxInputLength: longest }), 'y')
  })
  const values = { x: qkv, lengths: ints(...c.lengths), ...(packed && { longest: ints(5, 5, 5, 5, 5) }) }
  const rules = { causal: false, scaling: 1.5 }
  close((await run(network, values))[0]!, expected(c, rules, packed, floats([2, 2, 4, 7, 4], 0))[0]!)
})

// prettier-ignore
test.each<[string, More, Extra, RegExp]>([
  ['a sliding window', { mask_type: 'sliding_window_causal' }, {}, /mask sliding_window_causal has no reference/],
  ['positions that are relative', { position_embedding_type: 'relative' }, {}, /positions relative has no reference/],
  ['a quantized cache', { kv_cache_quant_mode: 2 }, {}, /kv_cache_quant_mode has no reference/],
  ['several GPUs', { tp_size: 2 }, {}, /several GPUs has no reference/],
  ['a mask of its own', {}, { attention_mask: of(floats([2, 5, 5], 1)) }, /attention_mask has no reference/],
  ['alibi without slopes', { position_embedding_type: 'alibi' }, {}, /lacks alibi_slopes/],
  ['a rotary scaling without a table', { ...rope, position_embedding_type: 'rope_gpt_neox', rotary_embedding_scale_type: 'yarn' }, {}, /rotary scaling yarn and no table has no reference/],
])('GPTAttention with %s cannot be run', (_, more, extra, message) => {
  const [network] = plugin(CASE, false, more, extra)
  expect(() => raiseToOnnx(snapshotOf(network))).toThrow(message)
})
