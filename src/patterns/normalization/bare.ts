/**
 * Normalisations that miss their scale or their bias (catalogue 39, 40): a new model's are 1 and 0, and have gone as no-ops.
 *
 *   (x - mean(x)) / √(mean((x - mean(x))²) + ε) [· scale] [+ bias]   =>  LayerNormalization(x, scale or 1 [, bias])
 *   x / √(mean(x²) + ε)                                              =>  RMSNormalization(x, 1)
 *
 * Preconditions as in layer-norm.ts; and what comes behind is no scale or bias, for then this is part of the larger form.
 */
import type { Builder, Layer, RuleMatch, Tensor, RulePattern } from '../../engine'
import { onnxRule } from '../define'
import { family } from '../library'
import type { Target } from '../library'
import {
  alongLast,
  firstReason,
  isEpsilon,
  isLastMean,
  isNotCentred,
  LAYER_CORE,
  LAYER_VALUE,
  rms,
  RMS_CORE,
  RMS_VALUE,
} from './layer-norm'

/** Whether nothing behind the root could be its scale or bias, a cast in between or not. */
function isWhole(root: Layer, kinds: readonly string[]): true | string {
  let y: Tensor = root.result()
  const cast = y.singleUse?.layer
  if (cast?.kind === 'Cast') y = cast.output() ?? y
  const next = y.singleUse?.layer
  const other = next?.getInputs().find((t) => t !== y)
  return !next || !kinds.includes(next.kind) || !other?.isConstant || `${next.name} may be its scale or bias`
}

/** A scale of ones is made up to this size: a file may claim any. */
const LARGEST_SCALE = 1 << 20

/** The type is kept, and the last size is known, so that a scale of 1 can be made. */
function isPlain(m: RuleMatch): true | string {
  const [x, y] = [m.tensor('x'), m.tensor('y')]
  if (x.dtype !== y.dtype || (x.dtype !== 'float32' && x.dtype !== 'float16')) return `${x.dtype} becomes ${y.dtype}`
  const size = x.shape?.at(-1)
  if (typeof size !== 'number') return 'the last size is not known'
  return size <= LARGEST_SCALE || `the last size, ${size}, is too large to make a scale of`
}

function ones(b: Builder, x: Tensor): Tensor {
  const size = Number(x.shape!.at(-1))
  return b.constant(x.dtype!, [size], new Float64Array(size).fill(1), 'scale')
}

function bareLayerNorm(ending: string, further: readonly string[]): RulePattern {
  const text = `rule "LayerNorm (bare)"${LAYER_CORE}\n${ending}\n=>\ny = LayerNormalization(x)`
  const fits = (m: RuleMatch, name: string): true | string => {
    const t = m.optional(name)
    if (!t) return true
    return firstReason(alongLast(t, m.tensor('x'), name), t.dtype === m.tensor('x').dtype || `${name} has another type`)
  }
  return onnxRule(text, {
    check: (m) =>
      firstReason(
        isLastMean(m, 'mean'),
        isLastMean(m, 'var'),
        isEpsilon(m.tensor('eps')),
        isPlain(m),
        fits(m, 'scale'),
        fits(m, 'bias'),
      ),
    checkRoot: (root) => isWhole(root, further),
    build: (b, m) => {
      const x = m.tensor('x')
      const operands = [x, m.optional('scale') ?? ones(b, x), m.optional('bias')]
      return { y: b.call('LayerNormalization', operands, { axis: -1, epsilon: m.scalar('eps') }, m.tensor('y').record) }
    },
  })
}

function bareRmsNorm(target: Target): RulePattern {
  return onnxRule(`rule "RMSNorm (bare)"${RMS_CORE}\ny = ${RMS_VALUE}\n=>\ny = RMSNormalization(x)`, {
    check: (m) =>
      firstReason(isLastMean(m, 'mean'), isNotCentred(m.tensor('x')), isEpsilon(m.tensor('eps')), isPlain(m)),
    checkRoot: (root) => isWhole(root, ['Mul']),
    build: (b, m) => ({ y: rms(b, m, target, ones(b, m.tensor('x'))) }),
  })
}

const N = `n = ${LAYER_VALUE}`

export const BARE_NORM = family('Normalization', { stage: 2 }, [
  {
    label: 'LayerNorm without bias',
    equation: '(x − mean) / √(var + ε) · s ⇒ LayerNormalization(x, s)',
    benefit: 50,
    make: () => bareLayerNorm(`${N}\ny = Mul(n, @scale)`, ['Add']),
  },
  {
    label: 'LayerNorm without scale',
    equation: '(x − mean) / √(var + ε) + b ⇒ LayerNormalization(x, 1, b)',
    benefit: 50,
    make: () => bareLayerNorm(`${N}\ny = Add(n, @bias)`, []),
  },
  {
    label: 'LayerNorm without either',
    equation: '(x − mean) / √(var + ε) ⇒ LayerNormalization(x, 1)',
    benefit: 50,
    make: () => bareLayerNorm(`y = ${LAYER_VALUE}`, ['Add', 'Mul']),
  },
  {
    label: 'RMSNorm without scale',
    equation: 'x / √(mean(x²) + ε) ⇒ RMSNormalization(x, 1)',
    benefit: 50,
    make: bareRmsNorm,
  },
])
