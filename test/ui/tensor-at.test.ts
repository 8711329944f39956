/** Which tensor the mouse is on. */
import { expect, test } from 'vitest'
import type { Scene } from '../../src/layout'
import { SceneIndex } from '../../src/ui/canvas/paint/scene-index'
import { tensorAt } from '../../src/ui/canvas/tensor-at'

const scene: Scene = {
  nodes: [],
  edges: [
    { key: 'a', tensor: 1, from: 'L0', to: 'L1', points: [0, 0, 0, 100] },
    { key: 'b', tensor: 2, from: 'L0', to: 'L2', points: [0, 0, 100, 100] },
  ],
  stubs: [{ key: 's', tensor: 3, node: 'L1', side: 'in', x: 200, y: 100, name: 'mask', count: 1 }],
  anchors: new Int32Array(),
  direction: 'down' as const,
  width: 300,
  height: 100,
}
const index = new SceneIndex(scene)

test('a line is hit within reach of it, the nearest where there are two', () => {
  expect(tensorAt(index, 4, 60, 6, [])).toBe(1)
  expect(tensorAt(index, 50, 50, 6, [])).toBe(2)
  expect(tensorAt(index, 94, 90, 6, [])).toBe(2)
})

test('beside all lines there is none, also inside the box around a bent one', () => {
  expect(tensorAt(index, 80, 20, 6, [])).toBeNull()
  expect(tensorAt(index, -20, 50, 6, [])).toBeNull()
})

test('the end of a named value is hit, and its name wherever it stands', () => {
  expect(tensorAt(index, 202, 90, 6, [])).toBe(3)
  const names = [{ tensor: 7, x: 210, y: 80, width: 40, height: 12 }]
  expect(tensorAt(index, 240, 85, 6, names)).toBe(7)
  expect(tensorAt(index, 260, 85, 6, names)).toBeNull()
})
