import { describe, expect, test } from 'vitest'
import { Workspace } from '../../../src/editor/engine-worker/workspace'
import { edgeTime, substepOf, momentsOf, nodeTime } from '../../../src/editor/motion/substeps'
import { unpackedTransaction } from '../../../src/editor/protocol/codec'
import { nodeFrame } from '../../../src/editor/motion/frames'
import { recordStep } from '../../../src/editor/motion/step-record'
import type { NodeContent, SceneEdge, SceneNode } from '../../../src/layout'
import { emptyScene } from '../../../src/layout'
import { net } from '../../patterns/notation'

const home = new Workspace(net('in x float32[4]\ny = Abs(Neg(Neg(x)))\nout y'))
home.offer('ort', [{ label: 'mine', text: 'y = Neg(Neg(x))\n=>\ny = Erf(x)' }])
const [match] = [...home.matches('mine')]
const [step] = home.apply('mine', match!.root).steps
const transaction = unpackedTransaction(step!.transaction)
const moments = momentsOf(transaction, home.network)
const texts = moments.map((m) => m.text)

const face: NodeContent = { title: '', detail: '', result: '', category: 'other', width: 9, height: 9 }
const node = (layer: number): SceneNode => ({
  ...{
    key: `L${layer}`,
    kind: 'layer',
    layer,
    group: '',
    open: false,
    depth: 0,
    x: 0,
    y: 0,
    width: 9,
    height: 9,
    face,
  },
})
const edge = (from: string, to: string): SceneEdge => ({
  key: `${from} ${to}`,
  tensor: 0,
  from,
  to,
  points: [0, 0, 1, 1],
})

describe('inside a step', () => {
  test('come the parts of the match, then every edit, each by name', () => {
    expect(moments).toHaveLength(2 + transaction.edits.length)
    expect(texts[0]).toMatch(/^Match, part 1 of 2: y is Neg /)
    expect(texts.find((t) => t.includes('Adds Erf'))).toBeDefined()
    expect(texts.filter((t) => t.includes('Takes Neg'))).toHaveLength(2)
    expect(texts.at(-1)).toMatch(new RegExp(`^Edit ${transaction.edits.length} of`))
  })

  test('a layer is there before it is taken out, a new one when it was added, and its edges with it', () => {
    const old = match!.root
    const made = transaction.edits.flatMap((e) => (e.type === 'addLayer' ? [e.layer.id] : []))[0]!
    const before = { ...emptyScene, nodes: [node(old)] }
    const after = { ...emptyScene, nodes: [node(made)], edges: [edge('I0', `L${made}`)] }
    const record = recordStep(before, after, null)
    const at = (index: number, layer: number) => {
      const change = record.nodes.get(`L${layer}`)!
      const time = nodeTime(substepOf(transaction, moments[index]!), record, `L${layer}`, change)
      return nodeFrame(record, `L${layer}`, change, time, { still: false })
    }
    expect(at(0, old).ghost).toBe(0)
    expect(at(moments.length - 1, old).ghost).toBeGreaterThan(0.5)
    expect(at(0, made).alpha).toBe(0)
    expect(at(moments.length - 1, made).alpha).toBe(1)
    const wire = { from: null, to: after.edges[0]! }
    expect(edgeTime(substepOf(transaction, moments[0]!), record, wire)).toBe(0)
    expect(edgeTime(substepOf(transaction, moments.at(-1)!), record, wire)).toBeGreaterThan(500)
  })
})
