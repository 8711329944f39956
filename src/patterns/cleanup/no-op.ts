/**
 * Layers that give back what they take (catalogue 2).
 *
 *   Identity(x), Dropout(x) at inference, Cast to x's own type, Transpose that keeps the order, Reshape or Expand to x's own
 *   shape, Slice of everything, Concat, Sum, Max or Min of one, Pad by nothing, x * 1, x + 0, x - 0, x / 1, x ** 1   =>  x
 *
 * Preconditions: the result has x's type and shape, certainly; a constant that is multiplied or added does not enlarge it.
 * x + 0 makes +0 of −0: it stays, unless the zero is −0. Where x is never −0, or nothing that takes the sum tells
 * one zero from the other, `Sum with zero` takes it out: on its own that is no more than equal up to the sign of a zero.
 */
import { sameShape } from '../../engine'
import type { ConstantValue, Layer, PatternRewriter, Tensor } from '../../engine'
import { family } from '../library'
import { found, pattern } from '../define'
import type { Decline, Outcome } from '../define'
import { everyElement, FLOATS, intsOf, permOf } from '../values'
import { ignoresSignOfZero, isNeverNegativeZero } from '../signed-zero'

const NEUTRAL: Readonly<Record<string, { value: number; commutes: boolean }>> = {
  Mul: { value: 1, commutes: true },
  Add: { value: 0, commutes: true },
  Sub: { value: 0, commutes: false },
  Div: { value: 1, commutes: false },
  Pow: { value: 1, commutes: false },
}

const KINDS = [
  'Identity',
  'Dropout',
  'Cast',
  'Transpose',
  'Reshape',
  'Expand',
  'Slice',
  'Concat',
  'Sum',
  'Max',
  'Min',
  'Pad',
  'Unsqueeze',
  'Squeeze',
  'And',
  'Or',
  ...Object.keys(NEUTRAL),
]

/** Why a layer that looks as if it gave back an operand does not: worded only where somebody asks. */
type Reason = () => string

/** The operand that a layer gives back unchanged; a reason where it looks like one and is not. */
function passedOn(layer: Layer): Tensor | Reason | null {
  const x = layer.input(0)
  const y = layer.output()
  if (!x || !y) return null
  const keepsType = x.dtype !== null && x.dtype === y.dtype
  switch (layer.kind) {
    case 'Identity':
      return x
    case 'Dropout':
      return isInference(layer) ? x : () => 'it may train, or its mask is used'
    case 'Cast':
      return keepsType ? x : () => `${x.dtype} becomes ${y.dtype}`
    case 'Transpose': {
      const perm = permOf(layer)
      return perm?.every((p, i) => p === i) ? x : () => 'the order changes'
    }
    case 'Reshape':
    case 'Expand':
    case 'Slice':
      return sameShape(x.shape, y.shape) && isForward(layer) ? x : changesShape(x, y)
    case 'Concat':
    case 'Sum':
    case 'Max':
    case 'Min':
      return layer.numInputs === 1 ? x : null
    case 'Pad': {
      const pads = intsOf(layer.input(1)) ?? (layer.record.attributes['pads'] as number[] | undefined)
      return pads?.every((p) => p === 0) ? x : () => 'it pads'
    }
    case 'And':
      return neutralOperand(layer, 1, true)
    case 'Or':
      return neutralOperand(layer, 0, true)
    default: {
      const neutral = NEUTRAL[layer.kind]
      return neutral ? neutralOperand(layer, neutral.value, neutral.commutes) : null
    }
  }
}

function changesShape(x: Tensor, y: Tensor): Reason {
  return () => `[${x.shape ?? '...'}] becomes [${y.shape ?? '...'}]`
}

/** A Slice with negative steps gives the same shape in another order. */
function isForward(layer: Layer): boolean {
  if (layer.kind !== 'Slice' || !layer.input(4)) return true
  return intsOf(layer.input(4))?.every((s) => s === 1) ?? false
}

function isInference(layer: Layer): boolean {
  if (
    layer
      .getOutputs()
      .slice(1)
      .some((t) => t.liveUses > 0 || t.isNetworkOutput())
  )
    return false
  const mode = layer.input(2)
  const isOff = !mode || (mode.value?.isAvailable === true && mode.value.scalar() === 0)
  return isOff || layer.input(1)?.value?.scalar() === 0
}

function first(c: ConstantValue): number | null {
  return c.size === 1 ? c.scalar() : c.at(0)
}

/** x + 0 and x − (−0) make +0 of −0; x + (−0) and x − 0 do not. */
function makesPositiveZero(layer: Layer, zero: ConstantValue): boolean {
  const harmless = layer.kind === 'Add' ? -0 : 0
  const isSum = (layer.kind === 'Add' || layer.kind === 'Sub') && FLOATS.includes(zero.dtype)
  return isSum && !everyElement(zero, (v) => Object.is(v, harmless))
}

function neutralOperand(layer: Layer, value: number, commutes: boolean): Tensor | Reason | null {
  for (let at = 1; at >= (commutes ? 0 : 1); at--) {
    const c = layer.input(at)?.value
    const x = layer.input(1 - at)
    if (!c?.isAvailable || !x || c.size > 4096 || (c.size > 0 && first(c) !== value)) continue
    if (!everyElement(c, (v) => v === value)) continue
    if (makesPositiveZero(layer, c)) return () => 'adding 0 makes +0 of −0'
    if (sameShape(x.shape, layer.result().shape) || (c.size === 1 && x.rank !== null && c.shape.length <= x.rank))
      return x
    return () => `the constant enlarges [${x.shape ?? '...'}]`
  }
  return null
}

function matchNoOp(layer: Layer, decline: Decline): Outcome {
  const x = passedOn(layer)
  if (x === null) return false
  return typeof x === 'function'
    ? decline?.('root', layer, `${layer.kind} that changes nothing`, x())
    : found(layer, { 'no-op': layer }, { x })
}

function noOp(): PatternRewriter {
  return pattern({ name: 'No-op', root: KINDS, match: matchNoOp, rewrite: (_, m) => ({ y: m.tensor('x') }) })
}

/** x + 0 and x − (−0), where x is never −0, or the sign of a zero is lost anyway. */
function sumWithZero(): PatternRewriter {
  return pattern({
    name: 'Sum with zero',
    root: ['Add', 'Sub'],
    match: (layer, decline) => {
      const x = zeroAndOther(layer)
      if (!x) return false
      if (!isNeverNegativeZero(x) && !ignoresSignOfZero(layer.result()))
        return decline?.('sum', layer, 'users that do not tell −0 from 0', 'others', { sum: layer })
      return found(layer, { sum: layer }, { x })
    },
    rewrite: (_, m) => ({ y: m.tensor('x') }),
  })
}

/** The operand that a constant of zeros is added to, or taken from, where it gives the result its shape. */
function zeroAndOther(layer: Layer): Tensor | null {
  for (const at of layer.kind === 'Add' ? [1, 0] : [1]) {
    const c = layer.input(at)?.value
    const x = layer.input(1 - at)
    if (!c?.isAvailable || !x || c.size > 4096 || !everyElement(c, (v) => v === 0)) continue
    return sameShape(x.shape, layer.result().shape) ? x : null
  }
  return null
}

export const NO_OPS = family('Clean-up', { stage: 1, exactness: 'exact' }, [
  {
    label: 'Sum with zero',
    equation: 'x + 0 ⇒ x, where the sign of a zero is lost',
    exactness: 'rounding',
    benefit: 104,
    make: sumWithZero,
  },
  { label: 'No-op', equation: 'Identity(x), x · 1, x − 0 … ⇒ x', benefit: 105, make: noOp },
])
