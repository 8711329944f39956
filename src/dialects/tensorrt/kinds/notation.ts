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
  const { infer, check, commutes, deterministic } = traits
  return {
    kind,
    category,
    inputs,
    outputs,
    attributes,
    ...(commutes && { commutes }),
    ...(deterministic === false && { deterministic }),
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
  for (const [name, { required, values }] of Object.entries(known)) {
    const value = given[name]
    if (value === undefined) {
      if (required) return `${kind} needs ${name}`
    } else if (values && (typeof value !== 'string' || !values.includes(value)))
      return `${name} of ${kind} is one of ${values.join(', ')}, not ${String(value as string)}`
  }
  return null
}

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
