/**
 * SHUFFLE, IDENTITY and CAST:
 *
 *     SHUFFLE(SHUFFLE(x))                 =>  SHUFFLE(x)   a transposition, a reshape, a transposition at most
 *     SHUFFLE(x), that changes nothing    =>  x
 *     IDENTITY(x), CAST(x) to its type    =>  x
 *     CAST<b>(CAST<a>(x))                 =>  CAST<b>(x)   where a holds all that x holds
 *
 * Preconditions: the inner SHUFFLE's value is used there only; of two reshapes the second alone is done where it copies no size.
 */
import { holds, permuted, reshapedTo } from '../../dialects/tensorrt'
import { compatibleShapes } from '../../engine'
import type { Attributes, DType, Layer, Tensor } from '../../engine'
import { family } from '../library'
import { found, pattern } from '../define'
import type { Outcome } from '../define'
import { whereUsed } from './values'
import { given, nth } from '../known'

/** A SHUFFLE as what it does, in order; null for a step that it does not have. */
interface Steps {
  readonly first: readonly number[] | null
  readonly dims: readonly number[] | null
  /** Sizes that are an operand. */
  readonly sizes: Tensor | null
  readonly copies: boolean
  readonly second: readonly number[] | null
}

export function stepsOf(layer: Layer): Steps {
  const list = (name: string): readonly number[] | null => {
    const value = layer.attribute(name)
    return Array.isArray(value) ? (value as readonly number[]) : null
  }
  const perm = (name: string): readonly number[] | null => {
    const p = list(name)
    return p?.every((d, i) => d === i) ? null : p
  }
  return {
    first: perm('first_transpose'),
    dims: list('reshape_dims'),
    sizes: layer.input(1),
    copies: layer.attribute('zero_is_placeholder') !== false,
    second: perm('second_transpose'),
  }
}

const reshapes = ({ dims, sizes }: Steps): boolean => dims !== null || sizes !== null

/** One permutation after the other. */
function after(p: readonly number[] | null, q: readonly number[] | null): readonly number[] | null {
  if (!p || !q) return q ?? p
  const both = q.map((d) => nth(p, d))
  return both.every((d, i) => d === i) ? null : both
}

/** Both as one; null where that takes more steps than a SHUFFLE has. */
function together(a: Steps, b: Steps): Steps | null {
  if (!reshapes(a)) return { ...b, first: after(after(a.first, a.second), b.first) }
  if (!reshapes(b)) return { ...a, second: after(after(a.second, b.first), b.second) }
  if (a.second ?? b.first) return null
  // A size that the second copies would be copied from another place.
  const copied = b.copies && (b.sizes !== null || given(b.dims).includes(0))
  return copied ? null : { ...b, first: a.first }
}

function attributesOf({ first, dims, sizes, copies, second }: Steps): Attributes {
  return {
    ...(first && { first_transpose: first }),
    ...(dims && !sizes && { reshape_dims: dims }),
    ...(!copies && { zero_is_placeholder: false }),
    ...(second && { second_transpose: second }),
  }
}

/** Whether these steps keep as many elements and give what is said of the result: in a damaged network they may not. */
export function gives({ first, dims, sizes, copies, second }: Steps, x: Tensor | null, y: Tensor | null): boolean {
  if (!x || !y) return true
  if (x.dtype && y.dtype && x.dtype !== y.dtype) return false
  if (sizes) return true
  const turned = permuted(x.shape, first)
  if (!dims) return compatibleShapes(permuted(turned, second), y.shape)
  return holds(turned, dims, copies) && compatibleShapes(permuted(reshapedTo(turned, dims, copies), second), y.shape)
}

function matchChain(outer: Layer): Outcome {
  const middle = outer.input(0)
  const inner = middle?.parent
  if (inner?.kind !== 'SHUFFLE' || given(middle).liveUses !== 1 || given(middle).isNetworkOutput()) return false
  const x = inner.input(0)
  const steps = x && together(stepsOf(inner), stepsOf(outer))
  return steps && gives(steps, x, outer.output()) ? found(outer, { outer, inner }, { x }, steps) : false
}

function sameStatic(a: Tensor | null, b: Tensor | null): boolean {
  const [p, q] = [a?.shape, b?.shape]
  return Boolean(p && q && p.length === q.length && p.every((d, i) => typeof d === 'number' && d === q[i]))
}

/** Whether the reshape gives back each size at its own place: as a number, or copied. */
function keepsSizes(layer: Layer, { dims, sizes, copies }: Steps): boolean {
  const x = layer.input(0)
  if (sameStatic(x, layer.output())) return true
  const shape = x?.shape
  if (sizes || !dims || !shape || dims.length !== shape.length) return !sizes && !dims
  const open = dims.filter((d, i) => !(d === 0 && copies) && d !== shape[i])
  // Beside a size of 0, what −1 stands for does not follow from how many elements there are.
  return open.length === 0 || (open.length === 1 && open[0] === -1 && !shape.includes(0))
}

function matchNoShuffle(layer: Layer): Outcome {
  const steps = stepsOf(layer)
  const turns = after(steps.first, null) ?? steps.second
  if (turns) return false
  return keepsSizes(layer, steps) ? found(layer, { layer }, { x: layer.input(0) }) : false
}

function matchNothing(layer: Layer): Outcome {
  const x = layer.input(0)
  const same = layer.kind === 'IDENTITY' || (x?.dtype !== null && x?.dtype === layer.output()?.dtype)
  return x && same ? found(layer, { layer }, { x }) : false
}

/** Types that hold every value of another. */
const HOLDS: Readonly<Partial<Record<DType, readonly DType[]>>> = {
  float32: ['float16', 'bfloat16', 'int8', 'uint8', 'bool', 'float8e4m3fn'],
  float16: ['int8', 'uint8', 'bool', 'float8e4m3fn'],
  int64: ['int32', 'int8', 'uint8', 'bool'],
  int32: ['int8', 'uint8', 'bool'],
}

function matchCasts(outer: Layer): Outcome {
  const middle = outer.input(0)
  const inner = middle?.parent
  const x = inner?.input(0)
  if (inner?.kind !== 'CAST' || !x?.dtype || !middle?.dtype) return false
  const lossless = HOLDS[middle.dtype]?.includes(x.dtype) ?? false
  return lossless ? found(outer, { outer, inner }, { x }) : false
}

export const shuffles = family('TensorRT: shuffles and casts', { stage: 1, exactness: 'exact' }, [
  {
    label: 'Shuffle of a shuffle',
    equation: 'SHUFFLE(SHUFFLE(x)) ⇒ SHUFFLE(x)',
    make: () =>
      pattern({
        name: 'shuffle-chain',
        root: ['SHUFFLE'],
        parts: 2,
        match: whereUsed(matchChain),
        rewrite: (b, m) => {
          const steps = m.data as Steps
          const { dtype, shape } = m.tensor('y')
          const inputs = steps.sizes ? [m.tensor('x'), steps.sizes] : [m.tensor('x')]
          return { y: b.call('SHUFFLE', inputs, attributesOf(steps), { dtype, shape }) }
        },
      }),
  },
  {
    label: 'Shuffle that changes nothing',
    equation: 'SHUFFLE(x) ⇒ x',
    benefit: 20,
    make: () =>
      pattern({
        name: 'no-shuffle',
        root: ['SHUFFLE'],
        match: whereUsed(matchNoShuffle),
        rewrite: (_, m) => ({ y: m.tensor('x') }),
      }),
  },
  {
    label: 'Identity or cast that changes nothing',
    equation: 'IDENTITY(x) ⇒ x',
    benefit: 20,
    make: () =>
      pattern({
        name: 'no-identity',
        root: ['IDENTITY', 'CAST'],
        match: whereUsed(matchNothing),
        rewrite: (_, m) => ({ y: m.tensor('x') }),
      }),
  },
  {
    label: 'Cast of a cast',
    equation: 'CAST<b>(CAST<a>(x)) ⇒ CAST<b>(x)',
    make: () =>
      pattern({
        name: 'cast-chain',
        root: ['CAST'],
        parts: 2,
        match: whereUsed(matchCasts),
        rewrite: (b, m) => ({ y: b.call('CAST', [m.tensor('x')], m.root.record.attributes) }),
      }),
  },
])
