/**
 * A Gemm on flattened rows (catalogue 28, the other way round).
 *
 *   Reshape(Gemm(Reshape(x, [-1, k]), W, b), [.., n])  =>  MatMul(x, W) + b
 *
 * Opens the way for the fusions that look for MatMul and Add on [batch, length, size]. Preconditions: alpha and beta 1, W
 * constant (transposed here where transB says so), b constant of rank 1, leading sizes proven equal before and after.
 */
import { isStatic, sameShape } from '../../engine'
import type { Layer, PatternRewriter, Shape, Tensor } from '../../engine'
import { found, pattern } from '../define'
import type { Decline, Outcome } from '../define'
import { transposedMatrix } from '../elements'
import { family } from '../library'
import { parentOf, sameDim, usedOnce } from '../values'
import { knownShape, knownValue, nth } from '../known'

function matchFlat(root: Layer, decline: Decline): Outcome {
  const gemm = parentOf(root.input(0), 'Gemm')
  if (!gemm) return false
  const flatten = parentOf(gemm.input(0), 'Reshape', 'Flatten')
  const layers = { unflatten: root, gemm }
  const x = flatten?.input(0)
  if (!flatten || !x)
    return decline?.(
      'flatten',
      gemm.input(0)?.parent ?? null,
      'Reshape',
      gemm.input(0)?.parent?.kind ?? 'an input',
      layers,
    )
  if (!usedOnce(gemm.output()))
    return decline?.('gemm', gemm, 'a result that nothing else uses', 'several users', layers)
  const [a, c] = [Number(gemm.attribute('alpha') ?? 1), Number(gemm.attribute('beta') ?? 1)]
  if (a !== 1 || c !== 1 || Number(gemm.attribute('transA') ?? 0) !== 0)
    return decline?.('gemm', gemm, 'alpha 1, beta 1, transA 0', `alpha ${a}, beta ${c}`, layers)
  const [w, bias] = [gemm.operand(1), gemm.input(2)]
  if (!w.value?.isAvailable || (bias && bias.rank !== 1))
    return decline?.('gemm', gemm, 'constant weights and a bias of rank 1', 'others', layers)
  const [to, flat] = [root.result().shape, flatten.result().shape]
  const fits =
    to &&
    flat?.length === 2 &&
    to.length > 2 &&
    sameDim(to.at(-1), gemm.result().shape?.[1]) &&
    rowsAgree(x, to, flat[1])
  if (!fits)
    return decline?.('unflatten', root, 'the leading sizes of x', `[${x.shape ?? '...'}] and [${to ?? '...'}]`, layers)
  return found(root, { ...layers, flatten }, { x, w, bias })
}

/** Whether x holds the rows of a result of shape `to`, `width` wide, in their order. Reshape takes a size of 0 for another one. */
function rowsAgree(x: Tensor, to: Shape, width: Shape[number] | undefined): boolean {
  const wanted = [...to.slice(0, -1), width ?? null]
  return (
    sameShape(x.shape, wanted) ||
    (isStatic(x.shape) && isStatic(wanted) && product(wanted) > 0 && product(x.shape) === product(wanted))
  )
}

function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1)
}

function flatGemm(): PatternRewriter {
  return pattern({
    name: 'Gemm on flat rows',
    root: ['Reshape'],
    match: matchFlat,
    rewrite: (b, m) => {
      const w = m.tensor('w')
      const isTransposed = Number(m.layer('gemm').attribute('transB') ?? 0) !== 0
      const y = m.root.result().record
      const weight = isTransposed
        ? b.keep(transposedMatrix(knownValue(w), [knownShape(w)[1] as number, knownShape(w)[0] as number]), w.name)
        : w
      const bias = m.tensors.get('bias')
      const rows = [...knownShape(y).slice(0, -1), nth(knownShape(weight), 0)]
      const given = m.tensor('x')
      const x = sameShape(given.shape, rows)
        ? given
        : b.call('Reshape', [given, b.ints(...rows.map(Number))], {}, { dtype: y.dtype, shape: rows })
      const timesW = b.call('MatMul', [x, weight], {}, { dtype: y.dtype, shape: y.shape })
      return { y: bias ? b.call('Add', [timesW, bias], {}, { dtype: y.dtype, shape: y.shape }) : timesW }
    },
  })
}

export const FLAT_GEMM = family('Linear', { stage: 1 }, [
  {
    label: 'Gemm on flat rows',
    equation: 'Reshape(Gemm(Reshape(x), W, b)) ⇒ MatMul(x, W) + b',
    benefit: 95,
    make: flatGemm,
  },
])
