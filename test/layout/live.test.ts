/** A picture that is kept by edits is the one that is built from the network as it is. */
import { expect, test } from 'vitest'
import { Workspace } from '../../src/editor/engine-worker/workspace'
import { sourceOf } from '../../src/editor/layout-worker/live-source'
import { applyTransaction, invertTransaction, networkFromSnapshot, snapshotOf } from '../../src/engine'
import type { HistoryStep, NetworkSnapshot } from '../../src/engine'
import { buildGroups, buildView, frameOf, Touched } from '../../src/layout'
import type { GraphSource, GroupFrame, GroupTree, LiveView } from '../../src/layout'
import { dialectNamed } from '../../src/dialects/tensorrt'
import { pick, random } from '../engine/support'
import { RandomNetwork } from '../patterns/random-network'

/** Some layers of a random network lie in modules, some modules in others, so that steps make groups come and go. */
function scoped(start: NetworkSnapshot, r: () => number): NetworkSnapshot {
  const scopes = ['', 'a', 'a/x', 'a/y', 'b', 'b/x/deep', 'c']
  let scope = ''
  const layers = start.layers.map((layer) => {
    if (r() < 0.4) scope = pick(r, scopes)
    return { ...layer, scope }
  })
  return { ...start, layers }
}

/** Every scope of two layers has a frame; in every other network some layers lie in sections. */
function frameFor(source: GraphSource, sections: boolean, r: () => number): GroupFrame {
  const frame: GroupFrame = { ...frameOf(source), dissolved: new Set() }
  if (!sections) return frame
  const at = (i: number) => ({ cut: '', name: `block ${Math.floor(i / 10)}` })
  const cut = source.layers.flatMap((l, i) => (r() < 0.8 ? [[l.id, at(i)] as const] : []))
  return { ...frame, sectionOf: new Map(cut) }
}

/** What a view says, without the objects that it says it with. */
function said({ contents }: LiveView) {
  return [...contents.values()]
    .map(({ group, items, links, entries, exits, uses, stubs, long }) => ({
      path: group.path,
      items: items.map(({ home, group: inner, stubPorts, ...item }) => ({
        ...item,
        home: home.path,
        total: inner?.total,
        stubs: [[...stubPorts.in], [...stubPorts.out]],
      })),
      links,
      ends: [entries, exits],
      uses: uses.map(({ tensor, from, to }) => [tensor, from.key, from.home.path, to.key, to.home.path, to.port]),
      stubs,
      long: [...long].sort(),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

const grouped = (tree: GroupTree) =>
  [...tree.groups.values()]
    .map(({ path, name, parent, layers, children, total }) => ({
      path,
      name,
      total,
      parent: parent?.path,
      layers: [...layers].sort((a, b) => a - b),
      children: children.map((c) => c.path).sort(),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))

let groupsThatCame = 0

test.each(Array.from({ length: 40 }, (_, i) => i + 1))(
  'after any acts, moves and branches it is the picture of the network as it is, seed %i',
  (seed) => {
    const r = random(seed)
    const start = scoped(snapshotOf(new RandomNetwork(r).grow(40, 12)), r)
    const home = Workspace.ofSnapshot(start)
    const labels = home.catalogue.filter((o) => o.type === 'rewriter' && !o.optIn).map((o) => o.label)
    const network = networkFromSnapshot(start, dialectNamed(start.dialect))
    const source = sourceOf(network)
    const tree = buildGroups(source, frameFor(source, seed % 2 === 0, r))
    const open = new Set([...tree.groups.keys()].filter((path) => path !== '' && r() < 0.7))
    let view = buildView(tree, open)
    let touched = new Touched()
    const walk = (steps: readonly HistoryStep[]): void => {
      for (const { transaction, direction } of steps) {
        const t = direction === 'forward' ? transaction : invertTransaction(transaction)
        applyTransaction(network, t)
        touched.follow(t.edits)
      }
    }
    for (let act = 0; act < 24; act++) {
      const groups = tree.groups.size
      const from = home.history.cursor
      const found = labels.flatMap((label) => [...home.matches(label)].slice(0, 2))
      const what = r()
      if (what < 0.5 && found.length > 0) {
        const match = pick(r, found)
        home.apply(match.pattern, match.root)
      } else if (what < 0.6) home.prune()
      else home.seek(pick(r, home.history.nodes()).id)
      walk(home.history.path(from, home.history.cursor))
      // Several steps may go by before anybody looks.
      if (r() < 0.3) continue
      const parts = tree.follow(touched)
      if (parts) view.follow(touched, parts)
      else view = buildView(tree, open)
      touched = new Touched()
      if (tree.groups.size > groups) groupsThatCame++
      const afresh = buildGroups(source, tree.frame)
      expect(grouped(tree)).toEqual(grouped(afresh))
      expect(said(view)).toEqual(said(buildView(afresh, open)))
    }
  },
)

test('groups came back, and not once', () => expect(groupsThatCame).toBeGreaterThan(10))
