import type {
  Attributes,
  AttributeSchema,
  AttributeValue,
  Category,
  ConstantValue,
  DType,
  KindSchema,
  OperandSchema,
  Shape,
  ValueType,
} from '../../../engine'
import { isConstantValue } from '../../../engine'
import { Reading } from '../infer/reading'

/** An attribute with the type that views give it. */
export interface Attr<T> extends AttributeSchema {
  /** Never there: it carries the type. */
  readonly viewed?: T
}

/** Types of the results; null for one that nothing is known of. */
export type Infer = (r: Reading) => readonly (ValueType | null)[]
/** What TensorRT refuses in a layer, in words; null for nothing. */
export type Check = (r: Reading) => string | null

export interface Traits {
  readonly infer?: Infer
  readonly check?: Check
  /** Whether the first two operands may be swapped. */
  readonly commutes?: (attributes: Attributes) => boolean
  readonly deterministic?: false
  /** The value that a layer of these attributes is. */
  readonly holds?: (attributes: Attributes) => ConstantValue | null
}

/** A layer type as the family files state it; its name is the key that it stands under. */
export interface KindOf<A extends Readonly<Record<string, Attr<unknown>>>> {
  readonly category: Category
  readonly inputs: readonly OperandSchema[]
  readonly outputs: readonly OperandSchema[]
  readonly attributes: A
  readonly traits: Traits
}

/**
 * Operands and results by name, `?` after an optional one, `*` after one that repeats, `^` after one of the iteration before; attributes under the names that
 * TensorRT's Python interface has: `layer('matmul', 'input0 input1', 'output', { op0: oneOf(MatrixOperation, 'NONE') })`.
 */
export function layer<A extends Readonly<Record<string, Attr<unknown>>>>(
  category: Category,
  inputs: string,
  outputs: string,
  attributes: A,
  traits: Traits = {},
): KindOf<A> {
  return { category, inputs: operands(inputs), outputs: operands(outputs), attributes, traits }
}

export function schemaOf(kind: string, of: KindOf<Readonly<Record<string, Attr<unknown>>>>): KindSchema {
  const { category, inputs, outputs, attributes, traits } = of
  const { infer, check, commutes, deterministic, holds } = traits
  return {
    kind,
    category,
    inputs,
    outputs,
    attributes,
    ...(commutes && { commutes }),
    ...(deterministic === false && { deterministic }),
    ...(holds && { holds }),
    ...(infer && { infer: (c) => infer(new Reading(c, attributes)) }),
    check: (c) => {
      const r = new Reading(c, attributes)
      return wrongAttribute(kind, c.attributes, attributes) ?? check?.(r) ?? null
    },
  }
}

function wrongAttribute(
  kind: string,
  given: Attributes,
  known: Readonly<Record<string, AttributeSchema>>,
): string | null {
  for (const [name, { required, values, type }] of Object.entries(known)) {
    const value = given[name]
    if (value === undefined) {
      if (required) return `${kind} needs ${name}`
    } else if (FITS[type]?.(value) === false) return `${name} of ${kind} is ${WORDS[type]}, not ${written(value)}`
    else if (values && (typeof value !== 'string' || !values.includes(value)))
      return `${name} of ${kind} is one of ${values.join(', ')}, not ${String(value as string)}`
  }
  return null
}

const isWhole = (x: unknown): boolean => typeof x === 'boolean' || Number.isSafeInteger(x)
const allOf =
  (fits: (x: unknown) => boolean) =>
  (x: unknown): boolean =>
    Array.isArray(x) && x.every(fits)

/** What values of a type are; those of other types are not looked at. */
const FITS: Readonly<Partial<Record<AttributeSchema['type'], (x: unknown) => boolean>>> = {
  INT: isWhole,
  FLOAT: (x) => typeof x === 'number',
  STRING: (x) => typeof x === 'string',
  INTS: allOf(isWhole),
  FLOATS: allOf((x) => typeof x === 'number'),
  TENSOR: isConstantValue,
}
const WORDS: Readonly<Partial<Record<AttributeSchema['type'], string>>> = {
  INT: 'a whole number',
  FLOAT: 'a number',
  STRING: 'a word',
  INTS: 'a list of whole numbers',
  FLOATS: 'a list of numbers',
  TENSOR: 'weights',
}
const written = (x: unknown): string =>
  isConstantValue(x) ? 'weights' : (JSON.stringify(x)?.slice(0, 60) ?? 'nothing')

function operands(list: string): OperandSchema[] {
  return list
    .split(' ')
    .filter((name) => name !== '')
    .map((written) => ({
      name: written.replace(/[?*^]$/, ''),
      ...(written.endsWith('?') && { optional: true }),
      ...(written.endsWith('*') && { variadic: true }),
      ...(written.endsWith('^') && { optional: true, fedBack: true }),
    }))
}

const given = <T extends AttributeValue>(type: AttributeSchema['type'], value: T | undefined): AttributeSchema =>
  value === undefined ? { type } : { type, default: value }

/** A word of an enum. Without a default it has to be given. */
export function oneOf<const V extends string>(values: readonly V[], value?: NoInfer<V>): Attr<V> {
  return value === undefined ? { type: 'STRING', values, required: true } : { type: 'STRING', values, default: value }
}
/** A word of an enum that need not be given and has no default. */
export const someOf = <const V extends string>(values: readonly V[]): Attr<V | null> => ({ type: 'STRING', values })
export const int = (value?: number): Attr<number> =>
  value === undefined ? { type: 'INT', required: true } : given('INT', value)
export const optionalInt = (): Attr<number | null> => ({ type: 'INT' })
export const float = (value: number): Attr<number> => given('FLOAT', value)
export const flag = (value: boolean): Attr<boolean> => given('INT', value)
export const text = (value?: string): Attr<string> =>
  value === undefined ? { type: 'STRING', required: true } : given('STRING', value)
/** `trt.Dims` or a permutation; null where it is not set. */
export const dims = (value?: readonly number[]): Attr<readonly number[] | null> => given('INTS', value)
export const needed = (): Attr<readonly number[]> => ({ type: 'INTS', required: true })
export const floats = (): Attr<readonly number[] | null> => ({ type: 'FLOATS' })
/** `trt.Weights`; null where they are an operand. */
export const weights = (): Attr<ConstantValue | null> => ({ type: 'TENSOR' })

export const typed = (dtype: DType | null, shape: Shape | null): ValueType => ({ dtype, shape })
