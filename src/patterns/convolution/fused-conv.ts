/**
 * A convolution with what follows it in one layer (catalogue 24, 25); com.microsoft, float32 on the CPU.
 *
 *   f(Conv(x, W, B))              =>  FusedConv(x, W, B), activation f     Relu, Sigmoid, Tanh, LeakyRelu, HardSigmoid,
 *                                                                         HardSwish, Clip
 *   Conv(x, W, B) + z             =>  FusedConv(x, W, B, z)                z of the same shape, for sure
 *
 * The kernel computes f(Conv + B + z), so that the sum goes in first. Preconditions: the value in between has no other user;
 * the bounds of Clip are constants.
 */
import type { Attributes, Layer, PatternRewriter, Tensor } from '../../engine'
import { sameShape } from '../../engine'
import { found, pattern } from '../define'
import { family } from '../library'
import { parentOf, scalarOf, usedOnce } from '../values'
import { given } from '../known'

const CONV = 'Conv'
const FUSED = 'com.microsoft.FusedConv'
const ACTIVATIONS = ['Relu', 'Sigmoid', 'Tanh', 'LeakyRelu', 'HardSigmoid', 'HardSwish', 'Clip']
const FLOAT_MAX = 3.4028234663852886e38

/** A convolution that nothing but `t`'s one user sees, and that has no activation yet. */
function openConv(t: Tensor | null): Layer | null {
  const conv = parentOf(t, CONV, FUSED)
  return conv && given(t).dtype === 'float32' && usedOnce(t) && !conv.record.attributes['activation'] ? conv : null
}

/** `activation_params`; null where the activation takes none, a text where it cannot be said. */
function parametersOf(layer: Layer): readonly number[] | null | string {
  switch (layer.kind) {
    case 'LeakyRelu':
      return [Number(layer.attribute('alpha'))]
    case 'HardSigmoid':
      return [Number(layer.attribute('alpha')), Number(layer.attribute('beta'))]
    case 'Clip': {
      const [low, high] = [1, 2].map((i) => layer.input(i))
      const bounds = [low ? scalarOf(low) : -FLOAT_MAX, high ? scalarOf(high) : FLOAT_MAX]
      const isGiven = bounds.every((x) => x !== null) && layer.network.opsetOf('Clip') >= 11
      return isGiven ? (bounds as number[]) : 'its bounds are no constants'
    }
    default:
      return null
  }
}

function convActivation(): PatternRewriter {
  return pattern({
    name: 'Conv and activation',
    root: ACTIVATIONS,
    match: (layer, decline) => {
      const x = layer.input(0)
      const conv = openConv(x)
      const matched = { activation: layer }
      if (!conv)
        return decline?.(
          'conv',
          x?.parent ?? null,
          'a float32 Conv with one user',
          x?.parent?.kind ?? 'an input',
          matched,
        )
      const parameters = parametersOf(layer)
      if (typeof parameters === 'string') return decline?.('activation', layer, 'constant bounds', parameters, matched)
      return found(layer, { ...matched, conv }, { x: conv.input(0) }, parameters)
    },
    rewrite: (b, m) => {
      const conv = m.layer('conv')
      const parameters = m.data as number[] | null
      const attributes: Attributes = {
        ...conv.record.attributes,
        activation: m.root.kind,
        ...(parameters && { activation_params: parameters }),
      }
      return {
        y: b.call(FUSED, conv.operands, attributes, m.tensor('y').record),
      }
    },
  })
}

function convResidual(): PatternRewriter {
  return pattern({
    name: 'Conv and residual',
    root: ['Add', 'Sum'],
    match: (layer, decline) => {
      if (layer.numInputs !== 2) return false
      const convs = [0, 1].flatMap((at) => {
        const conv = openConv(layer.input(at))
        return conv && !conv.input(3) ? [{ conv, z: layer.operand(1 - at) }] : []
      })
      // Of two, the later one: what it adds is there by then.
      const [first, second] = convs
      const chosen = first && second ? (first.conv.isBefore(second.conv) ? second : first) : first
      if (!chosen) return false
      const { conv, z } = chosen
      const matched = { sum: layer, conv }
      const own = conv.result()
      if (!sameShape(own.shape, z.shape) || z.dtype !== 'float32')
        return decline?.('z', z.parent, `float32 [${own.shape ?? '...'}]`, `${z.dtype} [${z.shape ?? '...'}]`, matched)
      return found(layer, matched, { x: conv.input(0), z })
    },
    rewrite: (b, m) => {
      const conv = m.layer('conv')
      const operands = [conv.input(0), conv.input(1), conv.input(2), m.tensor('z')]
      return { y: b.call(FUSED, operands, conv.record.attributes, m.tensor('y').record) }
    },
  })
}

export const FUSED_CONV = family('Convolution', { stage: 3, targets: ['ort'] }, [
  {
    label: 'Conv and residual',
    equation: 'Conv(x, W, B) + z ⇒ FusedConv(x, W, B, z)',
    benefit: 45,
    make: convResidual,
  },
  {
    label: 'Conv and activation',
    equation: 'f(Conv(x, W, B)) ⇒ FusedConv(x, W, B), activation f',
    benefit: 35,
    exactness: 'exact',
    make: convActivation,
  },
])
