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

/** `full`: every position attended; `positive`: floats around 1, for what is a root, a logarithm or a divisor. */
export interface Variant {
  readonly full: boolean
  readonly positive: boolean
}

/** Makes plausible values for the inputs that both networks have: of their types, in the ranges that they are used in. */
export class Feeder {
  private readonly inputs: readonly Input[]
  /** Why there is no value for some input; null where there is one for each. */
  readonly missing: string | null

  constructor(before: NetworkSnapshot, after: NetworkSnapshot) {
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
    return new Map(this.inputs.map((i) => [i.name, i.value(sizes, r, variant)]))
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
  if (role.isMask) fillMask(values, shape.at(-1) ?? 1, r, variant.full)
  else if (isWhole(dtype)) for (let i = 0; i < size; i++) values[i] = Math.floor(r() * (role.below ?? SMALL))
  else {
    const next = variant.positive ? () => 0.5 + r() : normal(r)
    for (let i = 0; i < size; i++) values[i] = next()
  }
  return ConstantValue.of(dtype, shape, values)
}

/** Rows padded on the right, as tokenizers pad; the first position is always attended. */
function fillMask(values: Float64Array, row: number, r: () => number, full: boolean): void {
  for (let from = 0; from < values.length; from += row) {
    const kept = full ? row : Math.max(1, Math.ceil(row * (0.4 + 0.6 * r())))
    for (let i = 0; i < row; i++) values[from + i] = Number(i < kept)
  }
}
