import { noCost } from '../../../src/cost'
import { expect, test } from 'vitest'
import type { StepInfo } from '../../../src/editor/protocol/timeline'
import { emptyTimeline } from '../../../src/editor/protocol/timeline'
import { rowOfCursor, timelineRows } from '../../../src/editor/view/timeline-rows'

const facts = {
  root: 0,
  removed: 2,
  added: 1,
  cleared: 0,
  layers: [],
  left: 5,
  name: null,
  cost: noCost,
  bookmarked: false,
}

/** One step a letter, the pattern by that letter. */
function timeline(labels: string, cursor = 0) {
  const steps = [...labels].map((label, i): StepInfo => {
    const rootName = `layer.${i}/x`
    return { ...facts, node: i + 1, label, rootName, scope: `layer.${i}`, branches: [] }
  })
  return { ...emptyTimeline, steps, cursor }
}

const text = (labels: string, folds: [number, boolean][] = [], filter = '', cursor = 0) =>
  timelineRows(timeline(labels, cursor), new Map(folds), filter)
    .map((r) =>
      r.type === 'start' ? 'start' : r.type === 'run' ? `${r.run.label}×${r.run.steps.length}` : r.index + 1,
    )
    .join(' ')

test('steps of one pattern in a row are a run', () => expect(text('AAB')).toBe('start A×2 1 2 3'))
test('a run folds', () => expect(text('AAB', [[1, true]])).toBe('start A×2 3'))
test('a long run is folded from the beginning, and unfolds', () => {
  expect(text('A'.repeat(25))).toBe('start A×25')
  expect(text('A'.repeat(25), [[1, false]]).split(' ')).toHaveLength(27)
})
test('a filter looks at pattern and layer, and unfolds', () => {
  expect(text('AAB', [[1, true]], 'layer.1')).toBe('2')
  expect(text('AAB', [], 'b LAYER')).toBe('3')
  expect(text('AAB', [], 'c')).toBe('')
})
test('the cursor is in its row, or in that of its folded run', () => {
  expect(rowOfCursor(timelineRows(timeline('AAB', 2), new Map(), ''), 2)).toBe(3)
  expect(rowOfCursor(timelineRows(timeline('AAB', 2), new Map([[1, true]]), ''), 2)).toBe(1)
  expect(rowOfCursor(timelineRows(timeline('AAB', 2), new Map(), 'b'), 2)).toBe(-1)
})
