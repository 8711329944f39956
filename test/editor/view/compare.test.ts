import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { importOnnx } from '../../../src/dialects/onnx'
import { comparisonMarks, edgeStatus, sideOf } from '../../../src/editor/view/compare-view'
import { compared } from '../../../src/editor/engine-worker/differences'
import { Workspace } from '../../../src/editor/engine-worker/workspace'
import { LayoutSession } from '../../../src/editor/layout-worker/layout-session'
import { unpackScene } from '../../../src/editor/protocol/scene-codec'
import { compareNetworks, derivations, History, netEffect, snapshotOf } from '../../../src/engine'
import type { Network } from '../../../src/engine'
import { upgradeForTarget } from '../../../src/patterns'
import { chain, F32 } from '../../engine/support'
import { arranger, expectSound } from '../../layout/support'

describe('the words of a difference', () => {
  /** What is said of one change to A → B → C. */
  function said(change: (network: Network) => void): string[] {
    const network = chain('A', 'B', 'C')
    const history = new History(network)
    history.do({ label: 'change' }, () => change(network))
    const { differences } = compared(network, netEffect(network, history.path(history.cursor, 0)), true)
    return differences.map(({ status, kind, changes }) => [status, kind, ...changes].join(' '))
  }
  const at = (network: Network, i: number) => network.getLayers()[i]!

  test('an attribute', () => {
    const said1 = said((n) => n.setAttribute(at(n, 1), 'axis', 2))
    expect(said1).toEqual(['changed B attribute axis new: 2'])
  })
  test('an input', () =>
    expect(said((n) => at(n, 1).output()!.replaceAllUsesWith(at(n, 0).output()!))).toEqual([
      'changed C input 0 now from A_0, was B_1',
    ]))
  test('a name', () => expect(said((n) => n.renameLayer(at(n, 0), 'first'))).toEqual(['changed A was called A_0']))
  test('a network output', () =>
    expect(said((n) => at(n, 2).output()!.replaceAllUsesWith(at(n, 1).output()!))).toEqual([
      'changed output now B_1, was C_2',
    ]))
  test('a layer that goes and one that comes', () => {
    const replace = (n: Network) => {
      const made = n.addLayer({ kind: 'D', inputs: [at(n, 0).output()!], outputs: F32, before: at(n, 1) })
      at(n, 3).output()!.replaceAllUsesWith(made.output()!)
      at(n, 3).markAsRemoved()
      at(n, 2).markAsRemoved()
    }
    expect(said(replace).map((s) => s.split(' ').slice(0, 2).join(' '))).toEqual(
      expect.arrayContaining(['added D', 'removed B', 'removed C', 'changed output']),
    )
  })
})

describe('the picture of a comparison', () => {
  const bytes = new Uint8Array(readFileSync('public/models/bert-12.torchscript.onnx'))

  async function picture(ownIds: boolean) {
    const home = Workspace.ofSnapshot(importOnnx(bytes).snapshot)
    const start = snapshotOf(home.network)
    const label = home.catalogue.find((o) => o.label.startsWith('Gelu'))!.label
    const layout = new LayoutSession(start, arranger())
    await layout.openAll()
    for (const { root } of [...home.matches(label)].slice(0, 3)) {
      await layout.follow(home.apply(label, root).steps)
    }
    await layout.follow(home.prune().steps)
    const comparison = ownIds
      ? netEffect(home.network, home.history.path(home.history.cursor, 0))
      : compareNetworks(start, home.network)
    const found = compared(home.network, comparison, ownIds)
    const before = unpackScene((await layout.draw()).scene)
    const scene = unpackScene((await layout.compare(found.ghosts)).scene)
    return { found, scene, before, after: unpackScene((await layout.draw()).scene) }
  }

  test.each([
    ['of one history', true],
    ['of two files', false],
  ])('%s holds what is gone and what is new, each at a place of its own', async (_, ownIds) => {
    const { found, scene, before, after } = await picture(ownIds)
    expect(found.counts).toEqual({ removed: 15, added: 3, changed: 3, kept: 430 })
    expectSound(scene)
    const marks = comparisonMarks(scene, found)
    const titles = (status: string) =>
      scene.nodes.filter((n) => marks.get(n.key)?.status === status).map((n) => n.face.title)
    expect(titles('added')).toEqual(['Gelu', 'Gelu', 'Gelu'])
    expect(titles('removed').sort()).toEqual([3, 3, 3].flatMap(() => ['Add', 'Div', 'Erf', 'Mul', 'Mul']).sort())
    // Each Gelu that went took one value twice and handed one on: seven lines, the last to the layer that changed.
    expect(scene.edges.filter((e) => edgeStatus(e, marks) === 'removed')).toHaveLength(3 * 7)
    // What is gone may need a frame that what is left does not.
    const shown = (nodes: typeof scene.nodes) => nodes.flatMap((n) => (n.kind === 'group' ? [] : [n.key])).sort()
    expect(shown(sideOf(scene, marks, 'now').nodes)).toEqual(shown(after.nodes))
    expect(after).toEqual(before)
  })
})

describe('a comparison over history', () => {
  const home = Workspace.ofSnapshot(
    upgradeForTarget(importOnnx(new Uint8Array(readFileSync('public/models/bert-12.torchscript.onnx'))).snapshot, 'ort')
      .snapshot,
  )
  home.offer('ort', [])
  const wanted = home.catalogue.filter((o) => o.type === 'rewriter' && !o.optIn)
  home.plan({ wanted: wanted.map(({ label, benefit }) => ({ label, benefit })), whole: true })
  const tip = home.history.nodes().at(-1)!.id
  const between = (from: number, to: number) => {
    home.seek(from)
    const way = home.history.path(from, to)
    return compared(home.network, netEffect(home.network, way), true, derivations(way))
  }

  test('says which layers became which, rewrites that build on each other as one', () => {
    const { differences, rewrites, counts } = between(tip, 0)
    const attention = rewrites.findIndex((r) => /became .*Attention/.test(r.title))
    expect(rewrites[attention]!.patterns).toContain('Attention')
    const parts = differences.filter((d) => d.rewrite === attention)
    const [gone, came] = ['removed', 'added'].map((status) => parts.filter((d) => d.status === status))
    expect(rewrites[attention]!.title).toMatch(new RegExp(`^${gone!.length} layers became `))
    expect(gone!.map((d) => d.kind)).toContain('Softmax')
    expect(came!.map((d) => d.kind)).toContain('Attention')
    // Of one rewrite all stands together.
    const places = differences.flatMap((d, i) => (d.rewrite === attention ? [i] : []))
    expect(places.at(-1)! - places[0]!).toBe(places.length - 1)
    expect(differences.filter((d) => d.rewrite !== null)).toHaveLength(counts.removed + counts.added)
  })

  test('keeps what only takes what became of its operands', () => {
    const { counts, differences } = between(tip, 0)
    expect(counts.kept).toBeGreaterThan(20)
    expect(counts.changed).toBe(differences.filter((d) => d.status === 'changed' && d.layer >= 0).length)
    const total = home.network.getLayers().filter((l) => !l.isRemoved()).length
    expect(counts.kept + counts.changed + counts.added).toBe(total)
  })

  test('is told the same way from the other end, with the sides exchanged', () => {
    const [back, forth] = [between(tip, 0), between(0, tip)]
    expect([forth.counts.removed, forth.counts.added]).toEqual([back.counts.added, back.counts.removed])
    const patterns = (c: typeof back) => c.rewrites.map((r) => r.patterns.join()).sort()
    expect(patterns(forth)).toEqual(patterns(back))
  })

  test('of two branches tells the rewrite of each, although both gave one id to what they made', () => {
    const start = Workspace.ofSnapshot(
      importOnnx(new Uint8Array(readFileSync('public/models/bert-12.torchscript.onnx'))).snapshot,
    )
    const [first, second] = [...start.matches('Gelu (erf)')]
    start.apply('Gelu (erf)', first!.root)
    const one = start.history.cursor
    start.seek(0)
    start.apply('Gelu (erf)', second!.root)
    const way = start.history.path(start.history.cursor, one)
    const { rewrites, counts } = compared(start.network, netEffect(start.network, way), true, derivations(way))
    expect(rewrites.map((r) => r.title).sort()).toEqual(['1 layer became Div, Erf and 3 more', '5 layers became Gelu'])
    expect(counts.changed).toBe(0)
  })
})
