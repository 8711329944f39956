/**
 * Arithmetic on shapes, as functionals make it of views, splits and expansions:
 *
 *     SHAPE, GATHER, CONCATENATION ... whose elements are all known   =>  CONSTANT
 *     SHUFFLE(x, sizes), sizes known but for those that x has there   =>  SHUFFLE<reshape_dims>(x)
 *     SLICE(x, starts, sizes, strides), those that are all known      =>  SLICE<start, shape, stride>(x)
 *
 * Preconditions: sizes by name are equal where their names are; a size that is copied stands at its own place; −1 stands only beside sizes
 * that are numbers from 1 on, as what it stands for would not follow from an empty value.
 */
import { elementsOf } from '../../dialects/tensorrt'
import { ConstantValue } from '../../engine'
import type { Attributes, Layer, Shape, Tensor } from '../../engine'
import { family } from '../library'
import { found, pattern } from '../define'
import type { Outcome } from '../define'
import { gives, stepsOf } from './shuffle'
import { whereUsed } from './values'
import { given, nth } from '../known'

const ARITHMETIC = ['SHAPE', 'GATHER', 'CONCATENATION', 'SHUFFLE', 'SLICE', 'ELEMENTWISE', 'CAST'] as const
const WHOLE: ReadonlySet<string> = new Set(ARITHMETIC)
const INT32 = 2 ** 31

/** The value of a layer of whole numbers that are all known; null for another. */
function knownValue(layer: Layer): ConstantValue | null {
  const y = layer.output()
  if (!WHOLE.has(layer.kind) || !y || (y.dtype !== 'int32' && y.dtype !== 'int64') || (y.rank ?? 2) > 1) return null
  const elements = elementsOf(y)
  const limit = y.dtype === 'int32' ? INT32 : Number.MAX_SAFE_INTEGER
  const isKnown = (d: Shape[number]): d is number => typeof d === 'number' && Number.isInteger(d) && Math.abs(d) < limit
  if (!elements?.every(isKnown)) return null
  const [count] = y.shape ?? []
  if (y.rank === 0 ? elements.length !== 1 : count !== elements.length) return null
  return ConstantValue.of(y.dtype, y.rank === 0 ? [] : [elements.length], elements)
}

/** Whether a SHUFFLE can be by these sizes, or a SLICE or a FILL of them. */
function takes(user: Layer, sizes: Tensor, value: ConstantValue): boolean {
  const isOfSizes =
    (user.kind === 'SLICE' && user.input(2) === sizes) || (user.kind === 'FILL' && user.input(0) === sizes)
  if (isOfSizes) return value.toArray().every((d) => d >= 0)
  if (user.kind !== 'SHUFFLE' || user.input(1) !== sizes) return true
  return gives({ ...stepsOf(user), dims: value.toArray(), sizes: null }, user.input(0), user.output())
}

/** Where what is known ends: what stands before it goes with it. */
function matchKnown(layer: Layer): Outcome {
  const value = knownValue(layer)
  const y = layer.result()
  const isLast = value && (y.isNetworkOutput() || y.getUsers().some((user) => !knownValue(user)))
  return isLast && y.getUsers().every((user) => takes(user, y, value)) ? found(layer, { layer }, {}, value) : false
}

/** Sizes as `reshape_dims`; null where they cannot be said so. */
function dimsOf(x: Tensor, sizes: Shape): readonly number[] | null {
  const isCopied = (d: Shape[number], i: number): boolean => typeof d === 'string' && x.shape?.[i] === d
  const dims = sizes.map((d, i) => (typeof d === 'number' ? d : isCopied(d, i) ? 0 : -1))
  if (sizes.some((d) => typeof d === 'number' && d < 1) || dims.filter((d) => d === -1).length > 1) return null
  return dims.includes(0) && dims.includes(-1) ? null : dims
}

function matchReshape(layer: Layer): Outcome {
  const [x, sizes] = [layer.input(0), layer.input(1)]
  const elements = x && sizes && !layer.attribute('first_transpose') ? elementsOf(sizes) : null
  const dims = elements && dimsOf(given(x), elements)
  const fits = dims && gives({ ...stepsOf(layer), dims, sizes: null, copies: true }, given(x), layer.output())
  return fits ? found(layer, { layer }, { x }, dims) : false
}

const OPERANDS = ['start', 'shape', 'stride'] as const

/** Operands that are known go into attributes; the others stay. */
function matchSlice(layer: Layer): Outcome {
  if (layer.input(5) || layer.attribute('axes')) return false
  const said: Record<string, readonly number[]> = {}
  for (const [i, name] of OPERANDS.entries()) {
    const operand = layer.input(i + 1)
    const elements = operand && elementsOf(operand)
    if (elements?.every((d) => typeof d === 'number' && (name !== 'shape' || d >= 0)))
      said[name] = elements as readonly number[]
  }
  return Object.keys(said).length > 0 ? found(layer, { layer }, { x: layer.input(0) }, said) : false
}

/** The operands that are left, without those at the end that are none. */
function leftOf(layer: Layer, said: Attributes): (Tensor | null)[] {
  const inputs = layer.operands.map((t, i) => (OPERANDS[i - 1] && nth(OPERANDS, i - 1) in said ? null : t))
  while (inputs.at(-1) === null) inputs.pop()
  return inputs
}

export const sizes = family('TensorRT: sizes', { stage: 1, exactness: 'exact', benefit: 15 }, [
  {
    label: 'Sizes that are known',
    equation: 'SHAPE(x), GATHER, CONCATENATION ... ⇒ CONSTANT',
    make: () =>
      pattern({
        name: 'known-sizes',
        root: ARITHMETIC,
        match: whereUsed(matchKnown),
        rewrite: (b, m) => ({ y: b.call('CONSTANT', [], { weights: m.data as ConstantValue }) }),
      }),
  },
  {
    label: 'Reshape by known sizes',
    equation: 'SHUFFLE(x, sizes) ⇒ SHUFFLE<reshape_dims>(x)',
    make: () =>
      pattern({
        name: 'known-reshape',
        root: ['SHUFFLE'],
        match: whereUsed(matchReshape),
        rewrite: (b, m) => {
          const { zero_is_placeholder: _copied, ...kept } = m.root.record.attributes
          const { dtype, shape } = m.tensor('y')
          const reshape_dims = m.data as readonly number[]
          return { y: b.call('SHUFFLE', [m.tensor('x')], { ...kept, reshape_dims }, { dtype, shape }) }
        },
      }),
  },
  {
    label: 'Slice by known sizes',
    equation: 'SLICE(x, starts, sizes) ⇒ SLICE<start, shape>(x)',
    make: () =>
      pattern({
        name: 'known-slice',
        root: ['SLICE'],
        match: whereUsed(matchSlice),
        rewrite: (b, m) => {
          const said = m.data as Attributes
          const { dtype, shape } = m.tensor('y')
          const attributes = { ...m.root.record.attributes, ...said }
          return { y: b.call('SLICE', leftOf(m.root, said), attributes, { dtype, shape }) }
        },
      }),
  },
])
