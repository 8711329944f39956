import type { ElkNode } from 'elkjs/lib/elk-api'
import ELK from 'elkjs/lib/elk.bundled.js'
import { describe, expect, test } from 'vitest'
import { allGroups, LayoutEngine, buildGroups, frameOf, layOut, LayoutCancelled, sceneOf } from '../../src/layout'
import type { GraphSource } from '../../src/layout'
import { arranger, expectSound, face, nodeAt, Sketch, transformer } from './support'

async function picture(source: GraphSource, open: 'all' | readonly string[] = 'all', by = arranger()) {
  const tree = buildGroups(source, frameOf(source))
  return sceneOf(await layOut(tree, open === 'all' ? allGroups(tree) : new Set(open), by, face))
}

describe('a picture', () => {
  test.each([
    ['closed', []],
    ['with one layer open', ['model/layers.1']],
    ['with everything open', 'all'],
  ] as const)('of a transformer %s is sound', async (_, open) => {
    expectSound(await picture(transformer(4), open))
  })

  test('of the same network is the same', async () => {
    expect(await picture(transformer(3))).toEqual(await picture(transformer(3)))
  })

  test('has the layers it shows, each at the node that stands for it', async () => {
    const source = transformer(3)
    const scene = await picture(source, ['model/layers.0', 'model/layers.0/mlp'])
    for (const layer of source.layers) {
      const node = scene.nodes[scene.anchors[layer.id]!]!
      if (node.kind === 'layer') expect(node.layer).toBe(layer.id)
      else expect(`${layer.scope}/`.startsWith(`${node.group}/`)).toBe(true)
    }
  })

  test('leaves out what is removed', async () => {
    const s = new Sketch()
    const x = s.layer('A', '', [s.input()])
    s.layer('Gone', '', [x], true)
    s.output(x)
    const scene = await picture(s.source())
    expect(scene.nodes.map((n) => n.key)).toEqual(['I0', 'L0', 'O0'])
  })

  test('names a value of many users at each of them instead of drawing it', async () => {
    const source = transformer(12)
    const scene = await picture(source, [])
    const mask = source.inputs[0]!
    expect(scene.edges.some((e) => e.tensor === mask)).toBe(false)
    expect(scene.stubs.filter((s) => s.tensor === mask && s.side === 'in')).toHaveLength(12)
    expect(scene.stubs.find((s) => s.tensor === mask && s.side === 'out')?.count).toBe(12)
  })

  test('names a value that would be drawn across too many ranks', async () => {
    const s = new Sketch()
    const early = s.input()
    const late = s.chain(
      Array.from({ length: 90 }, (_, i) => `K${i}`),
      '',
      early,
    )
    s.output(s.layer('Add', '', [late, early]))
    const scene = await picture(s.source())
    expect(scene.stubs.map((stub) => stub.node).sort()).toEqual(['I0', 'L90'])
  })

  test('of a graph of 4,000 layers in one row overflows nothing', async () => {
    const s = new Sketch()
    s.output(
      s.chain(
        Array.from({ length: 4000 }, (_, i) => `K${i}`),
        '',
        s.input(),
      ),
    )
    const scene = await picture(s.source())
    expect(scene.nodes.filter((n) => n.kind === 'layer')).toHaveLength(4000)
  })

  test('lays equal groups out once', async () => {
    const elk = new ELK()
    let runs = 0
    const counting = new LayoutEngine((graph: ElkNode) => (runs++, elk.layout(graph)))
    await picture(transformer(30), 'all', counting)
    expect(runs).toBeLessThanOrEqual(8)
  })

  test('of equal groups is equal inside them', async () => {
    const scene = await picture(transformer(5))
    const inside = (i: number) => {
      const frame = nodeAt(scene, `G:model/layers.${i}/mlp`)
      const nodes = scene.nodes.filter((n) => n.group === frame.group && n.kind === 'layer')
      return nodes.map((n) => [n.x - frame.x, n.y - frame.y])
    }
    expect(inside(3)).toEqual(inside(1))
  })

  test('falls back to rows where ELK gives up', async () => {
    const broken = new LayoutEngine(() => Promise.reject(new RangeError('stack')))
    expectSound(await picture(transformer(2), 'all', broken))
  })

  test('is given up when nobody waits for it', async () => {
    const source = transformer(2)
    const tree = buildGroups(source, frameOf(source))
    const signal = AbortSignal.abort()
    await expect(layOut(tree, allGroups(tree), arranger(), face, { signal })).rejects.toThrow(LayoutCancelled)
  })
})

test('every use of a value is an edge or a stub', async () => {
  const source = transformer(10)
  const { edges, stubs } = await picture(source)
  const uses = source.layers.reduce((n, l) => n + l.inputs.length, 0) + source.outputs.length
  expect(edges.length + stubs.filter((s) => s.side === 'in').length).toBe(uses)
})
