import type { Layer } from '../network/network'
import type { OtherAttributes } from './attributes'
import type { AttributeValue } from '../store/records'
import type { Tensor } from '../network/network'
import { Match } from '../pattern/match'

/** A match of a rule: layers by part, values by name, attribute variables. */
export class RuleMatch extends Match {
  /** Operands that were looked at and are not given; what another alternative would have bound is not among them. */
  private readonly absent: readonly string[]

  constructor(
    root: Layer,
    layers: ReadonlyMap<string, Layer>,
    values: ReadonlyMap<string, Tensor | null>,
    readonly attributes: ReadonlyMap<string, AttributeValue>,
    /** Further operands by the name behind `...`. */
    readonly rests: ReadonlyMap<string, readonly (Tensor | null)[]>,
    /** Attributes that the rule does not name, by the name behind `...$`. */
    readonly otherAttributes: ReadonlyMap<string, OtherAttributes> = new Map(),
  ) {
    const found = given(values)
    super(root, layers, found)
    this.absent = found.size === values.size ? NONE : [...values.keys()].filter((name) => !found.has(name))
  }

  /** Whether the match has found that an optional operand is not given. */
  isAbsent(name: string): boolean {
    return this.absent.includes(name)
  }

  /** The value of an optional operand; null where it is not given. */
  optional(name: string): Tensor | null {
    return this.tensors.get(name) ?? null
  }

  /** The one element of a constant. @throws Error where the value is not a one-element constant */
  scalar(name: string): number {
    const x = this.tensor(name).value?.scalar() ?? null
    if (x === null) throw new Error(`${name} is not a scalar constant`)
    return x
  }

  /** What an attribute variable is bound to. @throws Error where the match binds none of that name */
  attribute(name: string): AttributeValue {
    const value = this.attributes.get(name)
    if (value === undefined) throw new Error(`the match binds no attribute ${name}`)
    return value
  }
}

const NONE: readonly string[] = []

function given(values: ReadonlyMap<string, Tensor | null>): Map<string, Tensor> {
  const found = new Map<string, Tensor>()
  for (const [name, t] of values) if (t) found.set(name, t)
  return found
}
