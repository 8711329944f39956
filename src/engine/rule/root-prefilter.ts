import { commutes } from '../network/dialect'
import type { Layer } from '../network/network'
import type { Tensor } from '../network/network'

import type { CallGraph, Definition, ValueGraph } from './graph'

/** What must stand at an operand: a constant, or the result of a layer of one of these kinds; null for anything. */
type Need = ReadonlySet<string> | 'constant' | null

interface RootForm {
  readonly kind: string
  /** Operands of any number, which may stand anywhere among the others. */
  readonly hasRest: boolean
  readonly needs: readonly Need[]
}

/**
 * Whether a layer could be a rule's root, by its kind, what stands right above it, and whether the network has what every match
 * needs. Never refuses a match; it decides most misses without a search.
 */
export class RootPrefilter {
  private readonly forms: readonly RootForm[]
  /** Kinds that are part of every match, besides the root's. */
  private readonly always: readonly string[]

  constructor(root: ValueGraph, definitions: ReadonlyMap<string, Definition>) {
    const left = new LeftSide(definitions)
    this.forms = callsOf(root).map((call) => ({
      kind: call.kind,
      hasRest: call.operands.some((v) => v.type === 'rest'),
      needs: beforeRest(call).map((v) => left.needOf(v)),
    }))
    const own = new Set(this.forms.map((f) => f.kind))
    this.always = [...left.alwaysIn(root)].filter((kind) => !own.has(kind))
  }

  /** False where no match has this layer as its root. */
  admits(layer: Layer): boolean {
    for (let i = 0; i < this.always.length; i++) if (layer.network.countOfKind(this.always[i]!) === 0) return false
    const { kind } = layer.record
    for (let i = 0; i < this.forms.length; i++) {
      const form = this.forms[i]!
      if (form.kind !== kind) continue
      if (mayStandAnywhere(form, layer)) return true
      if (fits(form.needs, layer, false)) return true
      const isEitherWay =
        form.needs.length >= 2 && layer.numInputs >= 2 && commutes(layer.schema, layer.record.attributes)
      if (isEitherWay && fits(form.needs, layer, true)) return true
    }
    return false
  }
}

/** The operands that are counted from the front. */
function beforeRest({ operands }: CallGraph): readonly ValueGraph[] {
  const rest = operands.findIndex((v) => v.type === 'rest')
  return rest < 0 ? operands : operands.slice(0, rest)
}

/** Whether operands are tried in any order (sums and their like). */
function mayStandAnywhere({ hasRest, needs }: RootForm, layer: Layer): boolean {
  const { schema } = layer
  const many = hasRest || needs.length > 2 || layer.numInputs > 2
  return many && schema?.commutative === true && schema.inputs.at(-1)?.variadic === true
}

function fits(needs: readonly Need[], layer: Layer, swapped: boolean): boolean {
  for (let i = 0; i < needs.length; i++) {
    const need = needs[i]!
    if (need !== null && !meets(need, layer.input(swapped && i < 2 ? 1 - i : i))) return false
  }
  return true
}

function meets(need: ReadonlySet<string> | 'constant', t: Tensor | null): boolean {
  if (t === null) return false
  if (need === 'constant') return t.isConstant
  return t.parent !== null && need.has(t.parent.record.kind)
}

function callsOf(v: ValueGraph): readonly CallGraph[] {
  return v.type === 'either' ? v.of.flatMap(callsOf) : v.type === 'call' ? [v] : []
}

const NOTHING: ReadonlySet<string> = new Set()

/** What a left side says of values. Each name is looked at once: what alternatives refer to in turn would take as long as all ways through. */
class LeftSide {
  private readonly kinds = new Map<string, ReadonlySet<string>>()
  private readonly needs = new Map<string, Need>()

  constructor(private readonly definitions: ReadonlyMap<string, Definition>) {}

  /** Kinds of the layers that no alternative does without. */
  alwaysIn(v: ValueGraph): ReadonlySet<string> {
    if (v.type === 'name') {
      const definition = this.definitions.get(v.name)
      return definition ? once(this.kinds, v.name, () => this.alwaysIn(definition.statement.value)) : NOTHING
    }
    if (v.type === 'either') {
      const [first, ...others] = v.of.map((x) => this.alwaysIn(x))
      return new Set([...(first ?? NOTHING)].filter((kind) => others.every((o) => o.has(kind))))
    }
    if (v.type !== 'call') return NOTHING
    if (v.maybe) return this.alwaysIn(v.operands[0]!)
    return new Set([v.kind, ...v.operands.flatMap((x) => [...this.alwaysIn(x)])])
  }

  needOf(v: ValueGraph): Need {
    if (v.type === 'number') return 'constant'
    if (v.type === 'call') return v.maybe ? null : new Set([v.kind])
    if (v.type === 'either') {
      const needs = v.of.map((x) => this.needOf(x))
      return needs.every((n) => n instanceof Set) ? new Set(needs.flatMap((n) => [...n])) : null
    }
    if (v.type !== 'name') return null
    const definition = this.definitions.get(v.name)
    if (definition) return once(this.needs, v.name, () => this.needOf(definition.statement.value))
    return v.constant && !v.optional ? 'constant' : null
  }
}

function once<T>(known: Map<string, T>, name: string, find: () => T): T {
  if (!known.has(name)) known.set(name, find())
  return known.get(name)!
}
