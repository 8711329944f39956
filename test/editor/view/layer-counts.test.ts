/** What the outline and the totals count, followed edit by edit, against a fresh count. */
import { describe, expect, test } from 'vitest'
import { applyTransaction, genericDialect, invertTransaction, Network, prune } from '../../../src/engine'
import type { Transaction } from '../../../src/engine'
import { LayerCounts } from '../../../src/editor/view/layer-counts'
import type { Scope } from '../../../src/editor/view/layer-counts'
import { random, randomChange, randomNetwork } from '../../engine/support'

function facts(census: LayerCounts) {
  const scopes: unknown[] = []
  const stack: Scope[] = [census.root]
  for (let s = stack.pop(); s; s = stack.pop()) {
    if (s.total > 0) scopes.push([s.path, s.total, [...s.layers].sort((a, b) => a - b)])
    stack.push(...s.scopes)
  }
  const sorted = (list: unknown[]) => list.map((x) => JSON.stringify(x)).sort()
  return { scopes: sorted(scopes), categories: sorted([...census.byCategory].filter(([, n]) => n > 0)) }
}

describe('following edits counts what a fresh count finds', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('seed %i', (seed) => {
    const r = random(seed)
    const network = randomNetwork(seed, 30)
    const census = new LayerCounts(network)
    const done: Transaction[] = []
    const expectTrue = () => expect(facts(census)).toEqual(facts(new LayerCounts(network)))
    for (let i = 0; i < 25; i++) {
      const t = network.transact({ label: `${i}` }, () => (i % 6 === 5 ? prune(network) : randomChange(network, r)))
      if (!t) continue
      done.push(t)
      census.follow(t.edits)
      expectTrue()
    }
    for (const t of done.reverse()) {
      const back = invertTransaction(t)
      applyTransaction(network, back)
      census.follow(back.edits)
      expectTrue()
    }
  })
})

test('a scope without layers counts nothing', () => {
  const network = new Network(genericDialect)
  const x = network.addInput('x', 'float32', [1])
  const layer = network.addLayer({ kind: 'Relu', inputs: [x], outputs: [{}], scope: 'a/b' })
  const census = new LayerCounts(network)
  const t = network.transact({ label: 'gone' }, () => network.removeLayer(layer))!
  census.follow(t.edits)
  expect(facts(census).scopes).toEqual([])
})
