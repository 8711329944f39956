/**
 * Normalisations that miss their scale or their bias (catalogue 39, 40): a new model's are 1 and 0, and have gone as no-ops.
 *
 *   (x - mean(x)) / √(mean((x - mean(x))²) + ε) [· scale] [+ bias]   =>  LayerNormalization(x, scale or 1 [, bias])
 *   x / √(mean(x²) + ε)                                              =>  RMSNormalization(x, 1)
 *
 * Preconditions as in layer-norm.ts; and what comes behind is no scale or bias, for then this is part of the larger form: that
 * is code beside the text, which speaks of what stands above a root, not below it.
 */
import type { Layer, RulePattern, Tensor } from '../../engine'
import { onnxRule } from '../define'
import { family } from '../library'
import type { Target } from '../library'
import {
  alongLast,
  isNotCentred,
  LAYER_CORE,
  LAYER_NORM,
  LAYER_VALUE,
  ONE_MEAN,
  rms,
  RMS_CORE,
  RMS_VALUE,
  TWO_MEANS,
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

/** The type is kept, and the last size is known, so that a scale of 1 can be made: up to a million, for a file may claim any. */
const PLAIN = 'x.dtype == y.dtype, x.dtype in [float32, float16], x.shape[-1] <= 1048576'
const ONES = 'full([x.shape[-1]], 1)'

const bareLayerNorm = (ending: string, right: string, further: readonly string[], where = ''): RulePattern =>
  onnxRule(
    `rule "LayerNorm (bare)"${LAYER_CORE}
${ending}
=>
y = ${LAYER_NORM}(${right})
where ${TWO_MEANS},
      ${PLAIN}${where}`,
    { checkRoot: (root) => isWhole(root, further) },
  )

const bareRmsNorm = (target: Target): RulePattern =>
  onnxRule(
    `rule "RMSNorm (bare)"${RMS_CORE}
y = ${RMS_VALUE}
${rms(target, ONES, `${ONE_MEAN},\n      ${PLAIN}`)}`,
    { checkRoot: (root) => isWhole(root, ['Mul']), check: (m) => isNotCentred(m.tensor('x')) },
  )

const N = `n = ${LAYER_VALUE}`

export const BARE_NORM = family('Normalization', { stage: 2 }, [
  {
    label: 'LayerNorm without bias',
    equation: '(x − mean) / √(var + ε) · s ⇒ LayerNormalization(x, s)',
    benefit: 50,
    make: () => bareLayerNorm(`${N}\ny = Mul(n, @scale)`, 'x, scale', ['Add'], `,\n      ${alongLast('scale')}`),
  },
  {
    label: 'LayerNorm without scale',
    equation: '(x − mean) / √(var + ε) + b ⇒ LayerNormalization(x, 1, b)',
    benefit: 50,
    make: () => bareLayerNorm(`${N}\ny = Add(n, @bias)`, `x, ${ONES}, bias`, [], `,\n      ${alongLast('bias')}`),
  },
  {
    label: 'LayerNorm without either',
    equation: '(x − mean) / √(var + ε) ⇒ LayerNormalization(x, 1)',
    benefit: 50,
    make: () => bareLayerNorm(`y = ${LAYER_VALUE}`, `x, ${ONES}`, ['Add', 'Mul']),
  },
  {
    label: 'RMSNorm without scale',
    equation: 'x / √(mean(x²) + ε) ⇒ RMSNormalization(x, 1)',
    benefit: 50,
    make: bareRmsNorm,
  },
])
