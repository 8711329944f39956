import { ConstantValue } from '../store/constant'
import type { Attributes, DType } from '../store/records'
import type { Tensor } from '../network/network'
import type { Builder } from './build'
import { DTYPE_CODES } from './dtype-codes'
import { valueText } from './failure-text'
import type { Term, ValueGraph } from './graph'
import { partsOfTerm } from './graph'
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

/** What the place of a constant says of it, where nothing is written. */
export interface Place {
  readonly dtype: DType
  /** The type of a list, which may be sizes or numbers. */
  readonly ofList: DType
  /** It has one dimension, also where it has one element. */
  readonly list: boolean
}

/** The constant that a number or a computed operand becomes: without dimensions, or a list with one. */
export function constantFor(
  b: Builder,
  v: Extract<ValueGraph, { type: 'computed' | 'number' }>,
  place: Place,
  match: RuleMatch,
): Tensor {
  const isList = (x: Computed): x is number[] => Array.isArray(x)
  if (v.type === 'number') return written(b, v.value, v.dtype ?? place.dtype, place)
  const { term, dtype } = v
  if (term.type === 'function' && term.name === 'full') return filled(b, term.of, dtype ?? place.dtype, match)
  const value = computed(term, match)
  const type = dtype ?? (isList(value) ? place.ofList : place.dtype)
  if (isList(value)) checkFlat(term, match)
  const numbers = isList(value) ? value : [value]
  const shape = isList(value) || place.list ? [numbers.length] : []
  return b.constant(type, shape, checked(numbers, type, term))
}

function written(b: Builder, value: number, type: DType, { list }: Place): Tensor {
  if (Number.isFinite(value) && !isOf(type, value)) throw new NotKnownError(`${value} is no ${type}`)
  return b.constant(type, list ? [1] : [], [value])
}

/** A list has one dimension: one that was reckoned element by element from a constant of several would be another constant. */
function checkFlat(term: Term, match: RuleMatch): void {
  const isApart = term.type === 'pick' || term.type === 'slice' || (term.type === 'function' && !EACH.has(term.name))
  if (isApart) return
  if (term.type === 'property' && term.name === 'value' && (match.optional(term.of)?.rank ?? 0) > 1)
    throw new NotKnownError(
      `${printTerm(term)} is a list, and ${term.of} has shape [${match.optional(term.of)?.shape?.join(', ')}]: ` +
        `reckon with layers, as @v = Mul(${term.of}, 2)`,
    )
  partsOfTerm(term).forEach((t) => checkFlat(t, match))
}

/** Functions that give as many elements as they get. */
const EACH: ReadonlySet<string> = new Set(['min', 'max', 'sqrt', 'abs', 'floor', 'ceil', 'exp', 'log'])

function checked(numbers: readonly (number | string | boolean)[], type: DType, term: Term): number[] {
  for (const x of numbers) {
    if (typeof x !== 'number') throw new NotKnownError(`${printTerm(term)} is ${valueText(x)}, and no operand`)
    if (!isOf(type, x))
      throw new NotKnownError(`${printTerm(term)} is ${valueText(numbers.length === 1 ? x : numbers)}, and no ${type}`)
  }
  return numbers as number[]
}

/** Whether a type holds a number: as it is, or rounded where it is a float. Beyond 2^53 only the ends of int64 are known to be themselves. */
function isOf(type: DType, x: number): boolean {
  const largest = LARGEST[type]
  if (largest === undefined) return true
  if (type.includes('float')) return Math.abs(x) < largest
  const lowest = type.startsWith('u') || type === 'bool' ? 0 : -largest - 1
  return Number.isInteger(x) && x >= lowest && x <= largest && (Number.isSafeInteger(x) || Math.abs(x) >= 2 ** 63)
}

/** The largest whole number of a type; of floats, what is rounded to infinity. */
const LARGEST: Readonly<Partial<Record<DType, number>>> = {
  bool: 1,
  int8: 2 ** 7 - 1,
  uint8: 2 ** 8 - 1,
  int16: 2 ** 15 - 1,
  uint16: 2 ** 16 - 1,
  int32: 2 ** 31 - 1,
  uint32: 2 ** 32 - 1,
  int64: 2 ** 63,
  uint64: 2 ** 64,
  float16: 65520,
  float32: 2 ** 128 - 2 ** 103,
}

/** `tensor(list, type)`, which stands for an attribute; null for anything else. */
export function tensorOf(term: Term, match: RuleMatch): ConstantValue | null {
  if (term.type !== 'function' || term.name !== 'tensor') return null
  const [list, type] = term.of.map((t) => computed(t, match))
  const dtype = typeOf(type)
  if (dtype === null) throw new NotKnownError(`${printTerm(term)}: there is no type ${valueText(type)}`)
  const numbers = Array.isArray(list) ? list : [list ?? 0]
  return ConstantValue.of(dtype, [numbers.length], checked(numbers, dtype, term))
}

/** A type by its name, or by the number that ONNX gives it. */
function typeOf(x: Computed | undefined): DType | null {
  const found = Object.entries(DTYPE_CODES).find(([name, code]) => name === x || code === x)
  return found ? (found[0] as DType) : null
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
