/** Where reading begins in a picture. */
import { expect, test } from 'vitest'
import type { Rect } from '../../../src/layout'
import { topOf } from '../../../src/editor/view/camera'

const box = (x: number, y: number): Rect => ({ x, y, width: 100, height: 40 })
const middle = (boxes: readonly Rect[]): number => {
  const { x, width } = topOf(boxes, 2000)!
  return x + width / 2
}
const below = (x: number): Rect[] => [box(x, 250), box(x, 350), box(x, 450)]

test('it is the first column, where layers are below its inputs', () => {
  expect(middle([box(0, 0), ...below(0), box(2000, 0), ...below(2000), box(2000, 550)])).toBe(50)
})

test('of a long row of inputs it is where layers are below them', () => {
  const row = Array.from({ length: 20 }, (_, i) => box(200 * i, 0))
  const at = middle([...row, ...below(2400)])
  expect(Math.abs(at - 2450)).toBeLessThan(550)
})

test('of inputs alone it is the first of them, and of nothing nothing', () => {
  expect(middle([box(0, 0), box(200, 0), box(4000, 0)])).toBe(150)
  expect(topOf([], 2000)).toBeNull()
})
