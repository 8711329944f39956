/**
 * Two layers of one kind in a row (catalogue 7, 8, 10, 11, 16).
 *
 *   Transpose(Transpose(x, p), q)  =>  Transpose(x, p[q])
 *   Reshape(Reshape(x, s), t)      =>  Reshape(x, t)
 *   Cast(Cast(x))                  =>  Cast(x), where the first loses nothing
 *   Neg(Neg(x)), Not(Not(x))       =>  x
 *   Unsqueeze, Squeeze, Flatten    =>  Reshape, where the result is static but for one size
 */
import { isStatic, sameShape } from '../../engine'
import type { Layer, PatternRewriter, RulePattern, Tensor } from '../../engine'
import { family } from '../library'
import { found, onnxRule, pattern } from '../define'
import { intsOf, parentOf, permOf } from '../values'
import { last, nth } from '../known'

/** Without perm a Transpose turns the dimensions round. */
const orderOf = (perm: string): string => `(${perm} ?? reversed(range(x.rank)))`
const [P, Q] = [orderOf('$p'), orderOf('$q')]

const transposeChain = (): RulePattern =>
  onnxRule(`rule "Transpose chain" exact
&first = Transpose<perm=$p?>(x)
y = Transpose<perm=$q?>(first)
=>
y = x
where ${P}[${Q}] == range(len(${P}))
=>
y = Transpose<perm={${P}[${Q}]}>(x)
where len(${P}) == len(${Q})`)

/** Reshape to a shape that needs nothing of its operand: static but for one size, which the elements that are left fill. */
function reshapeTo(t: Tensor): number[] | null {
  const { shape } = t
  if (!shape || shape.filter((d) => typeof d !== 'number').length > 1 || shape.includes(0)) return null
  return shape.map((d) => (typeof d === 'number' ? d : -1))
}

function reshapeChain(): PatternRewriter {
  return pattern({
    name: 'Reshape chain',
    root: ['Reshape', 'Squeeze', 'Unsqueeze', 'Flatten'],
    match: (layer, decline) => {
      const first = parentOf(layer.input(0), 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten')
      if (!first)
        return decline?.(
          'first',
          layer.input(0)?.parent ?? null,
          'Reshape, Squeeze, Unsqueeze or Flatten',
          layer.input(0)?.parent?.kind ?? 'an input',
          { second: layer },
        )
      const x = first.operand(0)
      const to = reshapeTo(layer.result()) ?? copiesNothing(layer)
      if (!to)
        return decline?.(
          'shape',
          layer,
          'a shape with one unknown size at most',
          `[${layer.result().shape ?? '...'}]`,
          {
            second: layer,
            first,
          },
        )
      return found(layer, { second: layer, first }, { x }, to)
    },
    rewrite: (b, m) => {
      const x = m.tensor('x')
      return {
        y: sameShape(x.shape, m.root.result().shape)
          ? x
          : b.call('Reshape', [x, b.ints(...(m.data as number[]))], {}, m.root.result().record),
      }
    },
  })
}

/** The constant shape of a Reshape without sizes copied from its operand. */
function copiesNothing(layer: Layer): number[] | null {
  const shape = layer.kind === 'Reshape' ? intsOf(layer.input(1)) : null
  return shape && !shape.includes(0) ? shape : null
}

/** [..] -> [n, a, b] -> [n, b, a] -> [.., b, a]: a transpose of the last two dimensions that went through three. */
function transposeThroughReshape(): PatternRewriter {
  return pattern({
    name: 'Transpose between reshapes',
    root: ['Reshape'],
    match: (layer, decline) => {
      const transpose = parentOf(layer.input(0), 'Transpose')
      const first = parentOf(transpose?.input(0), 'Reshape')
      if (!transpose || !first || String(permOf(transpose)) !== '0,2,1') return false
      const x = first.operand(0)
      const [mid, to] = [first.result().shape, layer.result().shape]
      if (!isStatic(x.shape) || !isStatic(mid) || !isStatic(to) || to.length < 3) return false
      const before = [...to.slice(0, -2), last(to), nth(to, to.length - 2)]
      const fits = sameShape(mid.slice(-2), before.slice(-2))
      if (!fits)
        return decline?.('shape', layer, `[.., ${mid[2]}, ${mid[1]}]`, `[${to}]`, { reshape: layer, transpose, first })
      return found(layer, { reshape: layer, transpose, first }, { x }, before)
    },
    rewrite: (b, m) => {
      const shape = m.data as number[]
      const x = m.tensor('x')
      const wide = sameShape(x.shape, shape)
        ? x
        : b.call('Reshape', [x, b.ints(...shape)], {}, { dtype: x.dtype, shape })
      return { y: b.call('Transpose', [wide], { perm: swapPerm(shape.length) }) }
    },
  })
}

function swapPerm(rank: number): number[] {
  const perm = Array.from({ length: rank }, (_, i) => i)
  return [...perm.slice(0, -2), rank - 1, rank - 2]
}

/** Types, and those that hold every value of them. */
const WIDER = [
  ['float16, bfloat16', 'float32, float64'],
  ['float32', 'float64'],
  ['int8', 'int16, int32, int64, float16, float32, float64'],
  ['uint8', 'int16, uint16, int32, uint32, int64, uint64, float16, float32, float64'],
  ['int16', 'int32, int64, float32, float64'],
  ['int32', 'int64, float64'],
  ['bool', 'uint8, int8, int16, int32, int64, float16, float32, float64'],
] as const

const LOSES_NOTHING = [
  'x.dtype == first.dtype',
  ...WIDER.map(([from, to]) => `x.dtype in [${from}] and first.dtype in [${to}]`),
].join(' or ')

const castChain = (): RulePattern =>
  onnxRule(`rule "Cast chain" exact
&first = Cast<to=$t, saturate=$s?, round_mode=$r?>(x)
y = Cast<...$at>(first)
=>
y = x
where x.dtype == y.dtype, ${LOSES_NOTHING}
=>
y = Cast<...$at>(x)
where ${LOSES_NOTHING}`)

const involution = (): RulePattern =>
  onnxRule(`rule "Double negation" exact
&first = $f:(Neg | Not)(x)
y = $f(first)
=>
y = x`)

export const CHAINS = family('Clean-up', { stage: 1, exactness: 'exact' }, [
  {
    label: 'Transpose chain',
    equation: 'Transpose(Transpose(x, p), q) ⇒ Transpose(x, p[q])',
    benefit: 100,
    make: transposeChain,
  },
  { label: 'Reshape chain', equation: 'Reshape(Reshape(x)) ⇒ Reshape(x)', benefit: 99, make: reshapeChain },
  {
    label: 'Transpose between reshapes',
    equation: 'Reshape(Transpose(Reshape(x))) ⇒ Transpose(x)',
    benefit: 98,
    make: transposeThroughReshape,
  },
  { label: 'Cast chain', equation: 'Cast(Cast(x)) ⇒ Cast(x)', benefit: 100, make: castChain },
  { label: 'Double negation', equation: '−(−x) ⇒ x', benefit: 100, make: involution },
])
