import { dtypeOfDataType } from '../data-type'
import { ActivationType, DataType, ElementWiseOperation, ScaleMode, UnaryOperation } from '../enums'
import { broadcast, broadcastOf, commonDtype, equalRanks, equalTypes } from '../infer/broadcast'
import { ofTypes } from '../infer/operand-rules'
import { sameAsFirst } from '../infer/reading'
import { float, layer, oneOf, optionalInt, typed, weights } from './notation'
import type { Check, Infer } from './notation'

const COMPARING: ReadonlySet<unknown> = new Set(['EQUAL', 'GREATER', 'LESS'])
const LOGICAL: ReadonlySet<unknown> = new Set(['AND', 'OR', 'XOR'])
const COMMUTING: ReadonlySet<unknown> = new Set(['SUM', 'PROD', 'MAX', 'MIN', 'AND', 'OR', 'XOR', 'EQUAL'])

const elementwise: Infer = (r) =>
  COMPARING.has(r.text('op')) || LOGICAL.has(r.text('op')) ? broadcast('bool')(r) : broadcast()(r)

const elementwiseRules: Check = (r) => {
  const op = r.text('op')
  const dtype = commonDtype(r)
  if (dtype === 'bool' && !LOGICAL.has(op) && op !== 'EQUAL') return `ELEMENTWISE ${op} takes no BOOL operands`
  if (LOGICAL.has(op) && dtype && dtype !== 'bool') return `ELEMENTWISE ${op} takes BOOL operands, not ${dtype}`
  return equalRanks(r) ?? equalTypes(r)
}

const unary: Infer = (r) => [
  typed(r.text('op') === 'ISINF' || r.text('op') === 'ISNAN' ? 'bool' : r.dtype(0), r.shape(0)),
]

const unaryRules: Check = (r) => {
  const [op, dtype] = [r.text('op'), r.dtype(0)]
  if (op === 'NOT' && dtype && dtype !== 'bool') return `UNARY NOT takes a BOOL operand, not ${dtype}`
  if (op !== 'NOT' && dtype === 'bool') return `UNARY ${op} takes no BOOL operand`
  const takesWhole = op === 'NOT' || op === 'ABS' || op === 'SIGN' || op === 'NEG'
  return takesWhole || !dtype || dtype.includes('float') || dtype === 'int8'
    ? null
    : `UNARY ${op} takes floating-point numbers, not ${dtype}`
}

const activationRules: Check = (r) => {
  const [type, dtype] = [r.text('type'), r.dtype(0)]
  const isWhole = dtype === 'int32' || dtype === 'int64'
  return !dtype || dtype.includes('float') || dtype === 'int8' || (isWhole && type === 'RELU')
    ? null
    : `ACTIVATION ${type} takes floating-point numbers, not ${dtype}`
}

/** One weight for all, one for each channel, or one for each element from the channels on. */
const scaleRules: Check = (r) => {
  const x = r.shape(0)
  if (x && x.length < 4) return `SCALE takes at least 4 dimensions, not ${x.length}`
  const mode = r.text('mode')
  const axis = r.number('channel_axis') ?? (x ? x.length - 3 : null)
  const sizes = mode === 'UNIFORM' ? [1] : axis === null ? undefined : x?.slice(axis, mode === 'CHANNEL' ? axis + 1 : undefined) // prettier-ignore
  if (axis !== null && x && (axis < 0 || axis >= x.length)) return `SCALE has axis ${axis}, and its operand ${x.length} dimensions` // prettier-ignore
  const count = sizes?.reduce<number>((n, d) => n * (typeof d === 'number' ? d : NaN), 1)
  const odd = ['shift', 'scale', 'power'].find((name) => {
    const size = r.tensor(name)?.size ?? 0
    return size > 0 && count !== undefined && !Number.isNaN(count) && size !== count
  })
  return odd === undefined ? floating(r) : `${odd} of SCALE ${mode} has ${r.tensor(odd)!.size} weights, not ${count}`
}
const floating = ofTypes('floating-point numbers')

const select: Infer = (r) => [typed(r.dtype(1) ?? r.dtype(2), broadcastOf(r))]

const selectRules: Check = (r) => {
  const condition = r.dtype(0)
  if (condition && condition !== 'bool') return `the condition of SELECT is BOOL, not ${condition}`
  return equalRanks(r) ?? equalTypes(r, 1)
}

/** Layers that do something to each element. */
export const elementwiseKinds = {
  ELEMENTWISE: layer(
    'elementwise',
    'input1 input2',
    'output',
    { op: oneOf(Object.values(ElementWiseOperation)) },
    { infer: elementwise, check: elementwiseRules, commutes: ({ op }) => COMMUTING.has(op) },
  ),
  UNARY: layer('elementwise', 'input', 'output', { op: oneOf(UnaryOperation) }, { infer: unary, check: unaryRules }),
  ACTIVATION: layer(
    'activation',
    'input',
    'output',
    { type: oneOf(ActivationType), alpha: float(0), beta: float(0) },
    { infer: sameAsFirst, check: activationRules },
  ),
  PARAMETRIC_RELU: layer(
    'activation',
    'input slopes',
    'output',
    {},
    { infer: sameAsFirst, check: (r) => equalRanks(r) ?? equalTypes(r) ?? floating(r) },
  ),
  SELECT: layer('elementwise', 'condition then_input else_input', 'output', {}, { infer: select, check: selectRules }),
  SCALE: layer(
    'elementwise',
    'input',
    'output',
    {
      mode: oneOf(ScaleMode, 'UNIFORM'),
      shift: weights(),
      scale: weights(),
      power: weights(),
      channel_axis: optionalInt(),
    },
    { infer: sameAsFirst, check: scaleRules },
  ),
  CAST: layer(
    'data-movement',
    'input',
    'output',
    { to_type: oneOf(DataType) },
    { infer: (r) => [typed(dtypeOfDataType(r.text('to_type')), r.shape(0))] },
  ),
  IDENTITY: layer('shape', 'input', 'output', {}, { infer: sameAsFirst }),
}
