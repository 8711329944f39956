/** Steps on TensorRT networks have verdicts: their layers run as the ONNX operators that compute the same. */
import { expect, test } from 'vitest'
import { exportOnnx } from '../../src/dialects/onnx'
import {
  add,
  allreduce,
  Conditional,
  constant,
  gptAttention,
  gptAttentionNetwork,
  GPTForCausalLM,
  input,
  lt,
  mul,
  sub,
  tensorrtDialect,
  unary,
  view,
} from '../../src/dialects/tensorrt'
import type { GptAttentionCall } from '../../src/dialects/tensorrt'
import {
  ConstantValue,
  History,
  netGuard,
  Network,
  PatternRewriter,
  RewritePatternManager,
  snapshotOf,
  verifyNetwork,
} from '../../src/engine'
import type { Layer, RawInputs, Tensor } from '../../src/engine'
import { FuseAttentionWithBiasPass, RemovePadding, ReplaceAddWithSub, tensorrtLibrary } from '../../src/patterns'
import { cutStep, runInPieces, verifyNetworks, verifyStep } from '../../src/verify'
import type { Verdict } from '../../src/verify'
import { nodeRuntime } from '../../src/verify/node'
import { Loop } from '../dialects/tensorrt/loop'

const runtime = nodeRuntime()

async function verdictOf(network: Network, pattern: PatternRewriter, args: unknown = null): Promise<Verdict> {
  const regions: ReturnType<typeof cutStep>[] = []
  new RewritePatternManager().add('p', pattern).rewrite(network, args, {
    history: new History(network),
    watch: (event) => {
      if (event.type === 'rewritten') regions.push(cutStep(network, event.transaction))
    },
  })
  expect(regions.length).toBe(1)
  return verifyStep(regions[0]!, await runtime)
}

function sum(): Network {
  const network = new Network(tensorrtDialect)
  netGuard(network, () => {
    const x = input('x', 'float32', ['n', 4])
    const y = unary('EXP', add(x, constant(ConstantValue.of('float32', [4], [1, 2, 3, 4]))))
    network.markOutput(y, 'y')
  })
  return network
}

test('a step that changes numbers differs', async () => {
  expect(await verdictOf(sum(), new ReplaceAddWithSub())).toMatchObject({ verdict: 'different' })
})

test('a bias that moves into the attention plugin leaves the numbers as they were', async () => {
  const network = gptAttentionNetwork({ batch: 2, length: 6, maxLength: 8, hidden: 32, heads: 4 })
  expect(await verdictOf(network, new FuseAttentionWithBiasPass())).toMatchObject({ verdict: 'equal' })
})

test('tokens that are packed around attention have the numbers that they had among padding', async () => {
  const pack = tensorrtLibrary.find((e) => e.label === 'Pack tokens around attention')!.make('ort')
  const network = gptAttentionNetwork({ batch: 3, length: 4, maxLength: 6, hidden: 16, heads: 2 })
  expect(await verdictOf(network, pack)).toMatchObject({ verdict: 'equal' })
  const [plugin] = network.layersOfKind('PLUGIN_V2').filter((l) => !l.isRemoved())
  expect(plugin!.input(0)!.shape).toEqual([null, 48])
  expect(verifyNetwork(network)).toEqual([])
  const again = new RewritePatternManager().add('p', pack).rewrite(network)
  expect(again.rewrites).toBe(0)
  const twin = new GPTForCausalLM({ numLayers: 1, hiddenSize: 8, numHeads: 2, vocabSize: 16, maxPositions: 8 }).build(
    'g',
  )
  expect(new RewritePatternManager().add('p', pack).rewrite(twin).rewrites).toBe(0)
})

/** Attention of a padded input, whose numbers are drawn. */
function attention(): Network {
  const network = new Network(tensorrtDialect)
  netGuard(network, () => {
    const lengths = input('context_lengths', 'int32', [4])
    const [context, present] = gptAttention({
      qkv: unary('SIN', input('x', 'float16', [4, 6, 48])),
      num_heads: 2,
      num_kv_heads: 2,
      hidden_size_per_head: 8,
      context_lengths: lengths,
      past_key_value: input('past', 'float16', [4, 2, 2, 8, 8]),
    })
    network.markOutput(context!, 'context')
    network.markOutput(present!, 'present')
  })
  return network
}

/** The worked example with another field by mistake. */
class Scaled extends PatternRewriter {
  constructor() {
    super('scaled', { rootLayer: ['PLUGIN_V2'] })
  }
  override matchAndRewrite(layer: Layer): boolean {
    const info = layer.flayerInfo!
    if (info.getInput('q_scaling') !== 1) return false
    netGuard(layer.network, () => {
      const qkv = input('row', 'float16', [1, 24, 48])
      const call = { ...info.cloneInputs(), qkv, q_scaling: 2 } as RawInputs as GptAttentionCall
      info.replaceOutputsUsesWith(layer.network, gptAttention(call))
      layer.markAsRemoved()
    })
    return true
  }
}

test('padding that is removed as in the worked example: each token has the numbers that it had', async () => {
  const args = { batch_size: 4, in_len: 6, hidden_size: 48 }
  expect(await verdictOf(attention(), new RemovePadding(), args)).toMatchObject({ verdict: 'equal' })
  expect(await verdictOf(attention(), new Scaled())).toMatchObject({ verdict: 'different', reason: expect.stringMatching(/y0/) as string }) // prettier-ignore
})

/** `c ? exp(x) : -x` */
function conditional(): Network {
  const network = new Network(tensorrtDialect)
  netGuard(network, () => {
    const x = input('x', 'float32', ['n', 4])
    const c = input('c', 'bool', [])
    const own = { conditional: 'if' }
    network.addLayer({ kind: 'CONDITION', inputs: [c], attributes: own, outputs: [] })
    const inner = network.addLayer({ kind: 'CONDITIONAL_INPUT', inputs: [x], attributes: own }).result()
    const branches = [unary('EXP', inner), unary('NEG', inner)]
    const y = network.addLayer({ kind: 'CONDITIONAL_OUTPUT', inputs: branches, attributes: own }).result()
    network.markOutput(y, 'y')
  })
  return network
}

test.each([
  ['EXP', 'equal'],
  ['ABS', 'different'],
] as const)('a conditional is cut out with its condition: %s for its branch is %s', async (op, verdict) => {
  const pattern = new PatternRewriter('branch', { rootLayer: ['CONDITIONAL_OUTPUT'] })
  let done = false
  pattern.match = () => !done
  pattern.rewrite = (layer) => {
    const { network, record } = layer
    netGuard(network, () => {
      const inputs = [unary(op, layer.operand(0).parent!.operand(0)), layer.operand(1)]
      const { kind, attributes } = record
      layer.result().replaceAllUsesWith(network.addLayer({ kind, inputs, attributes }).result())
      layer.markAsRemoved()
    })
    done = true
  }
  expect(await verdictOf(conditional(), pattern)).toMatchObject({ verdict })
})

/** `y = x + 3 · exp(x)` by a loop that counts its turns, then `-y`. */
function counted(): Network {
  const network = new Network(tensorrtDialect)
  netGuard(network, () => {
    const x = input('x', 'float32', ['n', 4])
    const loop = new Loop('l')
    const one = constant(ConstantValue.of('int32', [1], [1]))
    const turn = loop.carry(constant(ConstantValue.of('int32', [1], [0])))
    turn.next(add(turn.value, one))
    loop.limit('WHILE', view(lt(turn.value, constant(ConstantValue.of('int32', [1], [3]))), []))
    const state = loop.carry(x)
    state.next(add(state.value, unary('EXP', x)))
    network.markOutput(unary('NEG', loop.last(state.value)), 'y')
  })
  return network
}

/** Gives the uses of the first layer of a kind that `is` holds for another value. */
function once(kind: string, is: (layer: Layer) => boolean, make: (layer: Layer) => Tensor): PatternRewriter {
  const pattern = new PatternRewriter('once', { rootLayer: [kind] })
  let done = false
  pattern.match = (layer) => !done && is(layer)
  pattern.rewrite = (layer) => {
    netGuard(layer.network, () => layer.result().replaceAllUsesWith(make(layer)))
    layer.markAsRemoved()
    done = true
  }
  return pattern
}

const isSum = (dtype: string) => (layer: Layer) => layer.attribute('op') === 'SUM' && layer.result().dtype === dtype
const swapped = (layer: Layer): Tensor => add(layer.operand(1), layer.operand(0))
const taken = (layer: Layer): Tensor => sub(layer.operand(0), layer.operand(1))
const sumOf = (n: number) => (layer: Layer) =>
  add(layer.operand(0).parent!.operand(0), mul(unary('EXP', layer.network.getInputs()[0]!), n))

test.each<[name: string, pattern: PatternRewriter, verdict: Verdict['verdict']]>([
  ['in a turn, on what it adds', once('ELEMENTWISE', isSum('float32'), swapped), 'equal'],
  ['in a turn, wrong', once('ELEMENTWISE', isSum('float32'), taken), 'different'],
  ['on the counter', once('ELEMENTWISE', isSum('int32'), swapped), 'equal'],
  ['on the counter, so that it never ends as it did', once('ELEMENTWISE', isSum('int32'), (l) => add(swapped(l), l.operand(1))), 'different'], // prettier-ignore
  ['behind the loop', once('UNARY', (l) => l.attribute('op') === 'NEG', (l) => mul(l.operand(0), -1)), 'equal'], // prettier-ignore
  ['that writes the loop out', once('LOOP_OUTPUT', () => true, sumOf(3)), 'equal'],
  ['that writes the loop out, with a turn too many', once('LOOP_OUTPUT', () => true, sumOf(4)), 'different'],
])('a step around a loop has a verdict: %s', async (_, pattern, verdict) => {
  expect(verifyNetwork(counted())).toEqual([])
  expect(await verdictOf(counted(), pattern)).toMatchObject({ verdict })
})

test('a network with a loop and a conditional runs piece by piece: what is in a loop has no one value', async () => {
  const network = counted()
  netGuard(network, () => {
    let [y] = network.getOutputs()
    for (let i = 0; i < 40; i++) y = unary('SIN', y!)
    const choice = new Conditional(input('c', 'bool', []))
    network.markOutput(choice.addOutput(unary('EXP', choice.addInput(y!)), y!), 'z')
  })
  const feeds = new Map([
    ['x', ConstantValue.of('float32', [1, 4], [0, 0, 0, 0])],
    ['c', ConstantValue.of('bool', [], [1])],
  ])
  const values = new Map<number, number[]>()
  for await (const event of runInPieces(snapshotOf(network), feeds, await runtime)) {
    expect(event.type).toBe('values')
    if (event.type === 'values') for (const [id, value] of event.values) values.set(id, value.toArray())
  }
  const [y, z] = network.getOutputs()
  expect(values.get(y!.id)).toEqual([-3, -3, -3, -3])
  expect(values.get(z!.id)!.length).toBe(4)
  expect(network.layersOfKind('RECURRENCE').map((l) => values.has(l.result().id))).toEqual([false, false])
})

test('a step around a plugin without a reference cannot be run, and says which', async () => {
  const network = sum()
  netGuard(network, () => {
    const [x] = network.getInputs()
    network.markOutput(allreduce(add(x!, x!), [0, 1]), 'z')
  })
  const before = snapshotOf(network)
  expect(await verifyNetworks(before, before, await runtime)).toMatchObject({
    verdict: 'cannot-run',
    reason: expect.stringMatching(/^the original network cannot be run: plugin AllReduce has no reference/) as string,
  })
})

test('a network runs piece by piece, each value under its own layer', async () => {
  const network = sum()
  const feeds = new Map([['x', ConstantValue.of('float32', [1, 4], [0, 0, 0, 0])]])
  const values = new Map<number, number[]>()
  for await (const event of runInPieces(snapshotOf(network), feeds, await runtime)) {
    expect(event.type).toBe('values')
    if (event.type === 'values') for (const [id, value] of event.values) values.set(id, value.toArray())
  }
  const y = network.getOutputs()[0]!
  expect(values.get(y.id)!.map((v) => Math.log(v).toFixed(3))).toEqual(['1.000', '2.000', '3.000', '4.000'])
})

test('such a network is not written as if it were one of ONNX', () => {
  expect(() => exportOnnx(snapshotOf(sum()))).toThrow('This is a network of tensorrt, not of ONNX operators')
})
