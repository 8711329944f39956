import { describe, expect, test } from 'vitest'
import { buildGroups, frameOf, indexed, initiallyOpen } from '../../src/layout'
import { repeatedRuns } from '../../src/layout/sections'
import { Sketch, transformer } from './support'

describe('groups', () => {
  test('follow module scopes, and nearly-all-embracing ones are left out', () => {
    const source = transformer(3)
    const tree = buildGroups(source, frameOf(source))
    expect(tree.root.children.map((g) => g.name)).toEqual(['layers.0', 'layers.1', 'layers.2'])
    expect(tree.root.children[0]!.children.map((g) => g.name)).toEqual(['norm', 'attention', 'mlp'])
  })

  test('a scope of three layers has no frame of its own', () => {
    const s = new Sketch()
    s.chain(['Conv', 'BatchNormalization', 'Relu'], 'stem', s.chain(['A', 'B', 'C', 'D', 'E'], 'body', s.input()))
    const source = s.source()
    const tree = buildGroups(source, frameOf(source))
    expect([...tree.groups.keys()]).toEqual(['', 'body'])
  })

  test.each([
    ['stays around two layers', ['Erf', 'Relu'], 2],
    ['of one layer gives way to the layer', ['Erf'], undefined],
  ])('a frame that a rewrite shrinks %s', (_, left, total) => {
    const source = transformer(2)
    const frame = frameOf(source)
    const layers = source.layers.map((l) =>
      l.scope.endsWith('layers.0/mlp') && !left.includes(l.kind) ? { ...l, removed: true } : l,
    )
    const tree = buildGroups(indexed({ ...source, layers }), frame)
    expect(tree.groups.get('model/layers.0/mlp')?.total).toBe(total)
    for (const l of layers) if (!l.removed) expect(tree.homeOf.has(l.id)).toBe(true)
  })

  test('layers that only prepare a constant lie with the module that uses it', () => {
    const s = new Sketch()
    const prepared = s.layer('Shape', '', [])
    let x = s.chain(['A', 'B', 'C', 'D'], 'one', s.input())
    x = s.layer('Mul', 'two', [s.chain(['A', 'B', 'C', 'D'], 'two', x), prepared])
    s.output(x)
    const source = s.source()
    expect(buildGroups(source, frameOf(source)).homeOf.get(0)?.path).toBe('two')
  })

  test('a network without scopes is cut at its repeated blocks', () => {
    const source = transformer(40, false)
    const tree = buildGroups(source, frameOf(source))
    const blocks = tree.root.children.filter((g) => g.name.startsWith('block'))
    expect(blocks.length).toBeGreaterThanOrEqual(38)
    expect(new Set(blocks.map((g) => g.total))).toEqual(new Set([16]))
  })

  test('no group of any network holds more than can be laid out at once', () => {
    const s = new Sketch()
    let x = s.input()
    for (let i = 0; i < 5000; i++) x = s.layer(`Kind${(i * 7919) % 613}`, '', [x])
    const source = s.source()
    const tree = buildGroups(source, frameOf(source))
    expect(Math.max(...[...tree.groups.values()].map((g) => g.layers.length + g.children.length))).toBeLessThanOrEqual(
      300,
    )
  })
})

test('blocks too large to lay out are cut alike, however many there are', () => {
  const s = new Sketch()
  let x = s.input()
  for (let block = 0; block < 12; block++)
    for (let i = 0; i < 320; i++) x = s.layer(`Kind${(i * 7919) % 613}`, `layers.${block}`, [x])
  s.output(x)
  const source = s.source()
  const tree = buildGroups(source, frameOf(source))
  const insides = tree.root.children.map((g) => g.children.map((c) => [c.name, c.total]))
  expect(insides).toHaveLength(12)
  for (const inside of insides)
    expect(inside).toEqual([
      ['part 1', 107],
      ['part 2', 106],
      ['part 3', 107],
    ])
})

describe('repeated runs', () => {
  test('are found between what repeats nothing', () => {
    const block = [...'abcdefghij']
    const tokens = [...'xyz', ...block, ...block, ...block, ...'uvw']
    expect(repeatedRuns(tokens)).toEqual([{ start: 3, period: 10, count: 3 }])
  })

  test('there are none in a sequence that does not repeat', () => {
    expect(repeatedRuns(Array.from({ length: 200 }, (_, i) => `k${i}`))).toEqual([])
  })
})

describe('what is open at first', () => {
  test('is everything, where it fits a screen', () => {
    const source = transformer(2)
    const tree = buildGroups(source, frameOf(source))
    expect(initiallyOpen(tree).size).toBe(tree.groups.size - 1)
  })

  test('is none of eighty equal layers rather than some of them', () => {
    const source = transformer(80)
    const tree = buildGroups(source, frameOf(source))
    expect([...initiallyOpen(tree)].filter((path) => /layers\.\d+$/.test(path))).toEqual([])
  })
})
