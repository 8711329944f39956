/** Costs as the page shows them: over the steps, in words, as tints. */
import { describe, expect, test } from 'vitest'
import { amountOf, CostBook, noCost } from '../../../src/cost'
import { chartPoints, costLine } from '../../../src/editor/view/cost-line'
import { amountText, deltaText, stepCostText, sumText } from '../../../src/editor/text/cost-text'
import { Workspace } from '../../../src/editor/engine-worker/workspace'
import { heatOf, LEVELS } from '../../../src/editor/view/heat'
import { emptyScene } from '../../../src/layout'
import type { Scene, SceneNode } from '../../../src/layout'
import { net } from '../../patterns/notation'

const GELU = 'in x float32[S,8]\ny = Neg(Neg(Mul(Mul(x, Add(Erf(Div(x, 1.4142135)), 1)), 0.5)))\nout y'

/** Gelu and the double negation, planned and not yet done. */
function planned() {
  const home = new Workspace(net(GELU))
  home.offer('ort', [])
  const wanted = ['Gelu (erf)', 'Double negation'].map((label, i) => ({ label, benefit: 9 - i }))
  home.plan({ wanted, whole: false })
  return home
}

describe('what steps cost', () => {
  test('is known of steps ahead, and adds up to what is counted there', () => {
    const home = planned()
    home.tree.setSizes({ S: 4 })
    const { steps, cursor } = home.timeline()
    expect(steps.length).toBeGreaterThan(0)
    const line = costLine({ steps, cursor }, new CostBook(home.network, { S: 4 }).total)
    steps.forEach(({ node }, i) => {
      home.seek(node)
      expect(line[i + 1]).toEqual(new CostBook(home.network, { S: 4 }).total)
    })
    expect(costLine(home.timeline(), new CostBook(home.network, { S: 4 }).total)).toEqual(line)
  })

  test('is counted anew with other sizes', () => {
    const home = planned()
    const of = (S: number) => {
      home.tree.setSizes({ S })
      return home.timeline().steps[0]!.cost
    }
    expect(amountOf(of(1), 'launches')).toBe(-2)
    expect(amountOf(of(10), 'flops')).toBe(-2 * 80)
    expect(amountOf(of(10), 'activations')).toBe(-4 * 4 * 80)
    expect(amountOf(of(1), 'activations')).toBe(-4 * 4 * 8)
  })
})

test('a chart goes from 0 to its highest value', () => {
  const costs = [4, 2, 0].map((n) => ({ ...noCost, launches: { known: n, unknown: 0 } }))
  expect(chartPoints(costs, 'launches')).toEqual([
    [0, 1],
    [0.5, 0.5],
    [1, 0],
  ])
})

describe('in words', () => {
  test.each([
    ['launches', 1234, '1,234'],
    ['flops', 20_310_113, '20.3 MFLOP'],
    ['bytes', 512, '512 B'],
    ['weights', 5_468_538_000, '5.47 GB'],
    ['flops', 999_999, '1.00 MFLOP'],
    ['intensity', 2.577, '2.58'],
  ] as const)('%s of %d is %s', (metric, n, text) => expect(amountText(metric, n)).toBe(text))

  const partly = { ...noCost, flops: { known: 3000, unknown: 1 }, launches: { known: -2, unknown: 0 } }
  test('what is not known of every layer is at least so much', () =>
    expect(sumText(partly, 'flops')).toBe('≥ 3.00 kFLOP'))
  test('a quotient of what is not known is not known', () => expect(sumText(partly, 'intensity')).toBe('?'))
  test('a step says what it saves', () => expect(deltaText(partly, 'launches')).toBe('−2 launches'))
  test('and what it leaves', () => expect(stepCostText(noCost)).toBe('costs the same'))
})

describe('a heat map', () => {
  const network = net(
    'in x float32[4,8]\nconst w float32[8,8]\nconst s int64[1] = 32\ny = Reshape(Relu(MatMul(x, w)), s)\nout y',
  )
  const layers = network.getLayers()
  /** The first two layers in a closed group, the third for itself. */
  const scene = {
    ...emptyScene,
    nodes: [{ key: 'G:a' }, { key: 'L2' }] as SceneNode[],
    anchors: Int32Array.from({ length: 8 }, (_, id) =>
      id === layers[2]!.id ? 1 : layers.some((l) => l.id === id) ? 0 : -1,
    ),
  } as Scene

  test('gives a group the sum of its layers, and nothing a tint that costs nothing', () => {
    const { marks, least, most } = heatOf(scene, new CostBook(network), 'flops')
    expect(marks.get('G:a')).toEqual({ level: LEVELS, text: '544 FLOP' })
    expect(marks.get('L2')).toEqual({ level: 0, text: '0 FLOP' })
    expect([least, most]).toEqual(['544 FLOP', '544 FLOP'])
  })
})
