import { describe, expect, test } from 'vitest'
import { compareNetworks, genericDialect, History, netEffect, networkFromSnapshot, snapshotOf } from '../../src/engine'
import type { Comparison, Network } from '../../src/engine'
import { chain, copyOf, F32, random, randomChange, randomNetwork } from './support'

const short = ({ removed, added, changed, kept }: Comparison) => ({
  removed: removed.map((l) => l.kind),
  added: added.map((l) => l.kind),
  changed: changed.map((c) => [c.after.kind, c.changes.map((x) => x.type).join()]),
  kept,
})

/** A → B → C, with a history, and what each point is against the start. */
function setup() {
  const network = chain('A', 'B', 'C')
  const history = new History(network)
  const [a, b, c] = network.getLayers()
  const fuse = (kind: string) =>
    history.do({ label: kind }, () => {
      const made = network.addLayer({ kind, inputs: [a!.output()!], outputs: F32, before: b! })
      b!.output()!.replaceAllUsesWith(made.output()!)
      b!.markAsRemoved()
    })!.id
  const effect = (point = 0) => netEffect(network, history.path(history.cursor, point))
  return { network, history, a: a!, c: c!, fuse, effect }
}

describe('the net effect of a way through history', () => {
  test('names what went, what came, and what takes another value', () => {
    const { fuse, effect } = setup()
    fuse('D')
    expect(short(effect())).toEqual({ removed: ['B'], added: ['D'], changed: [['C', 'input']], kept: 1 })
  })

  test('of a change and its opposite is nothing', () => {
    const { network, history, a, effect } = setup()
    history.do({ label: 'set' }, () => network.setAttribute(a, 'axis', 1))
    expect(short(effect()).changed).toEqual([['A', 'attribute']])
    history.do({ label: 'unset' }, () => network.setAttribute(a, 'axis', null))
    expect(short(effect())).toEqual({ removed: [], added: [], changed: [], kept: 3 })
  })

  test('between branches that gave one id to two layers tells them apart', () => {
    const { history, fuse, effect } = setup()
    const left = fuse('D')
    history.undo()
    fuse('E')
    expect(short(effect(left))).toEqual({ removed: ['D'], added: ['E'], changed: [['C', 'input']], kept: 1 })
  })

  test('of a layer that came and went again is nothing', () => {
    const { network, history, effect } = setup()
    let made = -1
    history.do({ label: 'add' }, () => {
      made = network.addLayer({ kind: 'X', inputs: [], outputs: F32 }).id
    })
    history.do({ label: 'take' }, () => network.removeLayer(network.getLayer(made)!))
    expect(short(effect())).toEqual({ removed: [], added: [], changed: [], kept: 3 })
  })

  test.each(Array.from({ length: 20 }, (_, i) => i + 1))('is what the two networks differ in, seed %i', (seed) => {
    const r = random(seed)
    const network = randomNetwork(seed, 12)
    const history = new History(network)
    const states = new Map<number, Network>([[0, copyOf(network)]])
    for (let i = 0; i < 14; i++) {
      history.seek(Math.floor(r() * states.size) % states.size)
      const node = history.do({ label: `change ${i}` }, () => randomChange(network, r))
      if (node && !states.has(node.id)) states.set(node.id, copyOf(network))
    }
    for (const [point, then] of states) {
      const { removed, added, changed, kept } = netEffect(network, history.path(history.cursor, point))
      const count = (n: Network) => n.getLayers().filter((l) => !l.isRemoved()).length
      expect(count(then) - removed.length + added.length).toBe(count(network))
      expect(kept + changed.length + added.length).toBe(count(network))
      for (const l of removed) expect(then.getLayer(l.id)?.record).toEqual(l)
      for (const { before, after } of changed)
        expect([then.getLayer(before.id)?.record, network.getLayer(after.id)?.record]).toEqual([before, after])
    }
  })
})

describe('two networks without a common history', () => {
  const against = (base: Network, network: Network) => short(compareNetworks(snapshotOf(base), network))

  test('that are equal have no difference', () =>
    expect(against(chain('A', 'B'), chain('A', 'B'))).toEqual({ removed: [], added: [], changed: [], kept: 2 }))

  test('are paired by name and kind, whatever their ids', () => {
    const network = chain('A', 'B', 'C')
    const other = networkFromSnapshot({ ...snapshotOf(network), nextLayerId: 90 }, genericDialect)
    other.setAttribute(other.getLayers()[1]!, 'axis', 2)
    expect(against(network, other)).toEqual({ removed: [], added: [], changed: [['B', 'attribute']], kept: 2 })
  })

  test('are paired by kind and inputs where names differ, one pair leading to the next', () => {
    const other = chain('A', 'B')
    for (const l of other.getLayers()) other.renameLayer(l, `other_${l.name}`)
    expect(against(chain('A', 'B'), other)).toEqual({
      removed: [],
      added: [],
      changed: [
        ['A', 'name'],
        ['B', 'name'],
      ],
      kept: 0,
    })
  })

  test('a kind that only one has is removed or added', () =>
    expect(against(chain('A', 'B'), chain('A', 'D'))).toMatchObject({ removed: ['B'], added: ['D'], kept: 1 }))
})
