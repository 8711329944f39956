import { describe, expect, test } from 'vitest'
import { History } from '../../../src/engine'
import { TimelineReport } from '../../../src/editor/engine-worker/timeline-report'
import type { BranchInfo } from '../../../src/editor/protocol/timeline'
import { TimelineReader, TimelineTeller } from '../../../src/editor/protocol/timeline-news'
import { chain, F32 } from '../../engine/support'

/** A history whose acts put one more layer in. */
function setup() {
  const network = chain('A', 'B')
  const history = new History(network)
  const tree = new TimelineReport(history)
  const act = (kind: string): number => {
    const [first] = network.getLayers()
    const node = history.do({ label: `add ${kind}`, root: first!.id, rootName: first!.name }, () => {
      network.addLayer({ kind, inputs: [first!.output()!], outputs: F32 })
    })
    tree.note(node!)
    return node!.id
  }
  return { history, tree, act }
}

const short = ({ first, tip, own, shared, from, steps, left, open, name }: BranchInfo) => ({
  ids: [first, tip, own],
  from,
  steps: [shared, steps],
  left,
  open,
  name,
})

describe('the tree of a history', () => {
  test('one line is one branch, with its steps and what it leaves', () => {
    const { tree, act } = setup()
    act('C')
    act('D')
    expect(tree.timeline().branches.map(short)).toEqual([
      { ids: [1, 2, 1], from: -1, steps: [0, 2], left: 4, open: true, name: null },
    ])
    expect(tree.timeline().steps.map((s) => s.left)).toEqual([3, 4])
  })

  test('acting from an earlier point is a branch that hangs on the first', () => {
    const { history, tree, act } = setup()
    const fork = act('C')
    act('D')
    history.seek(fork)
    const other = act('E')
    history.nameBranch(other, 'mine')
    expect(tree.timeline().branches.map(short)).toEqual([
      { ids: [1, 2, 2], from: -1, steps: [0, 2], left: 4, open: false, name: null },
      { ids: [3, 3, 3], from: 0, steps: [1, 2], left: 4, open: true, name: 'mine' },
    ])
    expect(tree.timeline().steps[1]!.branches).toMatchObject([{ node: 2, label: 'add D', name: null }])
  })

  test('a step tells of the other ways by the name of their branch', () => {
    const { history, tree, act } = setup()
    history.nameBranch(act('C'), 'first')
    history.undo()
    act('D')
    expect(tree.timeline().steps[0]!.branches).toMatchObject([{ node: 1, label: 'add C', name: 'first' }])
  })

  test('deleting the open branch goes to where it grew from, and takes only what is its own', () => {
    const { history, tree, act } = setup()
    const fork = act('C')
    act('D')
    history.seek(fork)
    act('E')
    const { own } = tree.timeline().branches[1]!
    expect(tree.leave(own).map((s) => s.direction)).toEqual(['backward'])
    tree.drop(own, 'the second')
    expect(tree.timeline()).toMatchObject({ cursor: fork, deleted: 'the second' })
    expect(tree.timeline().branches.map((b) => b.tip)).toEqual([2])
    tree.restore()
    expect(tree.timeline()).toMatchObject({ cursor: fork, deleted: null })
    expect(tree.timeline().branches.map((b) => b.tip)).toEqual([2, 3])
  })

  test('named and marked points are bookmarks, on every branch, the start too', () => {
    const { history, tree, act } = setup()
    history.rename(act('C'), 'here')
    history.undo()
    act('D')
    history.bookmark(0, true)
    expect(tree.timeline().bookmarks).toEqual([
      { node: 0, name: null, label: 'Original', rootName: '', step: 0, left: 2 },
      { node: 1, name: 'here', label: 'add C', rootName: 'A_0', step: 1, left: 3 },
    ])
  })

  test('a branch that loses the one it hung on keeps its name', () => {
    const { history, tree, act } = setup()
    history.nameBranch(act('C'), 'old')
    history.undo()
    history.nameBranch(act('D'), 'new')
    tree.drop(1, 'old')
    expect(tree.timeline().branches.map(short)).toEqual([
      { ids: [2, 2, 2], from: -1, steps: [0, 1], left: 3, open: true, name: 'new' },
    ])
  })
})

describe('a timeline that is told in news', () => {
  /** What is told after each of these, and what the other side makes of it. */
  function told() {
    const { tree, ...rest } = setup()
    const teller = new TimelineTeller()
    const reader = new TimelineReader()
    const tell = () => {
      const news = teller.news(tree.timeline())
      expect(reader.read(structuredClone(news))).toEqual(tree.timeline())
      return [...news.changed.keys()]
    }
    return { tree, ...rest, tell }
  }

  test('is the same on the other side, and only rows that changed cross', () => {
    const { history, act, tell } = told()
    act('C')
    const second = act('D')
    expect(tell()).toEqual([0, 1])
    history.seek(0)
    expect(tell()).toEqual([])
    history.rename(second, 'mine')
    expect(tell()).toEqual([1])
    history.seek(second)
    act('E')
    expect(tell()).toEqual([2])
  })

  test('another branch brings its rows, and the fork says so', () => {
    const { history, tree, act, tell } = told()
    act('C')
    act('D')
    tell()
    history.seek(1)
    act('E')
    expect(tell()).toEqual([1])
    history.seek(2)
    expect(tell()).toEqual([1])
    tree.leave(3)
    tree.drop(3, 'the second')
    expect(tell()).toEqual([1])
  })

  test('said sizes cost every step anew', () => {
    const { tree, act, tell } = told()
    act('C')
    act('D')
    tell()
    tree.setSizes({ S: 4 })
    expect(tell()).toEqual([0, 1])
  })
})
