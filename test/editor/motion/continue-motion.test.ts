/** Phases of a step, and motions that go on from what is on the screen. */
import { describe, expect, test } from 'vitest'
import { onScreen } from '../../../src/editor/motion/on-screen'
import { DURATION, PHASES } from '../../../src/editor/motion/phases'
import { edgeFrame, nodeFrame } from '../../../src/editor/motion/frames'
import { Player } from '../../../src/editor/motion/player'
import { recordStep } from '../../../src/editor/motion/step-record'
import type { Scene, SceneNode } from '../../../src/layout'
import { emptyScene } from '../../../src/layout'

const face = { title: 'Mul', detail: '', result: '', category: 'elementwise' as const, width: 100, height: 40 }
const node = (layer: number, y: number): SceneNode => {
  const box = { x: 0, y, width: 100, height: 40 }
  return { key: `L${layer}`, kind: 'layer', layer, group: '', open: false, depth: 0, ...box, face }
}
function scene(...nodes: SceneNode[]): Scene {
  const edges = nodes.slice(1).map((n, i) => {
    const from = nodes[i]!
    return { key: `${from.key}>${n.key}`, tensor: i, from: from.key, to: n.key, points: [50, from.y + 40, 50, n.y] }
  })
  return { ...emptyScene, nodes, edges }
}
/** 1 and 2 become 4, and 3 moves up into the gap. */
const before = scene(node(0, 0), node(1, 100), node(2, 200), node(3, 300))
const after = scene(node(0, 0), node(4, 100), node(3, 200))
const record = recordStep(before, after, null)
const moving = { still: false }
const yAt = (key: string, time: number) => nodeFrame(record, key, record.nodes.get(key)!, time, moving).y

describe('a step', () => {
  test('moves nothing that it did not touch before the gap closes', () => {
    for (let t = 0; t <= PHASES.move[0]; t += 20) expect(yAt('L3', t)).toBe(300)
  })

  test('has its new part in place when the gap begins to close', () => expect(yAt('L4', PHASES.move[0])).toBe(100))

  test('closes the gap in one move, steadily', () => {
    const ys = Array.from({ length: 13 }, (_, i) => yAt('L3', PHASES.move[0] + i * 20))
    expect(ys).toEqual([...ys].sort((a, b) => b - a))
    expect(ys.at(-1)).toBe(200)
  })

  test('has lines whose ends stay on their nodes all the way', () => {
    const change = record.edges.all().get('L4>L3')!
    for (let t = PHASES.insert[1]; t <= DURATION; t += 20) {
      const { points } = edgeFrame(record, change, t, moving)
      expect(points[1]).toBeCloseTo(yAt('L4', t) + 40)
      expect(points.at(-1)).toBeCloseTo(yAt('L3', t))
    }
  })
})

describe('an interruption', () => {
  /** 3 becomes 5 while the first step is under way. */
  const next = scene(node(0, 0), node(4, 100), node(5, 200))

  test.each([0, 200, 400, 600, 700, 850])('at %i ms goes on from what is on the screen', (time) => {
    const standing = onScreen(after, { record, direction: 'forward', time }, false)
    const { nodes, edges } = standing
    const second = recordStep(standing.scene, next, null, { direction: 'forward', nodes, edges })
    for (const [key, change] of record.nodes) {
      const was = nodeFrame(record, key, change, time, moving)
      const then = second.nodes.get(key)
      if (!then?.from) continue
      const now = nodeFrame(second, key, then, 0, moving)
      expect([now.x, now.y, now.width, now.height]).toEqual([was.x, was.y, was.width, was.height])
      expect(now.alpha).toBeCloseTo(was.alpha)
      expect(now.ghost).toBeCloseTo(was.ghost)
    }
    for (const [key, change] of second.nodes)
      if (change.to)
        expect(nodeFrame(second, key, change, DURATION, moving)).toMatchObject({ y: change.to.y, alpha: 1 })
  })

  test('by its own undo runs back from where it is', () => {
    const ticks: ((now: number) => void)[] = []
    const player = new Player((tick) => ticks.push(tick))
    const turn = (now: number) => ticks.splice(0).forEach((tick) => tick(now))
    void player.play(record, 'forward', 7)
    turn(1000)
    turn(1080)
    void player.turn()
    expect(player.current).toMatchObject({ time: 80, direction: 'backward' })
    turn(1100)
    turn(1130)
    expect(player.current?.time).toBe(50)
  })
})
