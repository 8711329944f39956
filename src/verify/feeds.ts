import { ConstantValue } from '../engine'
import type { NetworkSnapshot } from '../engine'
import { normal, uniform } from './random'
import { isWhole, rolesOf } from './roles'
import type { Role } from './roles'
import type { Values } from './runtime'
import type { Sizes } from './sizes'

/** A network input as far as values for it need to know it. */
interface Input {
  readonly name: string
  readonly role: Role
  readonly value: (size: Sizes, r: () => number, variant: Variant) => ConstantValue
}

/**
 * What masks hold: every position; rows padded on the right, as tokenizers pad; or positions here and there, the last row none
 * at all, as rows have that a batch is filled up with.
 */
export type Masks = 'full' | 'padded' | 'sparse'

/**
 * What inputs are made of. `ordinary`: numbers as they usually are. `closed`: as before, and masks that are added close whole
 * rows, by -∞, by the type's lowest number, or by both. `special`: among ordinary numbers ±∞, NaN, −0, the largest, the smallest
 * and subnormal ones. `tied`: a few numbers again and again, so that some
 * are equal, and some are 0; whole numbers that are reckoned with are negative and large ones, too.
 */
export type InputClass = 'ordinary' | 'closed' | 'special' | 'tied'

/** `positive`: floats around 1, for what is a root, a logarithm or a divisor. */
export interface Variant {
  readonly masks: Masks
  readonly positive: boolean
  readonly inputs: InputClass
}

/** Makes plausible values for the inputs that both networks have: of their types, in the ranges that they are used in. */
export class Feeder {
  private readonly inputs: readonly Input[]
  /** Why there is no value for some input; null where there is one for each. */
  readonly missing: string | null
  /** What can be told apart of the inputs there are. */
  readonly classes: readonly InputClass[]

  /**
   * In half floats a score under the mask of a row that is masked as a whole is lost or kept as the runtime rounds the sum, so
   * that neither side says what such a row is: it is not asked for.
   */
  private readonly isHalf: boolean

  /**
   * @param isNarrowed the side after has no float64: numbers of that type are such that float32 holds
   * @param ties whether numbers that tie are a class of inputs, too
   */
  constructor(before: NetworkSnapshot, after: NetworkSnapshot, isNarrowed = false, ties = false) {
    this.isHalf = before.tensors.some((t) => t.dtype === 'float16' || t.dtype === 'bfloat16')
    const roles = [rolesOf(before), rolesOf(after)]
    const byId = new Map(before.tensors.map((t) => [t.id, t]))
    let missing: string | null = null
    this.inputs = before.inputs.flatMap((id) => {
      const { name, dtype, shape } = byId.get(id)!
      if (!dtype || !shape || dtype === 'string' || dtype.startsWith('complex') || dtype.startsWith('float8')) {
        missing = `input ${name} has no type to make values of (${dtype ?? 'unknown type'}, ${shape ? 'known' : 'unknown'} shape)`
        return []
      }
      const role = merged(roles.map((r) => r.get(name)))
      if (!isNarrowed || dtype !== 'float64')
        return [{ name, role, value: (sizes, r, v) => valueOf(dtype, sizes.shape(shape), role, r, v) }]
      const single = (v: ConstantValue): ConstantValue =>
        ConstantValue.of(dtype, v.shape, Float64Array.from(v.numbers()))
      return [{ name, role, value: (sizes, r, v) => single(valueOf('float32', sizes.shape(shape), role, r, v)) }]
    })
    this.missing = missing
    const dtypes = before.inputs.map((id) => byId.get(id)!.dtype)
    const hasBias = this.inputs.some((i) => i.role.isBias) && !this.isHalf
    const hasFloats = dtypes.some((d) => d !== null && d in SPECIAL)
    this.classes = [
      'ordinary',
      ...(hasBias ? (['closed'] as const) : []),
      ...(hasFloats ? (['special'] as const) : []),
      ...((hasFloats || this.inputs.some((i) => i.role.isNumber)) && ties ? (['tied'] as const) : []),
    ]
  }

  values(seed: number, sizes: Sizes, variant: Variant): Values {
    const r = uniform(seed)
    const given: Variant = this.isHalf && variant.masks === 'sparse' ? { ...variant, masks: 'padded' } : variant
    return new Map(this.inputs.map((i) => [i.name, i.value(sizes, r, given)]))
  }
}

function merged(roles: readonly (Role | undefined)[]): Role {
  const bounds = roles.flatMap((r) => r?.below ?? [])
  const below = bounds.length > 0 ? Math.min(...bounds) : null
  const isMask = below === null && roles.some((r) => r?.isMask)
  const isNumber = roles.every((r) => r?.isNumber ?? true) && roles.some((r) => r?.isNumber)
  return { isMask, below, isBias: roles.some((r) => r?.isBias), isNumber }
}

/** Floats that arithmetic treats in its own way, by type. */
const SPECIAL: Readonly<Partial<Record<ConstantValue['dtype'], readonly number[]>>> = {
  float32: specialOf(2 ** 127 * (2 - 2 ** -23), 2 ** -126, 2 ** -149),
  float64: specialOf(Number.MAX_VALUE, 2 ** -1022, 2 ** -1074),
  float16: specialOf(65504, 2 ** -14, 2 ** -24),
  bfloat16: specialOf(2 ** 127 * (2 - 2 ** -7), 2 ** -126, 2 ** -133),
}

function specialOf(largest: number, normal: number, least: number): number[] {
  return [Infinity, -Infinity, NaN, -0, 0, largest, -largest, normal, -normal, least, -least]
}

/** So many of the elements of a special input are special. */
const SHARE = 0.15

/** What two operands have in common now and then, so that they cancel, or tie. */
const COMMON: readonly number[] = [0, 1, 1, 2]

/** What ties is made of: sums of these are exact in any order. */
const TIED: readonly number[] = [-1, 0, -0, 0.5, 1, 1, 2]

/** Integers that index into nothing we know: sizes, counts, labels. */
const SMALL = 4

function valueOf(
  dtype: ConstantValue['dtype'],
  shape: readonly number[],
  role: Role,
  r: () => number,
  variant: Variant,
): ConstantValue {
  const size = shape.reduce((a, b) => a * b, 1)
  const values = new Float64Array(size)
  if (role.isNumber && variant.inputs === 'tied') fillWhole(values, r, dtype)
  else if (role.isMask) fillMask(values, shape.at(-1) ?? 1, r, variant.masks)
  else if (role.isBias && variant.inputs === 'closed') fillBias(values, shape.at(-1) ?? 1, r, lowestOf(dtype))
  else if (isWhole(dtype)) for (let i = 0; i < size; i++) values[i] = Math.floor(r() * (role.below ?? SMALL))
  else if (variant.inputs === 'tied') {
    const from = variant.positive ? TIED.filter((x) => x > 0) : TIED
    for (let i = 0; i < size; i++) values[i] = from[Math.floor(r() * from.length)]!
  } else {
    const next = variant.positive ? () => 0.5 + r() : normal(r)
    const special = variant.inputs === 'special' ? (SPECIAL[dtype] ?? []) : []
    for (let i = 0; i < size; i++) {
      const from = special.length === 0 ? [] : r() < SHARE ? special : r() < SHARE ? COMMON : []
      values[i] = from.length > 0 ? from[Math.floor(r() * from.length)]! : next()
    }
  }
  return ConstantValue.of(dtype, shape, values)
}

/**
 * Small ones below 0 and above it, and now and then the largest, beyond which numbers go round; the lowest of bytes alone: a quotient of
 * a wider one by -1 ends the process.
 */
function fillWhole(values: Float64Array, r: () => number, dtype: ConstantValue['dtype']): void {
  const isSigned = !dtype.startsWith('u')
  const largest = largestWhole(dtype)
  const extremes = [
    largest,
    largest - 1,
    Math.floor(largest / 2) + 1,
    ...(isSigned ? [-largest, largest < 2 ** 16 ? -largest - 1 : 1 - largest] : []),
  ]
  for (let i = 0; i < values.length; i++) {
    const from = r()
    values[i] = from < 0.1 ? extremes[Math.floor(r() * extremes.length)]! : Math.floor(r() * 17) - (isSigned ? 8 : 0)
  }
}

/** Of 64 bits the largest of those that JavaScript's numbers hold all of. */
function largestWhole(dtype: ConstantValue['dtype']): number {
  const bits = Number(/\d+$/.exec(dtype)?.[0] ?? 1) - (dtype.startsWith('u') ? 0 : 1)
  return 2 ** Math.min(bits, 53) - 1
}

const lowestOf = (dtype: ConstantValue['dtype']): number => -(SPECIAL[dtype]?.[5] ?? 1)

/** Rows closed by -∞, by the lowest number, by both, and rows that are open here and there, in turn. */
function fillBias(values: Float64Array, row: number, r: () => number, lowest: number): void {
  const rows = [[-Infinity], [lowest], [-Infinity, lowest], [0, -Infinity, 0, lowest]]
  const first = Math.floor(r() * rows.length)
  for (let i = 0; i < values.length; i++) {
    const pattern = rows[(first + Math.floor(i / row)) % rows.length]!
    values[i] = pattern[(i % row) % pattern.length]!
  }
}

function fillMask(values: Float64Array, row: number, r: () => number, masks: Masks): void {
  for (let from = 0; from < values.length; from += row) {
    const kept = masks === 'padded' ? Math.max(1, Math.ceil(row * (0.4 + 0.6 * r()))) : row
    const isEmpty = masks === 'sparse' && from + row >= values.length
    for (let i = 0; i < row; i++) values[from + i] = Number(i < kept && !isEmpty && (masks !== 'sparse' || r() < 0.7))
  }
}
