/** Loops of TensorRT run as ONNX's Loop: each against a network of ONNX operators that does the same without one. */
import { describe, expect, test } from 'vitest'
import * as f from '../../../src/dialects/tensorrt'
import { tensorrtDialect } from '../../../src/dialects/tensorrt'
import { ConstantValue, netGuard, Network, problemText, snapshotOf, verifyNetwork } from '../../../src/engine'
import type { Attributes, Tensor } from '../../../src/engine'
import { verifyNetworks } from '../../../src/verify'
import type { Verdict } from '../../../src/verify'
import { nodeRuntime } from '../../../src/verify/node'
import { net } from '../../patterns/notation'
import { random as randomOf } from '../../engine/random-networks'
import { Loop } from './loop'

const runtime = nodeRuntime()

type Build = (...inputs: Tensor[]) => Tensor

async function compared(onnx: string, build: Build): Promise<Verdict> {
  const like = net(`${onnx.replaceAll(';', '\n')}\nout y`, 21)
  const network = new Network(tensorrtDialect)
  netGuard(network, () => {
    network.markOutput(build(...like.getInputs().map((t) => f.input(t.name, t.dtype!, t.shape!))), 'y')
  })
  expect(verifyNetwork(network)).toEqual([])
  return verifyNetworks(snapshotOf(like), snapshotOf(network), await runtime)
}

const held = (dtype: 'int32' | 'int64' | 'bool' | 'float32', values: number[], shape: number[] = []): Tensor =>
  f.constant(ConstantValue.of(dtype, shape, values))
const count = (n: number): Tensor => held('int32', [n])

/** `x` with `x` added to it, or taken away, in each of three turns. */
const thrice =
  (turn: (state: Tensor, x: Tensor) => Tensor, n = 3, name = 'l'): Build =>
  (x) => {
    const loop = new Loop(name)
    loop.limit('COUNT', count(n))
    const state = loop.carry(x!)
    state.next(turn(state.value, x!))
    return loop.last(state.value)
  }

/** `i` counts from 0 on, as long as it is less than `n`. */
function whileLess(loop: Loop, n: number): Tensor {
  const i = loop.carry(held('int32', [0], [1]))
  i.next(f.add(i.value, held('int32', [1], [1])))
  loop.limit('WHILE', f.view(f.lt(i.value, held('int32', [n], [1])), []))
  return i.value
}

const ROWS =
  'in x float32[3,2];const a int64[] = 0;const b int64[] = 1;const c int64[] = 2;p = Gather(x, a);q = Gather(x, b);r = Gather(x, c)'
const stack = (...names: string[]): string =>
  `const o int64[1] = 0;y = Concat<axis=0>(${names.map((n) => `Unsqueeze(${n}, o)`).join(', ')})`

// prettier-ignore
const cases: readonly (readonly [name: string, onnx: string, build: Build])[] = [
  ['the last value of three turns', 'in x float32[N,4];y = Mul(x, 4)', thrice(f.add)],
  ['no turn leaves the initial value', 'in x float32[N,4];y = Identity(x)', thrice(f.add, 0)],
  ['what is the same in each turn stands outside', 'in x float32[4];e = Exp(x);y = Add(Add(Add(x, e), e), e)', thrice((s, x) => f.add(s, f.exp(x)))],
  ['sums along a dimension that is not the last', 'in x float32[N,3];const d int64[] = 0;y = CumSum(x, d)', (x) => f.cumsum(x!, 0)],
  ['sums along the middle dimension', 'in x float32[2,M,3];const d int64[] = 1;y = CumSum(x, d)', (x) => f.cumsum(x!, 1)],
  ['an iterator that goes backwards', `${ROWS};${stack('r', 'q', 'p')}`, (x) => {
    const loop = new Loop('l')
    loop.limit('COUNT', count(3))
    return loop.all(loop.each(x!, 0, true), count(3))
  }],
  ['an iterator of columns, collected as columns', `in x float32[2,3];y = Exp(x)`, (x) => {
    const loop = new Loop('l')
    loop.limit('COUNT', count(3))
    return loop.all(f.exp(loop.each(x!, 1)), count(3), 'CONCATENATE', 1)
  }],
  ['values collected backwards', `${ROWS};s = Add(p, q);t = Add(s, r);${stack('t', 's', 'p')}`, (x) => {
    const [loop, n] = [new Loop('l'), count(3)]
    loop.limit('COUNT', n)
    const state = loop.carry(held('float32', [0, 0], [2]))
    const next = f.add(state.value, loop.each(x!))
    state.next(next)
    return loop.all(next, n, 'REVERSE')
  }],
  ['the state at the start of each turn', 'in x float32[2];d = Mul(x, 2);e = Mul(x, 4);'+stack('x', 'd', 'e'), (x) => {
    const loop = new Loop('l')
    loop.limit('COUNT', count(3))
    const state = loop.carry(x!)
    state.next(f.add(state.value, state.value))
    return loop.all(state.value, count(3))
  }],
  ['a condition that is asked before each turn', 'in x float32[N,4];y = Mul(x, 8)', (x) => {
    const loop = new Loop('l')
    whileLess(loop, 3)
    const state = loop.carry(x!)
    state.next(f.add(state.value, state.value))
    return loop.last(state.value)
  }],
  ['a condition that never holds', 'in x float32[N,4];y = Identity(x)', (x) => {
    const loop = new Loop('l')
    whileLess(loop, 0)
    const state = loop.carry(x!)
    state.next(f.add(state.value, state.value))
    return loop.last(state.value)
  }],
  ['the earlier of a count and a condition', 'in x float32[N,4];y = Mul(x, 4)', (x) => {
    const loop = new Loop('l')
    loop.limit('COUNT', count(2))
    whileLess(loop, 5)
    const state = loop.carry(x!)
    state.next(f.add(state.value, state.value))
    return loop.last(state.value)
  }],
  ['a loop that ends before its length', 'in x float32[2];const z float32[2] = 0 0;d = Mul(x, 2);'+stack('x', 'd', 'z', 'z'), (x) => {
    const loop = new Loop('l')
    whileLess(loop, 2)
    const state = loop.carry(x!)
    state.next(f.add(state.value, state.value))
    return loop.all(state.value, count(4))
  }],
  ['booleans that are carried along', 'in x bool[4];y = Not(x)', thrice((s) => f.notOp(s))],
  ['a loop in a loop, whose count comes from outside of both', 'in x float32[2];y = Mul(x, 27)', (x) => {
    const outer = new Loop('outer')
    outer.limit('COUNT', count(3))
    const state = outer.carry(x!)
    const inner = new Loop('inner')
    inner.limit('COUNT', count(2))
    const sum = inner.carry(state.value)
    sum.next(f.add(sum.value, state.value))
    state.next(inner.last(sum.value))
    return outer.last(state.value)
  }],
  ['a loop in a loop that goes on as long as the outer one counts', 'in x float32[2];y = Mul(x, 8)', (x) => {
    const outer = new Loop('outer')
    outer.limit('COUNT', count(3))
    const turn = outer.carry(count(0))
    turn.next(f.add(turn.value, count(1)))
    const state = outer.carry(x!)
    const inner = new Loop('inner')
    inner.limit('COUNT', turn.value)
    const sum = inner.carry(state.value)
    sum.next(f.add(sum.value, sum.value))
    state.next(inner.last(sum.value))
    return outer.last(state.value)
  }],
  ['a loop behind another', 'in x float32[2];y = Mul(x, 16)', (x) => thrice(f.add, 3, 'k')(thrice(f.add)(x!))],
  ['a conditional in a loop', 'in x float32[2];y = Mul(Mul(x, 2), 6)', (x) => {
    const loop = new Loop('l')
    loop.limit('COUNT', count(2))
    const turn = loop.carry(count(0))
    turn.next(f.add(turn.value, count(1)))
    const state = loop.carry(x!)
    const choice = new f.Conditional(f.eq(turn.value, count(0)))
    const inside = choice.addInput(state.value)
    state.next(choice.addOutput(f.mul(inside, 2), f.mul(inside, 6)))
    return loop.last(state.value)
  }],
  ['half floats', 'in x float16[N,4];y = Add(Add(Add(x, x), x), x)', thrice(f.add)],
]

test.each(cases)('%s', async (_, onnx, build) => {
  expect(await compared(onnx, build)).toMatchObject({ verdict: 'equal' })
})

test('one turn more is told apart', async () => {
  expect(await compared('in x float32[N,4];y = Mul(x, 4)', thrice(f.add, 4))).toMatchObject({ verdict: 'different' })
})

describe('cannot be run, and says why:', () => {
  // prettier-ignore
  test.each<[name: string, reason: RegExp, build: (x: Tensor) => Tensor]>([
    ['a loop without a limit', /loop l has no trip limit/, (x) => { const l = new Loop('l'); const s = l.carry(x); s.next(f.exp(s.value)); return l.last(s.value) }],
    ['an iterator that goes back from an unknown end', /goes backwards, and nothing says from where/, (x) => { const l = new Loop('l'); whileLess(l, 2); return l.all(l.each(x, 0, true), count(2)) }],
    ['REVERSE of another length', /where it starts is not documented/, (x) => { const l = new Loop('l'); l.limit('COUNT', count(2)); return l.all(l.each(x), count(3), 'REVERSE') }],
    ['a value that leaves the loop by itself', /a value leaves loop l without a LOOP_OUTPUT/, (x) => { const l = new Loop('l'); l.limit('COUNT', count(2)); return l.each(x) }],
    ['a state without a next value', /RECURRENCE_\d+ has no value for the next turn/, (x) => { const l = new Loop('l'); l.limit('COUNT', count(2)); return l.last(l.carry(x).value) }],
    ['layers that name no loop', /names no loop/, (x) => { const l = new Loop(''); l.limit('COUNT', count(2)); return l.all(l.each(x), count(2)) }],
    ['a condition of an iterator', /the condition of loop l is computed from ITERATOR/, (x) => { const l = new Loop('l'); const s = l.carry(x); s.next(f.exp(s.value)); l.limit('WHILE', f.view(f.gt(l.each(x), 0), [])); return l.last(s.value) }],
  ])('%s', async (_, reason, build) => {
    const network = new Network(tensorrtDialect)
    netGuard(network, () => network.markOutput(build(f.input('x', 'float32', [2])), 'y'))
    const snapshot = snapshotOf(network)
    const verdict = await verifyNetworks(snapshot, snapshot, await runtime)
    expect([verdict.verdict, verdict.reason]).toEqual(['cannot-run', expect.stringMatching(reason)])
  })
})

describe('what is wrong with a loop or a conditional as a whole', () => {
  const add = (t: Tensor, kind: string, inputs: (Tensor | null)[], attributes: Attributes, outputCount = 1) =>
    t.network.addLayer({ kind, inputs, attributes, outputCount }).getOutputs()[0]!
  // prettier-ignore
  test.each<[problem: string, build: (x: Tensor) => Tensor]>([
    ['loop l has no TRIP_LIMIT', (x) => { const l = new Loop('l'); return l.all(l.each(x), count(2)) }],
    ['loop l has 2 trip limits of kind COUNT', (x) => { const l = new Loop('l'); l.limit('COUNT', count(2)); l.limit('COUNT', count(2)); return l.all(l.each(x), count(2)) }],
    ['LAST_VALUE is of a RECURRENCE of loop l, not of UNARY', (x) => { const l = new Loop('l'); l.limit('COUNT', count(2)); return l.last(f.exp(l.each(x))) }],
    ['network output y leaves loop l without a LOOP_OUTPUT', (x) => { const l = new Loop('l'); l.limit('COUNT', count(2)); return f.exp(l.each(x)) }],
    ['its value is not computed inside loop l', (x) => { const l = new Loop('l'); l.limit('COUNT', count(2)); return l.all(f.exp(x), count(2)) }],
    ['its length is computed inside loop l', (x) => { const l = new Loop('l'); l.limit('COUNT', count(2)); const i = l.carry(count(0)); i.next(i.value); return l.all(l.each(x), i.value) }],
    ['the count is computed inside loop l', (x) => { const l = new Loop('l'); const i = l.carry(count(0)); i.next(i.value); l.limit('COUNT', i.value); return l.all(l.each(x), count(2)) }],
    ['its initial value is computed inside loop l', (x) => { const l = new Loop('l'); l.limit('COUNT', count(2)); const s = l.carry(l.each(x)); s.next(s.value); return l.last(s.value) }],
    ['what it iterates over is computed inside loop l', (x) => { const l = new Loop('l'); l.limit('COUNT', count(2)); const s = l.carry(x); s.next(s.value); return l.all(l.each(s.value), count(2)) }],
    ['it names no loop', (x) => { const l = new Loop(''); l.limit('COUNT', count(2)); return l.all(l.each(x), count(2)) }],
    ['ITERATOR has axis 7, and its operand 1 dimensions', (x) => { const l = new Loop('l'); l.limit('COUNT', count(2)); return l.all(l.each(x, 7), count(2)) }],
    ['conditional c has no CONDITION', (x) => add(x, 'CONDITIONAL_OUTPUT', [x, x], { conditional: 'c' })],
  ])('%s', (problem, build) => {
    const network = new Network(tensorrtDialect)
    netGuard(network, () => network.markOutput(build(f.input('x', 'float32', [2])), 'y'))
    expect(verifyNetwork(network).map((p) => p.message)).toContain(problem)
    expectFaultsOfAll(network)
  })
})

/** All that is wrong with loops and conditionals, as found where they lie, and as found by looking at every layer. */
function expectFaultsOfAll(network: Network): void {
  const layers = network.getLayers().map((l) => l.record)
  const all = tensorrtDialect.boundaries!.of(layers).faults(network.outputs)
  const texts = new Set(verifyNetwork(network).map(problemText))
  for (const fault of all) expect(texts).toContain(problemText(fault))
}

/** Loops in loops of seeded structure, in a network of layers that are none of them; wires are then crossed, which damages them. */
describe('faults of loops are found by looking at the loops alone', () => {
  const seeds = Array.from({ length: 60 }, (_, i) => i + 1)
  test.each(seeds)('seed %i', (seed) => {
    const random = randomOf(seed)
    const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!
    const network = new Network(tensorrtDialect)
    netGuard(network, () => {
      const x = f.input('x', 'float32', [2])
      const loose = [x]
      const inLoop = (depth: number, outside: Tensor): Tensor => {
        const loop = new Loop(`l${seed}_${depth}_${Math.floor(random() * 1e6)}`)
        loop.limit('COUNT', count(2))
        const state = loop.carry(outside)
        let inside = f.add(state.value, pick(loose))
        if (depth < 3 && random() < 0.7) inside = inLoop(depth + 1, inside)
        for (let i = 0; i < 2; i++) loose.push((inside = f.exp(inside)))
        state.next(inside)
        return loop.last(state.value)
      }
      for (let i = 0; i < 3; i++) loose.push(f.relu(pick(loose)))
      network.markOutput(inLoop(0, pick(loose)), 'y')
      network.markOutput(f.relu(pick(loose)), 'z')
      const layers = network.getLayers().filter((l) => l.numInputs > 0)
      for (let i = 0; i < 4; i++) {
        const layer = pick(layers)
        try {
          network.setInput(layer, Math.floor(random() * layer.numInputs), pick(loose))
        } catch {
          // A cycle, or another type: it stays as it is.
        }
      }
    })
    expectFaultsOfAll(network)
  })

  test('a large network around a loop is not looked at', () => {
    const network = new Network(tensorrtDialect)
    netGuard(network, () => {
      let y = f.input('x', 'float32', [2])
      for (let i = 0; i < 50; i++) y = f.exp(y)
      y = thrice(f.add)(y)
      for (let i = 0; i < 50; i++) y = f.exp(y)
      network.markOutput(y, 'y')
    })
    const { boundaries } = tensorrtDialect
    const graph = {
      layersOfKind: (kind: string) => network.layersOfKind(kind).map((l) => l.record),
      makerOf: (id: number) => network.getTensor(id)?.parent?.record,
      usersOf: (id: number) =>
        network
          .getTensor(id)
          ?.getUsers()
          .map((l) => l.record) ?? [],
    }
    expect([...boundaries!.within(graph)].length).toBeLessThan(20)
  })
})
