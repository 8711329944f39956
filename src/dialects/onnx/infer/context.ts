import {
  isConstantValue,
  type ConstantValue,
  type Dim,
  type DType,
  type InferenceContext,
  type Shape,
  type ValueType,
} from '../../../engine'

/**
 * A value as shape inference carries it: beside its type, its elements where they are sizes, some of them perhaps
 * symbolic. So `Reshape(x, Concat(Gather(Shape(x), 0), 12, 64))` has a shape though no operand is a constant.
 */
export interface TracedType extends ValueType {
  readonly elements?: Shape
}

export interface TracedContext extends InferenceContext {
  readonly inputs: readonly (TracedType | null)[]
}

export type Inferred = readonly (TracedType | null)[]
export type Infer = (context: TracedContext) => Inferred

/** Tensors with more elements than this are not sizes of anything. */
export const MAX_ELEMENTS = 64

export const UNKNOWN: TracedType = { dtype: null, shape: null }

export function typed(dtype: DType | null, shape: Shape | null, elements?: Shape | null): TracedType {
  return elements && elements.length <= MAX_ELEMENTS ? { dtype, shape, elements } : { dtype, shape }
}

export function input(c: TracedContext, i: number): TracedType {
  return c.inputs[i] ?? UNKNOWN
}

export function shapeOf(c: TracedContext, i: number): Shape | null {
  return c.inputs[i]?.shape ?? null
}

export function dtypeOf(c: TracedContext, i: number): DType | null {
  return c.inputs[i]?.dtype ?? null
}

export function intAttr(c: InferenceContext, name: string, fallback: number): number {
  const value = c.attributes[name]
  return typeof value === 'number' ? value : typeof value === 'boolean' ? Number(value) : fallback
}

export function intsAttr(c: InferenceContext, name: string): readonly number[] | null {
  const value = c.attributes[name]
  return Array.isArray(value) && value.every((x) => typeof x === 'number') ? value : null
}

export function stringAttr(c: InferenceContext, name: string, fallback: string): string {
  const value = c.attributes[name]
  return typeof value === 'string' ? value : fallback
}

export function tensorAttr(c: InferenceContext, name: string): ConstantValue | null {
  const value = c.attributes[name]
  return isConstantValue(value) ? value : null
}

const INTEGERS: ReadonlySet<DType | null> = new Set<DType>([
  'int64',
  'int32',
  'int16',
  'int8',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'bool',
])

export function isInteger(dtype: DType | null): boolean {
  return INTEGERS.has(dtype)
}

/** Elements of a small integer operand, in row-major order; null where they are not known. */
export function elementsOf(v: TracedType | null | undefined): Shape | null {
  if (!v) return null
  if (v.elements) return v.elements
  const { value } = v
  if (!value?.data || !isInteger(value.dtype) || value.size > MAX_ELEMENTS) return null
  return value.toArray()
}

/** Elements of an operand that are all plain numbers; also of floating-point constants. */
export function numbersOf(v: TracedType | null | undefined): readonly number[] | null {
  if (v?.value?.data && v.value.dtype !== 'string' && v.value.size <= 4096) return v.value.toArray()
  const elements = elementsOf(v)
  return elements?.every((d): d is number => typeof d === 'number') ? elements : null
}

/** An axis counted from the front; null where it is out of range. */
export function normalAxis(axis: number, rank: number): number | null {
  const at = axis < 0 ? axis + rank : axis
  return at >= 0 && at < rank ? at : null
}

export function normalAxes(axes: readonly number[], rank: number): number[] | null {
  const out = axes.map((a) => normalAxis(a, rank))
  return out.includes(null) ? null : (out as number[])
}

/** Axes given as an operand (newer operator sets) or as an attribute (older ones). `'none'` where neither is there. */
export function axesOf(c: TracedContext, operand: number): readonly number[] | 'none' | null {
  const attribute = intsAttr(c, 'axes')
  if (attribute) return attribute
  if (!c.inputs[operand]) return 'none'
  return numbersOf(c.inputs[operand])
}

export function unknownShape(rank: number): Dim[] {
  return new Array<Dim>(rank).fill(null)
}
