import { describe, expect, test } from 'vitest'
import { filmAt, filmData, filmFromData, filmLength, shotStart } from '../../../src/editor'
import type { Film } from '../../../src/editor'
import { focusOf } from '../../../src/editor/motion/film'
import { DURATION } from '../../../src/editor/motion/phases'
import { nodeFrame } from '../../../src/editor/motion/frames'
import { recordBetween } from '../../../src/editor/motion/step-record'
import type { NodeContent, Scene, SceneNode } from '../../../src/layout'

const face = (title: string): NodeContent => ({ title, detail: '', result: '', category: 'matmul' }) as NodeContent
const node = (key: string, x: number, y: number): SceneNode => {
  const box = { x, y, width: 120, height: 40 }
  return { key, kind: 'layer', open: false, layer: Number(key.slice(1)), group: '', depth: 0, face: face(key), ...box }
}
const scene = (...nodes: SceneNode[]): Scene => ({
  nodes,
  edges: nodes.slice(1).map((n, i) => {
    const from = nodes[i]!
    const key = `${i}|${from.key}|${n.key}|0`
    return { key, tensor: i, from: from.key, to: n.key, points: [from.x, from.y, n.x, n.y] }
  }),
  stubs: [],
  anchors: new Int32Array(),
  direction: 'down' as const,
  width: 2000,
  height: 4000,
})

/** Two steps far from each other, with another choice of open groups in between. */
function film(): Film {
  const first = scene(node('L1', 0, 0), node('L2', 0, 100), node('L3', 900.04, 3000))
  const second = scene(node('L1', 0, 0), node('L4', 0, 120), node('L3', 900.04, 3000))
  const cut = scene(node('L1', 0, 0), node('L4', 0, 120), node('L3', 900.04, 3000), node('L5', 900, 3100))
  const third = scene(node('L1', 0, 0), node('L4', 0, 120), node('L6', 900, 3050))
  const parts = (...keys: string[]) => new Map(keys.map((key, order) => [key, { name: `part ${order}`, order }]))
  const caption = (step: number) => ({ label: 'Gelu', equation: 'x => y', scope: 'encoder', step, of: 2 })
  return {
    title: 'small',
    shots: [
      { record: recordBetween(first, second, parts('L2')), caption: caption(1) },
      { record: recordBetween(cut, third, parts('L3', 'L5')), caption: caption(2) },
    ],
  }
}

describe('a film', () => {
  const two = film()

  test('shows its steps one after the other, each from its start to its end', () => {
    expect(filmAt(two, 0)).toMatchObject({ index: 0, time: 0, shot: { caption: { step: 1 } } })
    expect(filmAt(two, shotStart(1) - 1)).toMatchObject({ index: 0, time: DURATION })
    expect(filmAt(two, shotStart(1))).toMatchObject({ index: 1, time: 0 })
    expect(filmAt(two, filmLength(two) - 1)).toMatchObject({ index: 1, time: DURATION })
  })

  test('stands at its ends for times outside of it', () => {
    expect(filmAt(two, -50)).toEqual(filmAt(two, 0))
    expect(filmAt(two, filmLength(two) * 3)).toMatchObject({ index: 1, time: DURATION })
  })

  test('goes from one step to the next without a jump', () => {
    let last = filmAt(two, 0).view
    for (let ms = 0; ms < filmLength(two); ms += 16) {
      const { view } = filmAt(two, ms)
      expect(Math.hypot(view.x - last.x, view.y - last.y)).toBeLessThan(150)
      last = view
    }
    expect(last).toEqual(focusOf(two.shots[1]!.record))
  })

  test('has what a step is about in view', () => {
    const { x, y, width, height } = filmAt(two, shotStart(1) - 1).view
    for (const n of [node('L2', 0, 100), node('L4', 0, 120)]) {
      expect(n.x).toBeGreaterThan(x)
      expect(n.y).toBeGreaterThan(y)
      expect(n.x + n.width).toBeLessThan(x + width)
      expect(n.y + n.height).toBeLessThan(y + height)
    }
  })

  test('without steps has no moments', () => {
    expect(() => filmAt({ title: '', shots: [] }, 0)).toThrow(/without steps/)
  })

  test('as plain numbers looks the same at every moment', () => {
    const back = filmFromData(JSON.parse(JSON.stringify(filmData(two))) as ReturnType<typeof filmData>)
    expect(back.shots.map((s) => s.caption)).toEqual(two.shots.map((s) => s.caption))
    for (let ms = 0; ms < filmLength(two); ms += 90) {
      const [here, there] = [filmAt(two, ms), filmAt(back, ms)]
      const frames = ({ shot: { record }, time }: typeof here) =>
        [...record.nodes].map(([key, change]) => {
          const { x, y, alpha, lit, part } = nodeFrame(record, key, change, time, { still: false })
          return { key, x: Math.round(x), y: Math.round(y), alpha, lit, part }
        })
      expect(frames(there)).toEqual(frames(here))
    }
  })

  test('as plain numbers repeats nothing that stays', () => {
    const { shots } = filmData(two)
    expect(shots[0]!.change.nodes.map(([key]) => key)).toEqual(['L4'])
    expect(shots[1]!.cut!.nodes.map(([key]) => key)).toEqual(['L5'])
    expect(shots[1]!.change.gone).toContain('L5')
  })
})
