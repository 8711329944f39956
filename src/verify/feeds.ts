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

/** `positive`: floats around 1, for what is a root, a logarithm or a divisor. */
export interface Variant {
  readonly masks: Masks
  readonly positive: boolean
}

/** Makes plausible values for the inputs that both networks have: of their types, in the ranges that they are used in. */
export class Feeder {
  private readonly inputs: readonly Input[]
  /** Why there is no value for some input; null where there is one for each. */
  readonly missing: string | null

  /**
   * In half floats a score under the mask of a row that is masked as a whole is lost or kept as the runtime rounds the sum, so
   * that neither side says what such a row is: it is not asked for.
   */
  private readonly isHalf: boolean

  constructor(before: NetworkSnapshot, after: NetworkSnapshot) {
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
      return [{ name, role, value: (sizes, r, v) => valueOf(dtype, sizes.shape(shape), role, r, v) }]
    })
    this.missing = missing
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
  return { isMask: below === null && roles.some((r) => r?.isMask), below }
}

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
  if (role.isMask) fillMask(values, shape.at(-1) ?? 1, r, variant.masks)
  else if (isWhole(dtype)) for (let i = 0; i < size; i++) values[i] = Math.floor(r() * (role.below ?? SMALL))
  else {
    const next = variant.positive ? () => 0.5 + r() : normal(r)
    for (let i = 0; i < size; i++) values[i] = next()
  }
  return ConstantValue.of(dtype, shape, values)
}

function fillMask(values: Float64Array, row: number, r: () => number, masks: Masks): void {
  for (let from = 0; from < values.length; from += row) {
    const kept = masks === 'padded' ? Math.max(1, Math.ceil(row * (0.4 + 0.6 * r()))) : row
    const isEmpty = masks === 'sparse' && from + row >= values.length
    for (let i = 0; i < row; i++) values[from + i] = Number(i < kept && !isEmpty && (masks !== 'sparse' || r() < 0.7))
  }
}
