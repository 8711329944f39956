import type { ConstantValue } from '../store/constant'
import type { Attributes, DType } from '../store/records'
import type { Tensor } from '../network/network'
import type { Builder } from './build'
import { valueText } from './failure-text'
import type { Term, ValueGraph } from './graph'
import { NotKnownError } from './not-known'
import { printTerm } from './print'
import type { RuleMatch } from './rule-match'
import { evaluate } from './terms'

type Computed = number | string | boolean | number[]

/** What a term of a right side comes to. @throws NotKnownError where that is not known, or no number */
export function computed(term: Term, match: RuleMatch): Computed {
  const value = evaluate(term, match)
  if (Array.isArray(value) && value.every((x) => typeof x === 'number' && Number.isFinite(x))) return value as number[]
  if (
    value === null ||
    value === undefined ||
    typeof value === 'object' ||
    (typeof value === 'number' && !Number.isFinite(value))
  )
    throw new NotKnownError(`${printTerm(term)} is ${valueText(value)}`)
  return value as number | string | boolean
}

/** Constants of more elements are not filled. */
const MOST_ELEMENTS = 1 << 22

/** The constant that a computed operand becomes: a list of one dimension and of int64, as sizes are, unless another type is written. */
export function constantFor(
  b: Builder,
  { term, dtype }: Extract<ValueGraph, { type: 'computed' }>,
  wanted: DType,
  match: RuleMatch,
): Tensor {
  if (term.type === 'function' && term.name === 'full') return filled(b, term.of, dtype ?? wanted, match)
  const value = computed(term, match)
  const type = dtype ?? (Array.isArray(value) ? 'int64' : wanted)
  const numbers = Array.isArray(value) ? value : [value]
  return b.constant(type, Array.isArray(value) ? [value.length] : [], checked(numbers, type, term))
}

function checked(numbers: readonly (number | string | boolean)[], type: DType, term: Term): number[] {
  for (const x of numbers) {
    if (typeof x !== 'number') throw new NotKnownError(`${printTerm(term)} is ${valueText(x)}, and no operand`)
    if (!type.includes('float') && !Number.isInteger(x))
      throw new NotKnownError(`${printTerm(term)} is ${valueText(numbers.length === 1 ? x : numbers)}, and no ${type}`)
  }
  return numbers as number[]
}

/** `full(shape, x)` */
function filled(b: Builder, [shape, x]: readonly Term[], type: DType, match: RuleMatch): Tensor {
  const [sizes, value] = [computed(shape!, match), computed(x!, match)]
  const isShape = Array.isArray(sizes) && sizes.every((d) => Number.isInteger(d) && d >= 0)
  const count = isShape ? sizes.reduce((a, d) => a * d, 1) : Infinity
  if (!isShape || Array.isArray(value) || count > MOST_ELEMENTS)
    throw new NotKnownError(
      `full(${printTerm(shape!)}, ${printTerm(x!)}) would be ${valueText(sizes)}, which is no shape to fill`,
    )
  const [number] = checked([value], type, x!)
  return b.constant(type, sizes, new Float64Array(count).fill(number!))
}

/**
 * The results of a layer of constants, worked out at once.
 * @throws NotKnownError where an operand is no constant, where nobody knows how, or where what was finite is no more
 */
export function foldedLayer(
  b: Builder,
  kind: string,
  operands: readonly (Tensor | null)[],
  attributes: Attributes,
  outputCount: number,
): readonly Tensor[] {
  const loose = operands.find((t) => t && !t.value?.isAvailable)
  if (loose)
    throw new NotKnownError(`${kind} cannot be worked out at once: ${loose.name} is no constant whose data are here`)
  const { network } = b
  const inputs = operands.map((t) => t && t.record)
  const context = { kind, attributes, inputs, outputCount, opset: network.opsetOf(kind) }
  const schema = network.schemaOf(kind)
  const values = schema?.deterministic === false ? null : schema?.evaluate?.(context)
  if (!values || values.length < outputCount)
    throw new NotKnownError(`${kind} of these constants cannot be worked out at once`)
  if (operands.every((t) => !t?.value || isFinite(t.value)) && !values.every(isFinite))
    throw new NotKnownError(`${kind} of these constants is not finite`)
  return values.map((v) => b.keep(v, operands.find((t) => t)?.name))
}

const isFinite = (v: ConstantValue): boolean => !v.isNumeric || Array.from(v.numbers()).every(Number.isFinite)
