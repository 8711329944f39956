/** One rewrite outside of the history, and places of a network as examples. */
import { describe, expect, test } from 'vitest'
import { exampleOf, tryOut } from '../../../src/editor/engine-worker/try-out'
import { Workspace } from '../../../src/editor/engine-worker/workspace'
import { DRAFT } from '../../../src/editor/protocol/match-info'
import { findMatches, Match, RulePattern, snapshotOf } from '../../../src/engine'
import { networkFromText } from '../../../src/verify'
import { net } from '../../patterns/notation'

const SILU = 'rule "S"\ny = Mul(x, Sigmoid(x))\n=>\ny = com.microsoft.QuickGelu<alpha=1.0>(x)\n'

test('what is tried leaves the network and its history as they were', () => {
  const home = new Workspace(net('in x float32[2,3]\ny = Mul(x, Sigmoid(x))\nz = Relu(y)\nout z', 20))
  home.write(SILU)
  const before = snapshotOf(home.network)
  expect(tryOut(home, DRAFT, 1)).toMatchObject({ rootName: 'Mul_1', removed: 2, added: 1 })
  expect(tryOut(home, DRAFT, 2)).toBeNull()
  expect(snapshotOf(home.network)).toEqual(before)
  expect(home.timeline().steps).toEqual([])
  expect(home.apply(DRAFT, 1).steps).toHaveLength(1)
})

describe('a place as an example', () => {
  test.each([
    [
      'layers with attributes, constants and absent operands',
      'in x float32[2,3,4]\nconst w float32[4,4]\nh = Softmax<axis=1>(MatMul(x, w))\ny = Clip(h, none, 0.5)\nout y',
    ],
    [
      'sizes with a name, integers, several results',
      'in x float32[N,6]\na, b = Split<axis=1, num_outputs=2>(x)\nc = Cast<to=7>(a)\nout b, c',
    ],
  ])('%s: read back, it is the same network', (_, text) => {
    const home = new Workspace(net(text, 20))
    const made = exampleOf(
      home,
      home.network.getLayers().map((l) => l.id),
    ) as { text: string }
    const back = networkFromText(made.text, 20)
    const look = (n: typeof back) =>
      n.getLayers().map((l) => [l.kind, l.record.attributes, l.getInputs().map((t) => t?.shape ?? null)])
    expect(look(back)).toEqual(look(home.network))
  })
  test('a match makes one on which its rule matches', () => {
    const home = new Workspace(net('in x float32[2,3]\ny = Mul(x, Sigmoid(x))\nz = Relu(y)\nout z', 20))
    const { text } = exampleOf(home, [0, 1]) as { text: string }
    const pattern = new RulePattern(`${SILU}example matches {\n${text}\n}\n`)
    expect(pattern.graph.examples).toHaveLength(1)
    const found = [...findMatches(networkFromText(text, 20), { label: 'a', pattern, benefit: 1 })]
    expect(found.some((f) => f instanceof Match)).toBe(true)
  })
  test('nothing chosen is refused', () => {
    expect(exampleOf(new Workspace(net('in x float32[2]\ny = Relu(x)\nout y', 20)), [])).toHaveProperty('refused')
  })
})
