import type { Attributes, Tensor } from '../../../engine'
import type { Draw } from '../draw'
import type { OperandChoice, OperandType } from '../operands'

/** What a layer is drawn for. */
export interface CallContext {
  readonly d: Draw
  /** The type that a first operand gets of which nothing is known. */
  readonly like: OperandType
  /** Operands that are made already. */
  readonly given: readonly (Tensor | null | undefined)[]
  /** Attributes that the rule says. */
  readonly said: Attributes
  readonly opset: number
}

/** Operands and attributes of one layer that go together; null for an operand that is left out. */
export interface Call {
  readonly operands: readonly (OperandChoice | null)[]
  readonly attributes: Attributes
}

/** Draws a layer as a whole, for an operator whose operands and attributes fit each other alone. */
export type CallDrawer = (c: CallContext) => Call

/** The shape of an operand that is made already, of this rank. */
export function shapeAt({ given }: CallContext, at: number, rank: number): number[] | null {
  const shape = given[at]?.shape
  return shape?.length === rank && shape.every((n) => typeof n === 'number') ? [...shape] : null
}

/** The type of the first operand: what stands there, or mostly float32, which most kernels are for. */
export function floatOf({ given, like, d }: CallContext): OperandChoice['dtype'] {
  const own = given[0]?.dtype
  return own ?? (like.dtype.includes('float') && d.chance(0.2) ? like.dtype : 'float32')
}

/** A number that the rule says, or else another. */
export const numberSaid = (said: Attributes, name: string, or: () => number): number => {
  const value = said[name]
  return typeof value === 'number' ? value : or()
}

/** Attributes that are there now and then; those of a value that is undefined are not. */
export function maybe(d: Draw, attributes: Record<string, Attributes[string] | undefined>, p = 0.5): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) => (value !== undefined && d.chance(p) ? [[name, value]] : [])),
  ) as Attributes
}

/** A constant list of whole numbers. */
export const sizes = (values: readonly number[]): OperandChoice => ({ dtype: 'int64', shape: [values.length], values })

/** A constant of one number. */
export const one = (dtype: OperandChoice['dtype'], value: number): OperandChoice => ({
  dtype,
  shape: [],
  values: [value],
})

export const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)

/** A constant whose elements are drawn one by one. */
export const filled = (
  dtype: OperandChoice['dtype'],
  shape: readonly number[],
  each: (i: number) => number,
): OperandChoice => ({ dtype, shape, values: Array.from({ length: count(shape) }, (_, i) => each(i)) })
