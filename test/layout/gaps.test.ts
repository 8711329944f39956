/** What a rewrite leaves empty closes, and what it puts in stands between what feeds it and what uses it. */
import { describe, expect, test } from 'vitest'
import type { LayerRecord } from '../../src/engine'
import { allGroups, buildGroups, frameOf, indexed, layOut, sceneOf } from '../../src/layout'
import type { GraphSource, Scene } from '../../src/layout'
import { closing } from '../../src/layout/gaps'
import { arranger, expectSound, face, nodeAt, Sketch } from './support'

const span = (top: number, bottom: number) => ({ top, bottom })

describe('an empty band', () => {
  test('closes to the usual distance, and all behind it moves as one', () => {
    const shift = closing(0, [span(0, 40), span(300, 340), span(384, 424)], [span(84, 256)], 44)
    expect([0, 300, 384].map((y) => shift.of(y))).toEqual([0, 84, 168])
  })

  test('that nothing left stays as it is', () => {
    const shift = closing(0, [span(0, 40), span(300, 340)], [], 44)
    expect(shift.of(300)).toBe(300)
  })

  test('closes though room was left behind what went last', () => {
    const shift = closing(0, [span(0, 40), span(500, 540)], [span(84, 128)], 44)
    expect(shift.of(500)).toBeLessThanOrEqual(40 + 66)
  })

  test('does not close where something stands beside what went', () => {
    const shift = closing(0, [span(0, 40), span(60, 280), span(300, 340)], [span(84, 256)], 44)
    expect(shift.of(300)).toBe(300)
  })
})

/** Three branches of one group beside each other that meet at its end; `gone` of them end up as one layer each. */
async function branches(...gone: number[]): Promise<{ before: Scene; after: Scene; made: string[] }> {
  const s = new Sketch()
  const start = s.layer('Start', 'm', [s.input()])
  const ends = [0, 1, 2].map((i) =>
    s.chain(
      ['A', 'B', 'C'].map((k) => `${k}${i}`),
      'm',
      start,
    ),
  )
  s.output(s.layer('End', '', [s.layer('Meet', 'm', ends)]))
  const source = s.source()
  const made: LayerRecord[] = []
  const layers = source.layers.map((l): LayerRecord => {
    const branch = Number(/^[ABC](\d)$/.exec(l.kind)?.[1] ?? -1)
    if (!gone.includes(branch)) return l
    if (l.kind.startsWith('C')) made.push({ ...l, id: 100 + branch, kind: 'Fused', inputs: [start], removed: false })
    return { ...l, removed: true }
  })
  const at = layers.findIndex((l) => l.kind === 'Meet')
  const next = indexed({ ...source, layers: layers.toSpliced(at, 0, ...made), tensor: producers(source, made) })
  const [frame, by] = [frameOf(source), arranger()]
  const open = allGroups(buildGroups(source, frame))
  const first = await layOut(source, buildGroups(source, frame), open, by, face)
  const wish = { near: first.placed, followsEdits: true }
  const second = await layOut(next, buildGroups(next, frame), open, by, face, wish)
  return { before: sceneOf(first), after: sceneOf(second), made: made.map((l) => `L${l.id}`) }
}

function producers(source: GraphSource, made: readonly LayerRecord[]): GraphSource['tensor'] {
  return (id) => {
    const by = made.find((l) => l.outputs.includes(id))
    const record = source.tensor(id)
    return by && record ? { ...record, producer: by.id } : record
  }
}

describe('after a rewrite', () => {
  test.each([[[0]], [[1]], [[2]], [[0, 1]], [[0, 1, 2]]])('of branches %j the picture is sound', async (gone) => {
    expectSound((await branches(...gone)).after)
  })

  test('a frame is no wider and no higher than before', async () => {
    const { before, after } = await branches(0, 1, 2)
    const [was, is] = [nodeAt(before, 'G:m'), nodeAt(after, 'G:m')]
    expect(is.height).toBeLessThan(was.height)
    expect(is.width).toBeLessThanOrEqual(was.width)
  })

  test('every line still leads down', async () => {
    const { after } = await branches(0, 2)
    for (const e of after.edges) expect(e.points.at(-1), e.key).toBeGreaterThan(e.points[1]!)
  })
})
