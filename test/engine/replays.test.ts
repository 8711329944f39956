import { describe, expect, test } from 'vitest'
import { snapshotOf } from '../../src/engine'
import type { Network } from '../../src/engine'
import { expectHistoryKept, expectTraceKept, randomRun } from './replays'
import { anyChange, expectLaws, random, randomNetwork } from './support'

const SEEDS = Array.from({ length: 150 }, (_, i) => i + 1)

describe('E12: damaged on the way', () => {
  test.each(SEEDS)('a trace is refused with place and reason, or replays soundly and undoes (seed %i)', (seed) => {
    expectTraceKept(seed)
  })
  test.each(SEEDS)('a history is refused with place and reason, or grows soundly and undoes (seed %i)', (seed) => {
    expectHistoryKept(seed)
  })
  test('both happen', () => {
    const outcomes = new Set(SEEDS.flatMap((seed) => [expectTraceKept(seed).outcome, expectHistoryKept(seed).outcome]))
    expect(outcomes).toEqual(new Set(['refused', 'replayed']))
  })
})

/** What runs rely on to look for nothing where there is nothing. */
function expectCounts(network: Network): void {
  const { removedCount, constantCount } = network.store
  expect(removedCount).toBe(network.removedLayers.length)
  expect(constantCount).toBe(network.getTensors().filter((t) => t.isConstant).length)
}

describe('random changes of all kinds', () => {
  test.each(SEEDS.slice(0, 40))('E1 E4 E9: every transaction verifies, inverts and replays (seed %i)', (seed) => {
    const network = randomNetwork(seed)
    const r = random(seed * 7919)
    for (let i = 0; i < 12; i++) {
      const before = snapshotOf(network)
      const t = network.transact({ label: `change ${i}` }, () => {
        for (let j = 0; j <= r() * 3; j++) anyChange(network, r)
      })
      if (t) expectLaws(before, network, t)
      expectCounts(network)
    }
  })

  test('they cover every kind of edit', () => {
    const types = new Set(
      SEEDS.flatMap((seed) => randomRun(randomNetwork(seed), seed).flatMap((t) => t.edits.map((e) => e.type))),
    )
    expect([...types].sort()).toEqual([
      'addLayer',
      'addTensor',
      'removeLayer',
      'removeTensor',
      'rename',
      'setAttribute',
      'setFLayer',
      'setInput',
      'setNetworkInput',
      'setNetworkOutput',
      'setProperty',
      'setRemoved',
      'setTensorType',
    ])
  })
})
