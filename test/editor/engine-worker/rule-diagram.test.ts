import { describe, expect, test } from 'vitest'
import { Workspace } from '../../../src/editor/engine-worker/workspace'
import { explainLayer, findingsOf, missesOf } from '../../../src/editor/engine-worker/near-misses'
import type { RuleDiagram, Miss } from '../../../src/editor/protocol/match-info'
import { ruleDiagramOf } from '../../../src/editor/engine-worker/rule-diagram'
import { net } from '../../patterns/notation'

function missOf(network: string, rule: string): { miss: Miss; board: RuleDiagram } {
  const home = new Workspace(net(network))
  home.offer('ort', [{ label: 'mine', text: rule }])
  return missAt(home, 'mine')
}

function missAt(home: Workspace, label: string): { miss: Miss; board: RuleDiagram } {
  const entry = home.rewriter(label)
  const { near, far } = missesOf([...findingsOf(home.network, entry)])
  const [group] = [...near, ...far.groups]
  const miss = group!.places[0]!
  return { miss, board: ruleDiagramOf(home.network, entry.pattern, miss) }
}

const states = (board: RuleDiagram) => board.nodes.map((n) => `${n.title} ${n.state}`)

const HALF = 'y = Mul(Erf(x), 0.5)\n=>\ny = Tanh(x)'
const LAST = 'y = Softmax<axis=$a>(Neg(x))\n=>\ny = Neg(x)\nwhere $a == x.rank - 1'

describe('a reason', () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['in x float32[4]\ny = Mul(Erf(x), 0.125)\nout y', HALF, /^expected a constant near 0\.5, found 0\.125, from \S+$/],
    [
      'in x float32[4]\ne = Erf(x)\ny = Mul(e, 0.5)\nz = Neg(e)\nout y, z',
      HALF,
      /^value also used by Neg_\d+, outside the match$/,
    ],
    ['in x float32[2,3,4]\ny = Softmax<axis=1>(Neg(x))\nout y', LAST, /^a is 1, the rule needs the last axis, 2$/],
    [
      'in x float32[4]\ny = Softmax<axis=0>(Neg(x))\nout y',
      'y = Softmax<axis=1>(Neg(x))\n=>\ny = Neg(x)',
      /^axis is 0, the rule needs 1$/,
    ],
    [
      'in x float16[4]\ny = Tanh(Neg(x))\nout y',
      'y = Tanh(Neg(x))\n=>\ny = Neg(x)\nwhere x.dtype in [float32, float64]',
      /^x\.dtype is float16, the rule needs one of float32, float64$/,
    ],
  ]
  test.each(cases)('at %j by %j reads %s', (network, rule, reason) =>
    expect(missOf(network, rule).miss.reason).toMatch(reason),
  )
})

describe('the rule, drawn', () => {
  test('shows what matched, what stopped it, what was not reached and what may be anything', () => {
    const { board } = missOf(
      'in x float32[4]\ny = Mul(Tanh(Abs(x)), 0.5)\nout y',
      'y = Mul(Tanh(Erf(Neg(x))), 0.5)\n=>\ny = x',
    )
    expect(states(board)).toEqual(['x value', 'Neg open', 'Erf stopped', 'Tanh matched', 'Mul matched'])
    expect(board.edges).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
    ])
  })

  test('shows of alternatives the one that the match went into', () => {
    const { board } = missOf(
      'in x float32[4]\ny = Mul(Neg(Abs(x)), 2)\nout y',
      'y = Mul((Tanh(Erf(x)) | Neg(Exp(x))), 2)\n=>\ny = x',
    )
    expect(states(board)).toEqual(['x value', 'Exp stopped', 'Neg matched', 'Mul matched'])
  })

  test('has the condition that failed below it', () => {
    const { board } = missOf('in x float32[2,3,4]\ny = Softmax<axis=1>(Neg(x))\nout y', LAST)
    expect(states(board)).toEqual(['x value', 'Neg matched', 'Softmax matched', 'where stopped'])
  })

  test('keeps its boxes apart and inside', () => {
    const { board } = missOf(
      'in x float32[4]\ny = Add(Mul(Neg(x), Abs(x)), Erf(x))\nout y',
      'y = Add(Mul(Neg(x), Abs(x)), Tanh(x))\n=>\ny = x',
    )
    for (const [i, a] of board.nodes.entries()) {
      expect(a.x + a.width).toBeLessThanOrEqual(board.width)
      expect(a.y + a.height).toBeLessThanOrEqual(board.height)
      for (const b of board.nodes.slice(i + 1))
        expect(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y).toBe(
          true,
        )
    }
  })

  test('of a pattern without a rule names the parts that it gave when it declined', () => {
    const home = new Workspace(
      net(
        'in q float32[2,4,8]\nin k float32[2,8,4]\nin v float32[2,4,8]\ny = MatMul(Softmax<axis=0>(MatMul(q, k)), v)\nout y',
      ),
    )
    const layer = home.network.getLayers().find((l) => l.kind === 'Softmax')!
    const entry = home.rewriter('Attention')
    const found = explainLayer(home.network, entry, layer)
    expect(found.type).toBe('miss')
    if (found.type !== 'miss') return
    const board = ruleDiagramOf(home.network, entry.pattern, found.miss)
    expect(board.nodes.filter((n) => n.state === 'stopped')).toHaveLength(1)
  })
})

test('near misses leave out what lies inside a match', () => {
  const home = new Workspace(net('in x float32[4]\ny = Mul(Mul(Erf(x), 3), 0.5)\nout y'))
  home.offer('ort', [{ label: 'mine', text: 'y = Mul(Mul(Erf(x), 3), 0.5)\n=>\ny = x' }])
  expect(missesOf([...findingsOf(home.network, home.rewriter('mine'))]).near).toEqual([])
})

test('places that match the root only are told apart, whether or not the pattern matches anywhere', () => {
  const rule = 'y = Mul(Mul(Erf(x), 3), 0.5)\n=>\ny = x'
  for (const [network, near] of [
    ['in x float32[4]\ny = Mul(Mul(Erf(x), 3), 0.5)\nz = Mul(Neg(x), 2)\nout y, z', []],
    ['in x float32[4]\nz = Mul(Neg(x), 2)\nout z', []],
    ['in x float32[4]\ny = Mul(Mul(Tanh(x), 3), 0.5)\nz = Mul(Neg(x), 2)\nout y, z', ['Erf']],
  ] as const) {
    const home = new Workspace(net(network))
    home.offer('ort', [{ label: 'mine', text: rule }])
    const misses = missesOf([...findingsOf(home.network, home.rewriter('mine'))])
    expect(misses.near.map((g) => g.places[0]!.expected)).toEqual(near)
    expect(misses.far.most).toBe(1)
    expect(misses.far.groups.some((g) => g.places.some((m) => m.layerName.startsWith('Neg')))).toBe(true)
  }
})

test('near misses leave out what has little in common with the pattern', () => {
  const home = new Workspace(
    net('in x float32[4]\ny = Mul(Erf(Neg(Exp(Tanh(Abs(x))))), 0.5)\nz = Mul(Neg(x), 3)\nout y, z'),
  )
  const text = 'y = Mul(Erf(Neg(Exp(Tanh(Abs(x))))), c)\n=>\ny = x'
  home.offer('ort', [{ label: 'mine', text }])
  expect(missesOf([...findingsOf(home.network, home.rewriter('mine'))]).near).toEqual([])
})
