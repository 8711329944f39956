/** What attributes may be, by their types. */
import type { AttributeSchema } from '../network/dialect'

type AttributeType = AttributeSchema['type']

/** A whole number may stand for a number. */
export const mayBe = (wanted: AttributeType, given: AttributeType): boolean =>
  wanted === given || (wanted === 'FLOAT' && given === 'INT') || (wanted === 'FLOATS' && given === 'INTS')

export const TYPE_WORDS: Readonly<Record<AttributeType, string>> = {
  INT: 'a whole number',
  FLOAT: 'a number',
  STRING: 'a string',
  TENSOR: 'a tensor',
  GRAPH: 'a graph',
  INTS: 'a list of whole numbers',
  FLOATS: 'a list of numbers',
  STRINGS: 'a list of strings',
  TENSORS: 'a list of tensors',
}

/** Whether a value may stand for an attribute of a type; true for tensors and graphs, which are passed on as they are. */
export function fitsType(value: unknown, type: AttributeType): boolean {
  if (type.endsWith('S'))
    return Array.isArray(value) && value.every((x) => fitsType(x, type.slice(0, -1) as AttributeType))
  if (type === 'INT') return typeof value === 'boolean' || Number.isInteger(value)
  if (type === 'FLOAT') return typeof value === 'number'
  return type === 'STRING' ? typeof value === 'string' : typeof value === 'object'
}
