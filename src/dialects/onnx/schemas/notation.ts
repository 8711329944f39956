import type {
  AttributeSchema,
  AttributeValue,
  Category,
  DType,
  InferenceContext,
  KindSchema,
  OperandSchema,
} from '../../../engine'
import type { Infer } from '../infer/context'

/** One version of an operator, as the family files state it. */
export interface Operator {
  readonly kind: string
  /** First operator set version of the kind's domain that has it so. */
  readonly since: number
  readonly schema: KindSchema
}

export interface Traits {
  readonly since?: number
  readonly commutative?: boolean
  readonly deterministic?: false
  readonly infer?: Infer
}

type AttributeTable = Readonly<Record<string, AttributeSchema>>
export const NO_ATTRIBUTES: AttributeTable = {}

/**
 * Operands and results are listed by name, `?` after an optional one and `*` after one that repeats:
 * `op('Conv', 'convolution', 'X W B?', 'Y', { group: int(1) }, { infer })`.
 */
export function op(
  kind: string,
  category: Category,
  inputs: string,
  outputs: string,
  attributes: AttributeTable = NO_ATTRIBUTES,
  traits: Traits = {},
): Operator {
  const { since = 1, infer, ...rest } = traits
  const schema: KindSchema = {
    kind,
    category,
    inputs: operands(inputs, kind),
    outputs: operands(outputs, kind),
    attributes,
    ...rest,
    ...(infer ? { infer: (c: InferenceContext) => infer(c) } : {}),
  }
  return { kind, since, schema }
}

/** Several operators that differ in name only. */
export function ops(
  kinds: string,
  ...rest: Parameters<typeof op> extends [string, ...infer R] ? R : never
): Operator[] {
  return kinds.split(' ').map((kind) => op(kind, ...rest))
}

function operands(list: string, kind: string): OperandSchema[] {
  return list
    .split(' ')
    .filter((name) => name !== '')
    .map((written) => {
      const name = written.replace(/[?*]$/, '')
      // K is how many; in an attention it is the keys.
      const isUsual = name !== 'K' || kind === 'TopK'
      return {
        name,
        ...(isUsual && Object.hasOwn(TYPES, name) && { dtype: TYPES[name]! }),
        ...(isUsual && LISTS.includes(name) && { list: true }),
        ...(written.endsWith('?') && { optional: true }),
        ...(written.endsWith('*') && { variadic: true }),
      }
    })
}

/** Operands of one dimension, wherever they occur. */
const LISTS: readonly string[] =
  'axes block_shape ends image_shape K output_shape pads repeats shape sizes split starts steps'.split(' ')

/** Operands that are sizes, axes and positions, or a condition, wherever they occur. */
const TYPES: Readonly<Record<string, DType>> = {
  ...Object.fromEntries([...LISTS, 'axis', 'indices'].map((name) => [name, 'int64' as const])),
  condition: 'bool',
}

function attribute(type: AttributeSchema['type'], value?: AttributeValue): AttributeSchema {
  return value === undefined ? { type } : { type, default: value }
}

export const int = (value?: number): AttributeSchema => attribute('INT', value)
export const float = (value?: number): AttributeSchema => attribute('FLOAT', value)
/** @param others where it is one of a few words, those besides the default */
export const text = (value?: string, ...others: readonly string[]): AttributeSchema =>
  others.length === 0 || value === undefined
    ? attribute('STRING', value)
    : { ...attribute('STRING', value), values: [value, ...others] }
/** One of a few words, none of which is meant where nothing is said. */
export const words = (...values: readonly string[]): AttributeSchema => ({ ...attribute('STRING'), values })
export const ints = (value?: readonly number[]): AttributeSchema => attribute('INTS', value)
export const floats = (value?: readonly number[]): AttributeSchema => attribute('FLOATS', value)
export const texts = (value?: readonly string[]): AttributeSchema => attribute('STRINGS', value)
export const tensor = (): AttributeSchema => attribute('TENSOR')
export const graph = (): AttributeSchema => ({ type: 'GRAPH', required: true })
export const required = (schema: AttributeSchema): AttributeSchema => ({ ...schema, required: true })
