import type { Dim, Layer, Shape, Tensor } from '../../../engine'
import { isConstantValue } from '../../../engine'
import { addDims, floorDivDims, mulDims, subDims } from '../../onnx'
import { LayerType } from '../layer-type'

/** Longer values are no sizes of anything. */
const LONGEST = 64
const DEEPEST = 24

/**
 * The elements of a small tensor of integers that is made of sizes and constants, symbolic ones by name: TensorRT follows shape
 * tensors so, and views by them have a shape. Null for any other value.
 */
export function elementsOf(tensor: Tensor, depth = 0): Shape | null {
  if (depth > DEEPEST) return null
  const own = tensor.value
  if (own?.isAvailable && own.size <= LONGEST && own.isNumeric) return own.toArray()
  const layer = tensor.parent
  if (!layer || tensor !== layer.output()) return null
  const of = (i: number): Shape | null => {
    const t = layer.input(i)
    return t && elementsOf(t, depth + 1)
  }
  switch (layer.kind) {
    case LayerType.CONSTANT: {
      const value = layer.record.attributes['weights']
      const whole = isConstantValue(value) && value.isAvailable && value.size <= LONGEST && isWhole(tensor)
      return whole ? value.toArray() : null
    }
    case LayerType.SHAPE:
      return layer.input(0)?.shape ?? null
    case LayerType.CAST:
      return isWhole(tensor) ? of(0) : null
    case LayerType.SHUFFLE:
      return (tensor.rank ?? 2) <= 1 && (layer.input(0)?.rank ?? 2) <= 1 ? of(0) : null
    case LayerType.CONCATENATION:
      return joined(layer, depth)
    case LayerType.GATHER:
      return gathered(layer, of(0), of(1))
    case LayerType.SLICE:
      return sliced(layer, of(0))
    case LayerType.ELEMENTWISE:
      return isWhole(tensor) ? computed(layer, of(0), of(1)) : null
    default:
      return null
  }
}

const isWhole = (t: Tensor): boolean => t.dtype === 'int32' || t.dtype === 'int64'

function joined(layer: Layer, depth: number): Shape | null {
  const parts = layer.getInputs().map((t) => elementsOf(t, depth + 1) ?? unknown(t))
  return parts.every((p) => p !== null) ? parts.flat() : null
}

function unknown(t: Tensor): Shape | null {
  const [n] = t.shape ?? []
  return t.rank === 1 && typeof n === 'number' && n <= LONGEST ? new Array<Dim>(n).fill(null) : null
}

function gathered(layer: Layer, from: Shape | null, at: Shape | null): Shape | null {
  if (!from || !at || layer.input(0)?.rank !== 1) return null
  return at.map((i) => (typeof i === 'number' ? (from[i < 0 ? i + from.length : i] ?? null) : null))
}

function sliced(layer: Layer, from: Shape | null): Shape | null {
  const { start, shape, stride } = layer.record.attributes
  if (!from || layer.input(0)?.rank !== 1 || !Array.isArray(start) || !Array.isArray(shape)) return null
  const [first, count, step] = [Number(start[0]), Number(shape[0]), Array.isArray(stride) ? Number(stride[0]) : 1]
  return Array.from({ length: count }, (_, i) => from[first + i * step] ?? null)
}

type Operation = (a: Dim, b: Dim) => Dim
const numeric =
  (f: (a: number, b: number) => number): Operation =>
  (a, b) =>
    typeof a === 'number' && typeof b === 'number' ? f(a, b) : null

const isNegative = (d: Dim): boolean => typeof d === 'number' && d < 0

const OPERATIONS: Readonly<Record<string, Operation>> = {
  SUM: addDims,
  SUB: subDims,
  PROD: mulDims,
  DIV: (a, b) => (isNegative(a) || isNegative(b) ? null : floorDivDims(a, b)),
  FLOOR_DIV: floorDivDims,
  MAX: numeric(Math.max),
  MIN: numeric(Math.min),
}

function computed(layer: Layer, a: Shape | null, b: Shape | null): Shape | null {
  const operation = OPERATIONS[String(layer.record.attributes['op'] as string)]
  if (!a || !b || !operation) return null
  const n = Math.max(a.length, b.length)
  if ((a.length !== n && a.length !== 1) || (b.length !== n && b.length !== 1)) return null
  return Array.from({ length: n }, (_, i) => operation(a[a.length === 1 ? 0 : i]!, b[b.length === 1 ? 0 : i]!))
}
