import { describe, expect, test } from 'vitest'
import {
  applyTransaction,
  History,
  invertTransaction,
  snapshotOf,
  WrongBaseError,
  WrongHistoryError,
} from '../../src/engine'
import type { Network } from '../../src/engine'
import { chain } from './support'

function setup(): { network: Network; history: History; tag: (value: number) => number } {
  const network = chain('A', 'B')
  const history = new History(network)
  const tag = (value: number): number => {
    history.do({ label: `tag ${value}` }, () => network.setAttribute(network.getLayers()[0]!, 'tag', value))
    return history.cursor
  }
  return { network, history, tag }
}

const tagOf = (network: Network): unknown => network.getLayers()[0]!.attribute('tag')

describe('history', () => {
  test('undo and redo move the cursor and the network', () => {
    const { network, history, tag } = setup()
    tag(1)
    tag(2)
    expect(history.undo()!.direction).toBe('backward')
    expect(tagOf(network)).toBe(1)
    history.redo()
    expect(tagOf(network)).toBe(2)
    expect(history.redo()).toBeNull()
    history.seek(history.root)
    expect(history.undo()).toBeNull()
  })

  test('acting from an earlier point branches, and seek crosses between branches', () => {
    const { network, history, tag } = setup()
    const base = tag(1)
    const left = tag(2)
    history.seek(base)
    const right = tag(3)
    expect(history.node(base).children).toEqual([left, right])
    expect(history.seek(left).map((s) => s.direction)).toEqual(['backward', 'forward'])
    expect(tagOf(network)).toBe(2)
  })

  test('the same act from the same point goes back into its branch', () => {
    const { history, tag } = setup()
    const first = tag(1)
    history.undo()
    tag(2)
    history.undo()
    expect(tag(1)).toBe(first)
    expect(history.nodes().length).toBe(3)
  })

  test('redo goes where the cursor was last', () => {
    const { history, tag } = setup()
    const a = tag(1)
    history.undo()
    tag(2)
    history.seek(a)
    history.undo()
    history.redo()
    expect(history.cursor).toBe(a)
  })

  test('a change behind the back of the history is refused', () => {
    const { network, history, tag } = setup()
    tag(1)
    network.setAttribute(network.getLayers()[1]!, 'tag', 9)
    expect(() => history.undo()).toThrow(WrongHistoryError)
  })

  test('an act that throws leaves the history usable', () => {
    const { network, history, tag } = setup()
    tag(1)
    expect(() =>
      history.do({ label: 'boom' }, () => {
        tagThenThrow(network)
      }),
    ).toThrow('boom')
    history.undo()
    expect(tagOf(network)).toBeUndefined()
  })

  test('a branch can be dropped, the open one cannot', () => {
    const { history, tag } = setup()
    const a = tag(1)
    history.undo()
    const b = tag(2)
    expect(() => history.drop(b)).toThrow('is open')
    history.drop(a)
    expect(history.node(history.root).children).toEqual([b])
  })

  test('what was dropped comes back with its ids, names, bookmarks and place', () => {
    const { network, history, tag } = setup()
    const a = tag(1)
    const deep = tag(11)
    history.rename(deep, 'deep')
    history.nameBranch(a, 'left')
    history.bookmark(deep, true)
    history.seek(history.root)
    const b = tag(2)
    const before = structuredClone(history.nodes())
    const dropped = history.drop(a)
    expect(history.nodes().map((n) => n.id)).toEqual([0, b])
    history.restore(dropped)
    expect(history.nodes()).toEqual(before)
    history.seek(deep)
    expect(tagOf(network)).toBe(11)
    expect(() => history.restore(dropped)).toThrow('was not dropped')
  })

  test('a point made after a drop does not take the id of one that was dropped', () => {
    const { history, tag } = setup()
    const a = tag(1)
    history.undo()
    const b = tag(2)
    const dropped = history.drop(a)
    const c = tag(3)
    history.restore(dropped)
    expect(new Set([a, b, c]).size).toBe(3)
    expect(history.node(history.root).children).toEqual([a, b])
  })

  test('a transaction is refused on another state of the network, and changes nothing there', () => {
    const network = chain('A', 'B')
    const t = network.transact({ label: 't' }, () => {
      network.setAttribute(network.getLayers()[1]!, 'x', 1)
      network.renameLayer(network.getLayers()[0]!, 'other')
    })!
    const other = chain('A', 'C', 'B')
    other.renameLayer(other.getLayers()[0]!, 'taken')
    const before = snapshotOf(other)
    expect(() => applyTransaction(other, t)).toThrow(WrongBaseError)
    expect(snapshotOf(other)).toEqual(before)
    expect(() => applyTransaction(network, t)).toThrow(WrongBaseError)
    applyTransaction(network, invertTransaction(t))
    expect(snapshotOf(network)).toEqual(snapshotOf(chain('A', 'B')))
  })
})

function tagThenThrow(network: Network): void {
  network.setAttribute(network.getLayers()[0]!, 'tag', 7)
  throw new Error('boom')
}
