/**
 * Scales and shifts by channel fold into the weights of the convolution beside them (catalogue 19-23).
 *
 *   Conv(x, W, B) · s + t           =>  Conv(x, W · s, B · s + t)          BatchNormalization, Mul, Div, Add, Sub
 *   Conv(x · s + t, W, B)           =>  Conv(x, W · s, B + Σ W · t)        with t ≠ 0 only where nothing is padded
 *   BatchNormalization(x) · s + t   =>  BatchNormalization(x)              and the other way round
 *
 * Preconditions: weights, bias, s and t constants, s and t one number or one a channel, never spatial, never of higher rank
 * than the value; BatchNormalization at inference, only its first result in use; the value in between has no other user. A
 * ConvTranspose's weights are [Cin, Cout / groups, ..]: its output channels lie on axis 1 within each group. Computed in
 * float64 and rounded once; weights that others share are cloned.
 */
import type { Builder, ConstantValue, Layer, Match, PatternRewriter, Tensor } from '../../engine'
import { found, pattern } from '../define'
import type { Decline } from '../define'
import { family } from '../library'
import { constantOf, parentOf, producerOf, usedOnce } from '../values'
import { allFinite, scaled } from '../weights'
import { AFFINE_KINDS, affineOf } from './affine'
import type { Affine } from './affine'

const CONVOLUTIONS = ['Conv', 'ConvTranspose']
const BATCH_NORM = ['BatchNormalization']

/** Weights and bias of a convolution, if both are constants that are here. */
function weightsOf(conv: Layer): { readonly weights: ConstantValue; readonly bias: ConstantValue | null } | null {
  const weights = constantOf(conv.input(1))
  const bias = constantOf(conv.input(2))
  if (!weights?.isAvailable || (conv.input(2) && !bias?.isAvailable)) return null
  return { weights, bias: bias ?? null }
}

function groupsOf(conv: Layer): number {
  return Number(conv.attribute('group') ?? 1)
}

function outputChannels(conv: Layer, weights: ConstantValue): number {
  return conv.kind === 'Conv' ? weights.shape[0]! : weights.shape[1]! * groupsOf(conv)
}

/** The weights with each output channel scaled: axis 0 of a Conv, axis 1 within its group of a ConvTranspose. */
function outputsScaled(conv: Layer, weights: ConstantValue, scale: Float64Array): ConstantValue | null {
  return conv.kind === 'Conv'
    ? scaled(weights, scale, weights.size / scale.length)
    : scaled(weights, scale, kernelSize(weights), groupsOf(conv))
}

/** Elements of one kernel. */
function kernelSize({ size, shape }: ConstantValue): number {
  return size / (shape[0]! * shape[1]!)
}

function convThenAffine(name: string, root: readonly string[]): PatternRewriter {
  return pattern({
    name,
    root,
    needs: CONVOLUTIONS,
    match: (layer, decline) => {
      const conv = producerOf(layer, CONVOLUTIONS)
      if (!conv) return miss(layer, decline)
      const matched = { affine: layer, conv }
      const own = weightsOf(conv)
      if (!own) return decline?.('weights', conv, 'constant weights and bias', 'computed ones', matched)
      const affine = affineOf(layer, outputChannels(conv, own.weights))
      if (typeof affine === 'string') return decline?.('affine', layer, 'a constant a channel', affine, matched)
      if (!usedOnce(conv.output())) return decline?.('conv', conv, 'one user', 'several', matched)
      return found(layer, matched, { x: conv.input(0) }, affine)
    },
    rewrite: (b, m) => {
      const conv = m.layer('conv')
      const { weights, bias } = weightsOf(conv)!
      const { scale, shift } = m.data as Affine
      const old = bias?.numbers()
      const shifted = new Float64Array(shift)
      if (old) for (let c = 0; c < shifted.length; c++) shifted[c]! += old[c]! * scale[c]!
      return convolved(b, m, outputsScaled(conv, weights, scale), shifted)
    },
  })
}

/** The convolution of a match with other weights; null where they are not finite. */
function convolved(b: Builder, m: Match, weights: ConstantValue | null, bias: Float64Array): { y: Tensor } | null {
  const conv = m.layer('conv')
  if (!weights || !allFinite(bias, weights.dtype)) return null
  const { name } = conv.operand(1)
  const operands = [m.tensor('x'), b.keep(weights, name), b.constant(weights.dtype, [bias.length], bias, name)]
  return { y: b.call(conv.kind, operands, conv.record.attributes, m.tensor('y').record) }
}

function miss(layer: Layer, decline: Decline) {
  const isNorm = layer.kind === 'BatchNormalization'
  const parent = layer.input(0)?.parent ?? null
  return isNorm
    ? decline?.('conv', parent, 'Conv or ConvTranspose', parent?.kind ?? 'an input', { affine: layer })
    : false
}

function affineThenConv(): PatternRewriter {
  return pattern({
    name: 'Scale and Conv',
    root: ['Conv'],
    match: (conv, decline) => {
      const layer = parentOf(conv.input(0), ...AFFINE_KINDS)
      const own = weightsOf(conv)
      if (!layer || !own) return false
      const matched = { conv, affine: layer }
      const affine = affineOf(layer, own.weights.shape[1]! * groupsOf(conv))
      if (typeof affine === 'string') return decline?.('affine', layer, 'a constant a channel', affine, matched)
      if (!usedOnce(layer.output())) return decline?.('affine', layer, 'one user', 'several', matched)
      if (pads(conv) && affine.shift.some((t) => t !== 0))
        return decline?.('pads', conv, 'no padding around what is shifted', 'some', matched)
      return found(conv, matched, { x: affine.x }, affine)
    },
    rewrite: (b, m) => {
      const { weights, bias } = weightsOf(m.root)!
      const { scale, shift } = m.data as Affine
      const groups = groupsOf(m.root)
      const shifted = bias ? new Float64Array(bias.numbers()) : new Float64Array(weights.shape[0]!)
      addShifts(shifted, weights, shift, groups)
      return convolved(b, m, scaled(weights, scale, kernelSize(weights), groups), shifted)
    },
  })
}

/** Adds to each output channel of a Conv what a shift of its input channels makes of it: Σ W · t. */
function addShifts(to: Float64Array, weights: ConstantValue, shift: Float64Array, groups: number): void {
  if (shift.every((t) => t === 0)) return
  const [outputs = 1, inputs = 1] = weights.shape
  const run = kernelSize(weights)
  const from = weights.numbers()
  for (let o = 0, i = 0; o < outputs; o++) {
    const first = Math.floor((o * groups) / outputs) * inputs
    for (let k = first; k < first + inputs; k++) for (const end = i + run; i < end; i++) to[o]! += from[i]! * shift[k]!
  }
}

function pads(conv: Layer): boolean {
  const mode = conv.attribute('auto_pad') ?? 'NOTSET'
  if (mode === 'VALID') return false
  return mode !== 'NOTSET' || ((conv.attribute('pads') as number[] | undefined)?.some((p) => p !== 0) ?? false)
}

/** The outer of two layers, one of them a BatchNormalization, the other one any scale or shift. */
function batchNormChain(): PatternRewriter {
  return pattern({
    name: 'BatchNormalization and scale',
    root: AFFINE_KINDS,
    needs: BATCH_NORM,
    match: (layer, decline) => {
      const inner = producerOf(layer, layer.kind === 'BatchNormalization' ? AFFINE_KINDS : BATCH_NORM)
      if (!inner) return false
      const norm = layer.kind === 'BatchNormalization' ? layer : inner
      const channels = constantOf(norm.input(1))?.size ?? 0
      const matched = { outer: layer, inner }
      const [outer, first] = [affineOf(layer, channels), affineOf(inner, channels)]
      if (typeof outer === 'string') return decline?.('outer', layer, 'a constant a channel', outer, matched)
      if (typeof first === 'string') return decline?.('inner', inner, 'a constant a channel', first, matched)
      if (outer.x !== inner.output() || !usedOnce(inner.output()))
        return decline?.('inner', inner, 'one user', 'several', matched)
      return found(layer, matched, { x: first.x }, { outer, first, norm })
    },
    rewrite: (b, m) => {
      const { outer, first, norm } = m.data as { outer: Affine; first: Affine; norm: Layer }
      const { dtype } = constantOf(norm.input(1))!
      const vector = (v: ArrayLike<number>): Tensor => b.constant(dtype, [v.length], v, norm.operand(1).name)
      const { training_mode: _, ...attributes } = norm.record.attributes
      // With mean 0, and the variance and ε as they were, γ is the scale times the deviation.
      const variance = norm.operand(4)
      const variances = constantOf(variance)!.numbers()
      const epsilon = Number(norm.attribute('epsilon') ?? 1e-5)
      const gamma = outer.scale.map((s, c) => s * first.scale[c]! * Math.sqrt(variances[c]! + epsilon))
      const beta = outer.shift.map((t, c) => t + outer.scale[c]! * first.shift[c]!)
      if (!allFinite(gamma, dtype) || !allFinite(beta, dtype)) return null
      const operands = [m.tensor('x'), vector(gamma), vector(beta), vector(new Float64Array(gamma.length)), variance]
      return { y: b.call('BatchNormalization', operands, attributes, m.tensor('y').record) }
    },
  })
}

export const CONV_FOLDING = family('Convolution', { stage: 2 }, [
  {
    label: 'Conv+BatchNorm',
    equation: 'BatchNormalization(Conv(x, W, B)) ⇒ Conv(x, W · s, B · s + t)',
    benefit: 61,
    make: () => convThenAffine('Conv+BatchNorm', ['BatchNormalization']),
  },
  {
    label: 'Conv and scale',
    equation: 'Conv(x, W, B) · s + t ⇒ Conv(x, W · s, B · s + t)',
    benefit: 60,
    make: () =>
      convThenAffine(
        'Conv and scale',
        AFFINE_KINDS.filter((k) => k !== 'BatchNormalization'),
      ),
  },
  {
    label: 'BatchNormalization and scale',
    equation: 'BatchNormalization(x) · s + t ⇒ BatchNormalization(x)',
    benefit: 50,
    make: batchNormChain,
  },
  {
    label: 'Scale and Conv',
    equation: 'Conv(x · s + t, W, B) ⇒ Conv(x, W · s, B + Σ W · t)',
    benefit: 45,
    make: affineThenConv,
  },
])
