import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { importOnnx } from '../../../src/dialects/onnx'
import { Workspace } from '../../../src/editor/engine-worker/workspace'
import { matchesIn, scopesToChoose } from '../../../src/editor/view/match-scopes'
import { matchKey, overlapsOf } from '../../../src/editor/view/overlaps'
import { previewOf } from '../../../src/editor/engine-worker/preview'
import { previewText } from '../../../src/editor/commands/match/preview'
import type { MatchInfo } from '../../../src/editor/protocol/match-info'
import { Scheduler } from '../../../src/editor/engine-worker/scheduler'
import { snapshotOf } from '../../../src/engine'
import { upgradeForTarget } from '../../../src/patterns'
import { net } from '../../patterns/notation'

function bert(): Workspace {
  const { snapshot } = importOnnx(new Uint8Array(readFileSync('public/models/bert-12.torchscript.onnx')))
  return Workspace.ofSnapshot(upgradeForTarget(snapshot, 'onnx').snapshot, snapshot)
}

function match(root: number, layers: readonly number[], scope = ''): MatchInfo {
  const parts = layers.map((layer, i) => [`p${i}`, layer] as const)
  return { pattern: 'p', root, rootName: `L${root}`, scope, parts, tensors: [] }
}

describe('overlaps', () => {
  const overlaps = overlapsOf([match(1, [1, 2]), match(3, [2, 3]), match(5, [3, 5]), match(9, [9])])
  test.each([
    [1, [3]],
    [3, [1, 5]],
    [5, [3]],
    [9, undefined],
  ])('the match at %j overlaps %j', (root, others) =>
    expect(overlaps.get(matchKey({ pattern: 'p', root }))?.map((m) => m.root)).toEqual(others),
  )

  test('matches of two patterns at one layer are two, and overlap', () => {
    const other = { ...match(1, [1]), pattern: 'q' }
    const both = overlapsOf([match(1, [1, 2]), other])
    expect(both.get(matchKey(other))).toEqual([match(1, [1, 2])])
  })
})

describe('scopes of matches', () => {
  const blocks = Array.from({ length: 80 }, (_, i) => match(i, [i], `m/layers.${i}/mlp`))
  const all = [...blocks, match(90, [90], 'm/head')]
  const names = (path: string) => scopesToChoose(all, path).map((s) => `${s.depth} ${s.name} ${s.count}`)

  test('are listed one level at a time, and what wraps all of them is opened at once', () => {
    expect(names('').slice(0, 3)).toEqual(['0  81', '1 m 81', '2 layers.0/mlp 1'])
    expect(names('')).toHaveLength(83)
    expect(names('m/layers.7/mlp').slice(0, 3)).toEqual(['0  81', '1 m 81', '2 layers.7/mlp 1'])
  })
  test('leave the matches inside', () => {
    expect(matchesIn(all, 'm/layers.1')).toHaveLength(1)
    expect(matchesIn(all, '')).toHaveLength(81)
  })
})

describe('a preview', () => {
  const home = bert()
  const label = 'Gelu (erf)'
  const [first] = [...home.matches(label)]
  const rewriter = home.rewriter(label)
  const preview = () => previewOf(home.network, rewriter, home.network.getLayer(first!.root)!, [])

  test('says what would go and come, and where values would lead', () => {
    const seen = preview()!
    expect(seen.removed.map((l) => l.kind).sort()).toEqual(['Add', 'Div', 'Erf', 'Mul', 'Mul'])
    expect(seen.added).toHaveLength(1)
    expect(seen.links).toHaveLength(2)
    expect(previewText(seen)).toBe('5 layers out (Mul 2, Add, Erf, Div), 1 layer in (Gelu)')
  })
  test('leaves network and history as they were (E2, E3)', () => {
    const before = snapshotOf(home.network)
    preview()
    expect(snapshotOf(home.network)).toEqual(before)
    expect(home.timeline()).toMatchObject({ steps: [], cursor: 0, branches: [] })
    expect(home.apply(label, first!.root).steps).toHaveLength(1)
  })
})

test('of matches that overlap, a preview of one names those that it takes away', () => {
  const home = new Workspace(net('in x float32[4]\ny = Neg(Neg(Neg(Neg(x))))\nout y'))
  home.offer('ort', [{ label: 'twice', text: 'y = Neg(Neg(x))\n=>\ny = Identity(x)' }])
  const matches = [...home.matches('twice')]
  const overlaps = overlapsOf(matches)
  expect(matches.map((m) => overlaps.get(matchKey(m))?.length)).toEqual([1, 2, 1])
  const taken = (i: number) =>
    previewOf(home.network, home.rewriter('twice'), home.network.getLayer(matches[i]!.root)!, matches)!.taken
  expect(taken(0)).toEqual([matches[0], matches[1]])
  expect(taken(1)).toEqual(matches)
})

describe('looks at a network in slices', () => {
  const turns = (pause: () => void) => {
    let now = 0
    return new Scheduler(
      () => (now += 20),
      () => Promise.resolve(pause()),
    )
  }
  function* items() {
    yield* [1, 2, 3]
  }

  test('begin again where the network changes under them', async () => {
    let changed = false
    const t = turns(() => {
      if (!changed) t.changed()
      changed = true
    })
    const seen: (number | string)[] = []
    const over = await t.look(
      items,
      () => seen.push('begin'),
      (n) => seen.push(n),
      () => true,
    )
    expect(over).toBe(true)
    expect(seen).toEqual(['begin', 1, 'begin', 1, 2, 3])
  })

  test('end where nobody wants them any more', async () => {
    let wanted = true
    const t = turns(() => void (wanted = false))
    const seen: number[] = []
    expect(
      await t.look(
        items,
        () => undefined,
        (n) => seen.push(n),
        () => wanted,
      ),
    ).toBe(false)
    expect(seen).toEqual([1])
  })

  test('wait for work that changes it; work that is stopped ends where it stands', async () => {
    const t = turns(() => undefined)
    const order: string[] = []
    function* work() {
      try {
        for (;;) yield order.push('work')
      } finally {
        order.push('end')
      }
    }
    const working = t.work(
      work(),
      () => undefined,
      () => order.length > 2,
    )
    await Promise.all([
      working,
      t.look(
        items,
        () => order.push('look'),
        () => undefined,
        () => true,
      ),
    ])
    expect(order).toEqual(['work', 'work', 'work', 'end', 'look'])
    expect(await working).toBeNull()
  })
})
