/**
 * What a match has made sure of, looked at all the same: where it is not there the pattern gives up, and no NaN becomes part of a
 * network. All of them throw NotKnownError.
 */
import { NotKnownError } from '../engine'
import type { ConstantValue, DType, Shape } from '../engine'

/** An element of a list. */
export function nth<T>(list: ArrayLike<T>, index: number): T {
  const found = list[index]
  if (found === undefined) throw new NotKnownError(`there is no element ${index} among ${list.length}`)
  return found
}

export const last = <T>(list: ArrayLike<T>): T => nth(list, list.length - 1)

/** Something that a match may lack, and this one has. */
export function given<T>(x: T | null | undefined): T {
  if (x === null || x === undefined) throw new NotKnownError('the match lacks a part that the rewrite asks for')
  return x
}

/** A tensor, or its record. */
interface Value {
  readonly name: string
  readonly dtype: DType | null
  readonly shape: Shape | null
  readonly value?: ConstantValue | undefined
}

export function knownShape(t: Value | null | undefined): Shape {
  const { shape, name } = given(t)
  if (!shape) throw new NotKnownError(`the shape of ${name} is not known`)
  return shape
}

export function knownType(t: Value | null | undefined): DType {
  const { dtype, name } = given(t)
  if (dtype === null) throw new NotKnownError(`the type of ${name} is not known`)
  return dtype
}

/** The data of a constant. */
export function knownValue(t: Value | null | undefined): ConstantValue {
  const { value, name } = given(t)
  if (!value) throw new NotKnownError(`${name} is no constant`)
  return value
}
