import { describe, expect, test } from 'vitest'
import type { Transaction } from '../../../src/engine'
import { DURATION, phaseAt, PHASES, shownTime } from '../../../src/editor/motion/phases'
import { edgeFrame, nodeFrame } from '../../../src/editor/motion/frames'
import { recordStep } from '../../../src/editor/motion/step-record'
import type { Scene, SceneNode } from '../../../src/layout'
import { emptyScene } from '../../../src/layout'

function node(layer: number, y: number): SceneNode {
  const face = { title: 'Mul', detail: '', result: '', category: 'elementwise' as const, width: 100, height: 40 }
  return {
    key: `L${layer}`,
    kind: 'layer',
    layer,
    group: '',
    open: false,
    depth: 0,
    x: 0,
    y,
    width: 100,
    height: 40,
    face,
  }
}

function scene(nodes: readonly SceneNode[]): Scene {
  const anchors = new Int32Array(10).fill(-1)
  nodes.forEach((n, i) => (anchors[n.layer] = i))
  const edges = nodes.slice(1).map((n, i) => {
    const from = nodes[i]!
    return { key: `${from.key}>${n.key}`, tensor: i, from: from.key, to: n.key, points: [50, from.y + 40, 50, n.y] }
  })
  return { ...emptyScene, nodes, edges, anchors, width: 100, height: 400 }
}

const counters = { nextLayerId: 0, nextTensorId: 0 }
const transaction: Transaction = {
  edits: [],
  annotations: { label: 'Fuse', match: { layers: { root: 2, inner: 1 }, tensors: {} } },
  before: counters,
  after: counters,
}
/** 0, 1, 2, 3 become 0, 4, 3: the last moves up. */
const before = scene([node(0, 0), node(1, 100), node(2, 200), node(3, 300)])
const after = scene([node(0, 0), node(4, 100), node(3, 200)])
const record = recordStep(before, after, transaction)
const at = (key: string, time: number, still = false) => nodeFrame(record, key, record.nodes.get(key)!, time, { still })

describe('a step', () => {
  test('concerns what comes, goes, moves or matches, and nothing else', () => {
    expect([...record.nodes.all().keys()].sort()).toEqual(['L1', 'L2', 'L3', 'L4'])
  })

  test('begins as it was and ends as it is', () => {
    expect([at('L3', 0).y, at('L3', DURATION).y]).toEqual([300, 200])
    expect([at('L1', 0).alpha, at('L1', DURATION).alpha]).toEqual([1, 0])
    expect([at('L4', 0).alpha, at('L4', DURATION).alpha]).toEqual([0, 1])
    expect(at('L4', DURATION)).toMatchObject({ x: 0, y: 100, width: 100, height: 40, fresh: 0, lit: 0 })
  })

  test('lights the parts in the order in which the matcher walked', () => {
    const time = PHASES.match[1] / 2
    expect(at('L2', time).lit).toBeGreaterThan(at('L1', time).lit)
    expect([at('L2', PHASES.match[1]).lit, at('L1', PHASES.match[1]).lit]).toEqual([1, 1])
  })

  test('grows what is new out of the place of what it replaces', () => {
    const early = at('L4', PHASES.insert[0])
    expect(early.y + early.height / 2).toBeCloseTo((100 + 20 + 200 + 20) / 2)
    expect(early.width).toBeLessThan(100)
  })

  test('is a function of time alone: a moment looks the same whichever way it is reached', () => {
    for (let t = 0; t <= DURATION; t += 40) expect(at('L3', t)).toEqual(at('L3', t))
  })

  test('moves nothing where motion is not wanted', () => {
    const places = new Set([0, 100, 300, 400, 500, 619].map((t) => at('L3', t, true).y))
    expect([...places]).toEqual([300])
    expect(at('L3', DURATION, true).y).toBe(200)
  })

  test('shows two pictures and no fading where motion is not wanted: what goes, coloured, then what came, coloured', () => {
    const looks = (key: string) => [
      ...new Set(
        Array.from({ length: 44 }, (_, i) => {
          const { alpha, ghost, fresh, lit, y } = at(key, shownTime(10 + i * 20, { still: true }), true)
          return JSON.stringify([alpha > 0, ghost > 0, fresh > 0, lit > 0, y])
        }),
      ),
    ]
    expect(looks('L1')).toEqual(['[true,true,false,true,100]', '[false,true,false,false,100]'])
    expect(looks('L4')).toEqual([expect.stringMatching(/^\[false,/), '[true,false,true,false,100]'])
    expect(looks('L3')).toEqual(['[true,false,false,false,300]', '[true,false,false,false,200]'])
    expect([0, DURATION].map((t) => shownTime(t, { still: true }))).toEqual([0, DURATION])
    expect(shownTime(123, { still: false })).toBe(123)
  })

  test('draws lines that end at the moving boxes', () => {
    const change = { from: before.edges[2]!, to: { ...before.edges[2]!, points: [50, 140, 50, 180, 50, 200] } }
    for (const time of [0, 400, DURATION])
      expect(edgeFrame(record, change, time, { still: false }).points.length % 2).toBe(0)
    expect(edgeFrame(record, change, DURATION, { still: false }).points).toEqual(change.to.points)
  })

  test('goes through its phases in order', () => {
    expect([0, 150, 400, 600, 800].map(phaseAt)).toEqual(['match', 'remove', 'insert', 'move', 'fade'])
  })
})
