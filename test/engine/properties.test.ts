import { describe, expect, test } from 'vitest'
import {
  fingerprint,
  History,
  networkFromSnapshot,
  PatternRewriter,
  prune,
  replayTrace,
  RewritePatternManager,
  snapshotOf,
  TraceError,
  traceOf,
  verifyNetwork,
} from '../../src/engine'
import type { Layer, Transaction } from '../../src/engine'
import { copyOf, expectLaws, pick, random, randomChange, randomNetwork } from './support'

const SEEDS = Array.from({ length: 40 }, (_, i) => i + 1)

describe('random networks and random changes', () => {
  test.each(SEEDS)('E1 E4 E9: every transaction verifies, inverts and replays (seed %i)', (seed) => {
    const network = randomNetwork(seed)
    const r = random(seed * 7919)
    for (let i = 0; i < 12; i++) {
      const before = snapshotOf(network)
      const t = network.transact({ label: `change ${i}` }, () => {
        for (let j = 0; j <= r() * 3; j++) randomChange(network, r)
      })
      if (t) expectLaws(before, network, t)
    }
  })

  test.each(SEEDS)('E1: undoing everything restores the network, orders included (seed %i)', (seed) => {
    const network = randomNetwork(seed)
    const before = snapshotOf(network)
    const history = new History(network)
    const r = random(seed * 104729)
    for (let i = 0; i < 15; i++) history.do({ label: `${i}` }, () => randomChange(network, r))
    history.do({ label: 'prune' }, () => prune(network))
    const after = snapshotOf(network)
    const end = history.cursor
    history.seek(history.root)
    expect(snapshotOf(network)).toEqual(before)
    history.seek(end)
    expect(snapshotOf(network)).toEqual(after)
  })

  test.each(SEEDS.slice(0, 15))(
    'E9: a trace replays from JSON on a fresh copy, and on no other network (seed %i)',
    (seed) => {
      const network = randomNetwork(seed)
      const fresh = copyOf(network)
      const base = fingerprint(network)
      const r = random(seed * 31)
      const done: Transaction[] = []
      for (let i = 0; i < 8; i++) {
        const t = network.transact({ label: `${i}` }, () => randomChange(network, r))
        if (t) done.push(t)
      }
      const json = JSON.parse(JSON.stringify(traceOf(network, base, done))) as unknown
      replayTrace(fresh, json)
      expect(snapshotOf(fresh)).toEqual(snapshotOf(network))
      expect(() => replayTrace(randomNetwork(seed + 1000), json)).toThrow(TraceError)
    },
  )

  test.each(SEEDS.slice(0, 15))('E3: a rewrite that throws leaves no trace (seed %i)', (seed) => {
    const network = randomNetwork(seed)
    const before = snapshotOf(network)
    const r = random(seed)
    expect(() =>
      network.transact({ label: 'boom' }, () => {
        for (let i = 0; i < 5; i++) randomChange(network, r)
        throw new Error('boom')
      }),
    ).toThrow('boom')
    expect(snapshotOf(network)).toEqual(before)
  })

  test.each(SEEDS.slice(0, 15))('a snapshot gives back an equal network (seed %i)', (seed) => {
    const network = randomNetwork(seed)
    const r = random(seed)
    for (let i = 0; i < 6; i++) randomChange(network, r)
    const copy = networkFromSnapshot(snapshotOf(network), network.dialect)
    expect(snapshotOf(copy)).toEqual(snapshotOf(network))
    expect(verifyNetwork(copy)).toEqual([])
  })

  test.each(SEEDS.slice(0, 10))(
    'E8: the same run gives the same trace; a shuffled one the same kinds (seed %i)',
    (seed) => {
      const run = (shuffle?: () => number) => {
        const network = randomNetwork(seed, 40)
        const history = new History(network)
        new RewritePatternManager()
          .add('collapse', new Collapse())
          .rewrite(network, null, { history, ...(shuffle && { random: shuffle }) })
        const kinds = Object.fromEntries(network.kinds().map((k) => [k, network.countOfKind(k)]))
        return { kinds, trace: history.nodes().map((n) => n.transaction) }
      }
      const first = run()
      expect(run()).toEqual(first)
      for (let i = 0; i < 3; i++) expect(run(random(i)).kinds).toEqual(first.kinds)
    },
  )
})

/** A(A(x)) => A(x), confluent on chains of single use. */
class Collapse extends PatternRewriter {
  constructor() {
    super('collapse', { rootLayer: ['A'], separateMatchRewrite: true })
  }
  override match(layer: Layer): boolean {
    return layer.numOutputs === 1 && layer.input(0)?.parent?.kind === 'A' && layer.input(0)!.parent!.numOutputs === 1
  }
  override rewrite(layer: Layer): void {
    layer.output()!.replaceAllUsesWith(layer.input(0)!)
  }
}

test('the random source is the same on every machine', () => {
  const r = random(1)
  expect([r(), r(), pick(random(3), [1, 2, 3])]).toMatchInlineSnapshot(`
    [
      0.6270739405881613,
      0.002735721180215478,
      3,
    ]
  `)
})
