import type { Dim } from '../../../engine'
import { LoopOutput, TripLimit } from '../enums'
import { axisOf } from '../infer/indexing'
import { axisRule } from '../infer/indexing-rules'
import { alike, numberIn } from '../infer/operand-rules'
import { sameAsFirst } from '../infer/reading'
import { flag, int, layer, oneOf, text, typed } from './notation'
import type { Check, Infer } from './notation'

const iterated: Infer = (r) => {
  const x = r.shape(0)
  const axis = x && axisOf(r.number('axis'), x.length)
  return [typed(r.dtype(0), x && axis !== null ? x.filter((_, i) => i !== axis) : null)]
}

const loopOutput: Infer = (r) => {
  const x = r.shape(0)
  if (r.text('kind') === 'LAST_VALUE' || !x) return sameAsFirst(r)
  const axis = axisOf(r.number('axis'), x.length + 1)
  const length: Dim = r.numbers(1)?.[0] ?? null
  return [typed(r.dtype(0), axis === null ? null : [...x.slice(0, axis), length, ...x.slice(axis)])]
}

const chosen: Infer = (r) => {
  const [a, b] = [r.shape(0), r.shape(1)]
  const same = a && b && a.length === b.length ? a.map((d, i) => (d === b[i] ? d : null)) : null
  return [typed(r.dtype(0) ?? r.dtype(1), same)]
}

const scalarCondition: Check = (r) => {
  const [dtype, rank] = [r.dtype(0), r.rank(0)]
  if (dtype && dtype !== 'bool') return `the condition is BOOL, not ${dtype}`
  return rank ? `the condition is a scalar, not of rank ${rank}` : null
}

const recurrenceRules: Check = (r) => {
  const [a, b] = [r.rank(0), r.rank(1)]
  if (a !== null && b !== null && a !== b)
    return `both values of a RECURRENCE have the same dimensions, not ${a} and ${b} of them`
  return alike(0, 1, 'both values')(r)
}

/** A loop's boundary layers name their loop; a conditional's their conditional. */
const loop = { loop: text() }
const conditional = { conditional: text() }

/** Boundaries of loops and conditionals: what is inside stands among the other layers, between them. */
export const controlKinds = {
  TRIP_LIMIT: layer(
    'control',
    'input',
    '',
    { ...loop, kind: oneOf(TripLimit) },
    {
      check: (r) => (r.text('kind') === 'WHILE' ? scalarCondition(r) : numberIn(0, 'the count')(r)),
    },
  ),
  /** The second operand is the value of the iteration before: it comes from behind the layer. */
  RECURRENCE: layer('control', 'initial next^', 'output', loop, { infer: sameAsFirst, check: recurrenceRules }),
  ITERATOR: layer(
    'control',
    'input',
    'output',
    { ...loop, axis: int(0), reverse: flag(false) },
    { infer: iterated, check: axisRule() },
  ),
  LOOP_OUTPUT: layer(
    'control',
    'input length?',
    'output',
    { ...loop, kind: oneOf(LoopOutput), axis: int(0) },
    {
      infer: loopOutput,
      check: (r) =>
        r.text('kind') !== 'LAST_VALUE' && !r.has(1)
          ? `LOOP_OUTPUT ${r.text('kind')} needs its length`
          : numberIn(1, 'the length')(r),
    },
  ),
  CONDITION: layer('control', 'condition', '', conditional, { check: scalarCondition }),
  CONDITIONAL_INPUT: layer('control', 'input', 'output', conditional, { infer: sameAsFirst }),
  CONDITIONAL_OUTPUT: layer('control', 'true_output false_output', 'output', conditional, {
    infer: chosen,
    check: (r) => {
      const [a, b] = [r.rank(0), r.rank(1)]
      return a !== null && b !== null && a !== b
        ? `both values of a conditional are of one rank, not ${a} and ${b}`
        : alike(0, 1, 'both values')(r)
    },
  }),
}
