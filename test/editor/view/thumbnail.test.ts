import { expect, test } from 'vitest'
import type { Scene, SceneNode } from '../../../src/layout'
import { THUMBNAIL, thumbnailOf } from '../../../src/editor/view/thumbnail'

/** A scene of boxes of one size on a grid. */
function gridOf(columns: number, rows: number, open = false): Scene {
  const nodes = Array.from({ length: columns * rows }, (_, i) => ({
    key: `L:${i}`,
    x: (i % columns) * 200,
    y: Math.floor(i / columns) * 60,
    width: 120,
    height: 34,
    open,
    face: { category: i % 2 === 0 ? 'matmul' : 'shape' },
  })) as unknown as SceneNode[]
  return { nodes, edges: [], width: columns * 200, height: rows * 60 } as unknown as Scene
}

const boxes = (d: string) => [...d.matchAll(/M([\d.]+) ([\d.]+)h([\d.]+)v([\d.]+)/g)].map(([, ...n]) => n.map(Number))

test('each box stands in its colour, inside the picture', () => {
  const { paths } = thumbnailOf(gridOf(8, 6))
  expect(paths.map((p) => [p.category, boxes(p.d).length])).toEqual([
    ['matmul', 24],
    ['shape', 24],
  ])
  for (const [x, y, w, h] of paths.flatMap((p) => boxes(p.d))) {
    expect(x! + w!).toBeLessThanOrEqual(THUMBNAIL.width)
    expect(y! + h!).toBeLessThanOrEqual(THUMBNAIL.height)
  }
})

test('a closed group stands there as what it is made of', () => {
  const scene = gridOf(1, 1)
  const mix = [
    { category: 'matmul', layers: 1 },
    { category: 'elementwise', layers: 1 },
  ]
  const group = { ...scene.nodes[0]!, face: { category: 'group', mix } } as unknown as SceneNode
  const [left, right] = thumbnailOf({ ...scene, nodes: [group] }).paths
  expect([left!.category, right!.category]).toEqual(['matmul', 'elementwise'])
  expect(boxes(right!.d)[0]![0]).toBe(boxes(left!.d)[0]![0]! + boxes(left!.d)[0]![2]!)
})

test('nine thousand layers make a picture of a bounded size, and a deep network begins at its top', () => {
  const wide = thumbnailOf(gridOf(90, 100))
  expect(wide.paths.reduce((n, p) => n + p.d.length, 0)).toBeLessThan(60_000)
  const deep = thumbnailOf(gridOf(2, 4000))
  const [first] = boxes(deep.paths[0]!.d)
  expect(first![2]).toBeGreaterThan(10)
})

test('frames of open groups are left out, and nothing is the picture of nothing', () => {
  expect(thumbnailOf(gridOf(3, 3, true)).paths).toEqual([])
  expect(thumbnailOf(gridOf(0, 0)).paths).toEqual([])
})
