import { isStatic } from '../../../engine'
import type { Dim, Shape } from '../../../engine'
import { divideExactly, productOf } from '../../onnx'
import type { Check, Infer } from '../kinds/notation'
import { typed } from '../kinds/notation'
import { listOf, sizesIn } from './operand-rules'
import type { Reading } from './reading'
import { unknownShape } from './reading'

export function permuted(shape: Shape | null, perm: readonly number[] | null): Shape | null {
  if (!shape || !perm) return shape
  return perm.length === shape.length ? perm.map((i) => shape[i] ?? null) : null
}

/** What reshape dimensions make of a shape: 0 copies where it is a placeholder, one -1 is what is left. */
export function reshapedTo(x: Shape | null, dims: readonly number[], zeroCopies: boolean): Shape {
  const out = dims.map((d, i): Dim => (d === 0 && zeroCopies ? (x?.[i] ?? null) : d))
  const open = dims.indexOf(-1)
  if (open < 0) return out
  out[open] = null
  if (!x) return out
  // Sizes that stand on both sides cancel first: so an unknown one does no harm where it is copied.
  const copied = new Set(dims.flatMap((d, i) => (d === 0 && zeroCopies && i < x.length ? [i] : [])))
  const from = productOf(x.filter((_, i) => !copied.has(i)))
  const rest = productOf(out.filter((_, i) => i !== open && !copied.has(i)))
  out[open] = divideExactly(from, rest)
  return out
}

/** Whether reshape dimensions ask for as many elements as a shape has, where that is known. */
export function holds(x: Shape | null, dims: readonly number[], zeroCopies: boolean): boolean {
  if (!isStatic(x)) return true
  const out = reshapedTo(x, dims, zeroCopies)
  return isStatic(out) && productOf(out) === productOf(x)
}

export const shuffled: Infer = (r) => {
  const turned = permuted(r.shape(0), r.ints('first_transpose'))
  return [typed(r.dtype(0), permuted(reshapedIn(r, turned), r.ints('second_transpose')))]
}

function reshapedIn(r: Reading, x: Shape | null): Shape | null {
  const dims = r.has(1) ? r.numbers(1) : r.ints('reshape_dims')
  if (dims) return reshapedTo(x, dims, r.flag('zero_is_placeholder'))
  if (!r.has(1)) return x
  const rank = r.length(1)
  return rank === null ? null : unknownShape(rank)
}

const isPermutation = (perm: readonly number[]): boolean =>
  new Set(perm).size === perm.length && perm.every((i) => Number.isInteger(i) && i >= 0 && i < perm.length)

export const shuffleRules: Check = (r) => {
  const [first, dims, second] = [r.ints('first_transpose'), sizesIn(r, 'reshape_dims', 1), r.ints('second_transpose')]
  const fault = listOf(1, 'reshape_dims')(r)
  if (fault !== null) return fault
  const x = r.shape(0)
  for (const [name, perm] of [
    ['first_transpose', first],
    ['second_transpose', second],
  ] as const)
    if (perm && !isPermutation(perm)) return `${name} [${perm.join(',')}] is no permutation`
  if (first && x && first.length !== x.length)
    return `first_transpose has ${first.length} dimensions, the input ${x.length}`
  if (!dims) return null
  const sizes = `reshape_dims [${dims.join(',')}]`
  if (dims.filter((d) => d === -1).length > 1) return `${sizes} leave more than one size open`
  if (second && second.length !== dims.length) return `second_transpose has ${second.length} dimensions, ${sizes}`
  const turned = permuted(x, first)
  return !turned || holds(turned, dims, r.flag('zero_is_placeholder'))
    ? null
    : `${sizes} do not hold the ${String(productOf(turned))} elements of [${turned.join(',')}]`
}
