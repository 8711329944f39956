/**
 * Constant folding and what the static parts of shapes allow (catalogue 1, 5).
 *
 *   f(constants)               =>  constant              exact for what is rounded once; Exp, sums and their like are not
 *   Shape(x), x static         =>  constant
 *   Gather(Shape(x), i)        =>  constant, where that size is static though others are not
 */
import { ConstantValue } from '../../engine'
import type { Layer, PatternRewriter, ValueType } from '../../engine'
import { family } from '../library'
import { found, pattern } from '../define'
import type { Decline, Outcome } from '../define'
import { FLOATS, intsOf, staticShape } from '../values'
import { given, nth } from '../known'

/** Constants that a fold makes stay below this, unless they are no larger than what they are made of. */
const LARGEST_BYTES = 1 << 22
/** Left alone: their constants mean what they are written as. */
const KEPT = new Set(['QuantizeLinear', 'DequantizeLinear', 'Constant'])

function matchFold(layer: Layer, decline: Decline, exact: boolean): Outcome {
  for (let i = 0; i < layer.numInputs; i++) {
    const t = layer.input(i)
    if (t && !t.value) return false
  }
  if (layer.numInputs === 0 || isExact(layer) !== exact || KEPT.has(layer.kind)) return false
  const inputs: (ValueType | null)[] = []
  let bytes = 0
  for (let i = 0; i < layer.numInputs; i++) {
    const t = layer.input(i)
    if (t?.value && !t.value.isAvailable)
      return decline?.('constant', layer, 'constants whose data are here', `${t.name}, whose data are missing`)
    bytes += t?.value?.byteLength ?? 0
    inputs.push(t && t.record)
  }
  const { schema } = layer
  if (!schema?.evaluate || schema.deterministic === false) return false
  const large = layer
    .getOutputs()
    .some((t) => (staticShape(t)?.reduce((a, b) => a * b, 8) ?? 0) > Math.max(LARGEST_BYTES, bytes * 2))
  if (large) return decline?.('constant', layer, `a result below ${LARGEST_BYTES} bytes`, 'a larger one')
  const context = {
    kind: layer.kind,
    attributes: layer.record.attributes,
    inputs,
    outputCount: layer.numOutputs,
    opset: layer.network.opsetOf(layer.kind),
  }
  const values = schema.evaluate(context)
  if (!values) return false
  const tensors = Object.fromEntries(layer.results.map((t, i) => [`y${i}`, t]))
  return found(layer, { constant: layer }, tensors, values)
}

/**
 * Kinds whose results on floats are rounded once, and so the same whoever computes them; what only moves or compares elements
 * is exact as well. Sums over many, and functions like Exp, come out of every runtime a little differently.
 */
const ROUNDED_ONCE = new Set(
  (
    'Add Sub Mul Div Neg Abs Sqrt Reciprocal Floor Ceil Round Sign Relu Min Max Clip Cast Where Not And Or Xor Equal Less ' +
    'Greater LessOrEqual GreaterOrEqual IsNaN IsInf Identity Reshape Transpose Squeeze Unsqueeze Flatten Concat Split Slice ' +
    'Gather GatherElements GatherND Expand Tile Pad Shape Size ConstantOfShape Range OneHot Trilu ScatterElements ScatterND ' +
    'EyeLike NonZero'
  ).split(' '),
)

/** Whether a layer's results are the same to the bit wherever they are computed. */
function isExact(layer: Layer): boolean {
  return ROUNDED_ONCE.has(layer.kind) || layer.getOutputs().every((t) => t.dtype !== null && !FLOATS.includes(t.dtype))
}

function constantFolding(name: string, exact: boolean): PatternRewriter {
  return pattern({
    name,
    match: (layer, decline) => matchFold(layer, decline, exact),
    rewrite: (b, m) => {
      const values = m.data as readonly ConstantValue[]
      return Object.fromEntries(
        m.root.results.flatMap((t, i) => (t ? [[`y${i}`, b.keep(nth(values, i), t.name)]] : [])),
      )
    },
  })
}

function staticShapeOf(): PatternRewriter {
  return pattern({
    name: 'Static shape',
    root: ['Shape', 'Size'],
    match: (layer, decline) => {
      const shape = staticShape(layer.input(0))
      if (!shape) return decline?.('x', layer, 'a static shape', `[${layer.input(0)?.shape ?? '...'}]`)
      return found(layer, { shape: layer })
    },
    rewrite: (b, m) => {
      const shape = given(staticShape(m.root.input(0)))
      if (m.root.kind === 'Size')
        return { y: b.keep(ConstantValue.of('int64', [], [shape.reduce((a, d) => a * d, 1)])) }
      const start = (m.root.attribute('start') as number | undefined) ?? 0
      const end = (m.root.attribute('end') as number | undefined) ?? shape.length
      return { y: b.ints(...shape.slice(...clampRange(start, end, shape.length))) }
    },
  })
}

function clampRange(start: number, end: number, rank: number): [number, number] {
  const clamp = (x: number): number => Math.min(Math.max(x < 0 ? x + rank : x, 0), rank)
  return [clamp(start), Math.max(clamp(start), clamp(end))]
}

function staticSizeOf(): PatternRewriter {
  return pattern({
    name: 'Static size',
    root: ['Gather', 'Slice'],
    match: (layer, decline) => {
      const shapeOf = layer.input(0)?.parent
      if (shapeOf?.kind !== 'Shape' || shapeOf.record.attributes['start'] !== undefined) return false
      const shape = shapeOf.input(0)?.shape
      const picked = shape && indicesOf(layer, shape.length)
      if (!picked) return false
      const sizes = picked.map((i) => shape[i])
      if (!sizes.every((d) => typeof d === 'number')) return decline?.('size', layer, 'a static size', `[${sizes}]`)
      return found(layer, { size: layer, shape: shapeOf }, {}, sizes)
    },
    rewrite: (b, m) => {
      const sizes = m.data as number[]
      const isScalar = m.root.kind === 'Gather' && m.root.operand(1).rank === 0
      return { y: b.keep(ConstantValue.of('int64', isScalar ? [] : [sizes.length], sizes)) }
    },
  })
}

/** Which elements of a shape of `rank` sizes a Gather or Slice takes; null where that is not constant. */
function indicesOf(layer: Layer, rank: number): number[] | null {
  if (layer.kind === 'Gather') {
    if (Number(layer.attribute('axis') ?? 0) !== 0) return null
    const indices = intsOf(layer.input(1))?.map((i) => (i < 0 ? i + rank : i)) ?? null
    return indices?.every((i) => i >= 0 && i < rank) ? indices : null
  }
  const [starts, ends, axes, steps] = [1, 2, 3, 4].map((i) => intsOf(layer.input(i)))
  if (
    starts?.length !== 1 ||
    ends?.length !== 1 ||
    (axes && axes[0] !== 0 && axes[0] !== -1) ||
    (layer.input(3) && !axes)
  )
    return null
  if ((layer.input(4) && !steps) || (steps && steps[0] !== 1)) return null
  const [from, to] = clampRange(nth(starts, 0), nth(ends, 0), rank)
  return Array.from({ length: to - from }, (_, i) => from + i)
}

export const FOLDING = family('Clean-up', { stage: 1, exactness: 'exact' }, [
  {
    label: 'Constant folding',
    equation: 'f(constants) ⇒ constant',
    benefit: 110,
    make: () => constantFolding('Constant folding', true),
  },
  {
    label: 'Constant folding, rounded',
    equation: 'Exp(constants) … ⇒ constant',
    exactness: 'rounding',
    benefit: 110,
    make: () => constantFolding('Constant folding, rounded', false),
  },
  { label: 'Static shape', equation: 'Shape(x) ⇒ constant', benefit: 109, make: staticShapeOf },
  { label: 'Static size', equation: 'Gather(Shape(x), i) ⇒ constant', benefit: 109, make: staticSizeOf },
])
