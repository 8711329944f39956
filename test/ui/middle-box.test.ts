/** Between near and far boxes are as large as their names ask for, where there is room. */
import { expect, test } from 'vitest'
import { allGroups, sceneOf } from '../../src/layout'
import type { Scene, SceneEdge, SceneNode } from '../../src/layout'
import { middleBox, roomBeside } from '../../src/ui/canvas/paint/middle-box'
import type { Palette } from '../../src/ui/canvas/paint/palette'
import { SceneIndex } from '../../src/ui/canvas/paint/scene-index'
import { libraryRun, pictureOf } from '../layout/library-run'
import { faultsOfPicture } from '../layout/picture-faults'

/** Letters as wide as those of the font that is widest. */
// Every letter is 0.7 of its size wide.
const ctx = {
  font: '',
  measureText(text: string) {
    return { width: 0.7 * Number(/(\d+)px/.exec(this.font)?.[1]) * text.length }
  },
} as CanvasRenderingContext2D
const palette = { font: 'sans' } as Palette

function grown(scene: Scene, zoom: number): Scene {
  const index = new SceneIndex(scene)
  const box = (node: SceneNode) =>
    node.open ? node : middleBox(ctx, node.face, node, zoom, palette, () => roomBeside(index, node))
  return { ...scene, nodes: scene.nodes.map((node) => ({ ...node, ...box(node) })) }
}

test.each([0.18, 0.2, 0.27, 0.35, 0.42])(
  'no box lies on another or on a line that is not its own, all of BERT open, at %d',
  async (zoom) => {
    const live = pictureOf(libraryRun('bert-12.torchscript'))
    const scene = sceneOf(await live.draw(allGroups(live.tree), {}))
    const shown = grown(scene, zoom)
    expect(shown.nodes.filter((n, i) => n.width > scene.nodes[i]!.width).length).toBeGreaterThan(10)
    const { overlaps, through } = faultsOfPicture(shown)
    expect({ overlaps, through }).toEqual({ overlaps: [], through: [] })
  },
)

const where: SceneNode = {
  key: 'L1',
  kind: 'layer',
  layer: 1,
  group: '',
  open: false,
  depth: 0,
  face: { title: 'Where', detail: '', result: '', category: 'elementwise', width: 60, height: 40 },
  x: 0,
  y: 0,
  width: 60,
  height: 40,
}

function sceneWith(nodes: readonly SceneNode[], edges: readonly SceneEdge[] = []): Scene {
  return { nodes, edges, stubs: [], anchors: new Int32Array(), direction: 'down', width: 300, height: 300 }
}

const boxOf = (scene: Scene, zoom = 0.3) => grown(scene, zoom).nodes[0]!

test('alone a box grows to both sides by what its name asks for', () => {
  const { x, width } = boxOf(sceneWith([where]))
  expect(width * 0.3).toBeCloseTo(5 * 0.7 * 8 + 7)
  expect(x + width / 2).toBeCloseTo(30)
})

test('beside a line it grows to the other side only', () => {
  const line = { key: 'e', tensor: 1, from: 'L8', to: 'L9', points: [64, -50, 64, 100] }
  const { x, width } = boxOf(sceneWith([where], [line]))
  expect(x + width).toBe(60)
  expect(width * 0.3).toBeCloseTo(5 * 0.7 * 8 + 7)
})

test('between two boxes each has half of what lies between them', () => {
  const other = { ...where, key: 'L2', x: 80 }
  const { nodes } = grown(sceneWith([where, other]), 0.3)
  expect(nodes[0]!.x + nodes[0]!.width).toBeLessThan(nodes[1]!.x)
})

test('it stays inside its group', () => {
  const frame: SceneNode = { ...where, key: 'G:a', kind: 'group', open: true, x: -8, y: -20, width: 76, height: 90 }
  const { x, width } = boxOf(sceneWith([where, frame]))
  expect(x).toBeGreaterThan(-8)
  expect(x + width).toBeLessThan(68)
})

test('near, where the name fits in the picture, and far, where there is none, it is as it was', () => {
  expect(boxOf(sceneWith([where]), 0.6)).toEqual(where)
  expect(boxOf(sceneWith([where]), 0.1)).toEqual(where)
})
