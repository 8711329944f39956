import { describe, expect, test } from 'vitest'
import type { LayerRecord, TensorRecord } from '../../src/engine'
import { allGroups, buildGroups, frameOf, indexed, layOut, sceneOf } from '../../src/layout'
import type { GraphSource, Picture } from '../../src/layout'
import { arranger, expectSound, face, nodeAt, transformer } from './support'

/** `block`'s MatMul, Erf, MatMul, Relu become one layer. */
function fused(source: GraphSource, block: number): GraphSource {
  const scope = `model/layers.${block}/mlp`
  const old = source.layers.filter((l) => l.scope === scope)
  const id = Math.max(...source.layers.map((l) => l.id)) + 1
  const value = 10_000 + block
  const result = old.at(-1)!.outputs[0]!
  const made: TensorRecord = { id: value, name: 'fused', dtype: null, shape: null, producer: id }
  const layers = source.layers.map((l): LayerRecord => {
    if (l.scope === scope) return { ...l, removed: true }
    return { ...l, inputs: l.inputs.map((t) => (t === result ? value : t)) }
  })
  const at = layers.findIndex((l) => l.id === old.at(-1)!.id)
  layers.splice(at, 0, { ...old[0]!, id, kind: 'Gelu', name: 'gelu', outputs: [value], removed: false })
  return indexed({ ...source, layers, tensor: (t) => (t === value ? made : source.tensor(t)) })
}

async function rewritten(block: number, blocks = 4) {
  const source = transformer(blocks)
  const frame = frameOf(source)
  const open = allGroups(buildGroups(source, frame))
  const by = arranger()
  const draw = (s: GraphSource, wish = {}): Promise<Picture> => layOut(s, buildGroups(s, frame), open, by, face, wish)
  const before = await draw(source)
  const next = fused(source, block)
  const after = await draw(next, { near: before.placed, followsEdits: true })
  const back = await draw(source, { near: after.placed, followsEdits: true, recall: before.placed })
  return {
    before: sceneOf(before),
    after: sceneOf(after),
    back: sceneOf(back),
    added: next.layers.find((l) => l.kind === 'Gelu')!,
  }
}

describe('after a rewrite', () => {
  test('what lies above it keeps its place exactly', async () => {
    const { before, after } = await rewritten(2)
    const frame = nodeAt(before, 'G:model/layers.2/mlp')
    const above = before.nodes.filter((n) => n.y + n.height <= frame.y)
    expect(above.length).toBeGreaterThan(20)
    for (const n of above) expect([nodeAt(after, n.key).x, nodeAt(after, n.key).y]).toEqual([n.x, n.y])
  })

  test('what lies below moves up as one, and not sideways', async () => {
    const { before, after } = await rewritten(1)
    const frame = nodeAt(before, 'G:model/layers.1/mlp')
    const below = before.nodes.filter((n) => n.y >= frame.y + frame.height)
    const moves = new Set(below.map((n) => `${nodeAt(after, n.key).x - n.x} ${nodeAt(after, n.key).y - n.y}`))
    expect([...moves]).toEqual([`0 ${nodeAt(after, frame.key).height - frame.height}`])
  })

  test('the new layer stands where the old ones stood', async () => {
    const { before, after, added } = await rewritten(1)
    const frame = nodeAt(before, 'G:model/layers.1/mlp')
    const old = before.nodes.filter((n) => n.kind === 'layer' && n.group === frame.group)
    const made = nodeAt(after, `L${added.id}`)
    const middle = made.x + made.width / 2
    expect(middle).toBeGreaterThanOrEqual(Math.min(...old.map((n) => n.x)))
    expect(middle).toBeLessThanOrEqual(Math.max(...old.map((n) => n.x + n.width)))
    expect(made.y).toBe(Math.min(...old.map((n) => n.y)))
  })

  test('the picture is sound', async () => {
    expectSound((await rewritten(0)).after)
  })

  test('going back shows the very picture that was there', async () => {
    const { before, back } = await rewritten(2)
    expect(back).toEqual(before)
  })
})
