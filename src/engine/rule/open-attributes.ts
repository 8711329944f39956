import type { AttributeSchema } from '../network/dialect'
import type { Schemas } from '../network/schemas'
import { sameAttribute } from './compare'
import type { AttributeGraph, CallGraph, Literal, RuleGraph } from './graph'
import { callsIn, definedNames, namesIn } from './graph'
import { mapStatement } from './map-rule'
import { placeOf } from './places'
import { printAttribute } from './print'
import { RuleError } from './rule-error'
import type { RuleMatch } from './rule-match'

/**
 * What a left side leaves open decides what it computes, and the right side has to say something of it: each attribute of a layer that
 * goes is named on the left, as a variable where it may be anything, or on the right; or all of them are taken by `<...$at>`. A layer
 * whose result the right side takes stays as it is.
 */
export class OpenAttributes {
  private readonly leaving: readonly CallGraph[]
  private readonly named: ReadonlySet<string>

  constructor(rule: RuleGraph) {
    const staying = stayingCalls(rule)
    this.leaving = callsIn(rule.left).filter((c) => c.otherAttributes === undefined && !staying.has(c))
    this.named = new Set(callsIn(rule.right).flatMap((r) => Object.keys(r.attributes)))
  }

  /** @throws RuleError for a layer whose operator has attributes of which nothing is said */
  check(schemas: Schemas): void {
    for (const call of this.leaving) {
      const known = Object.entries(schemas.of(call.kind)?.attributes ?? {})
      const open = known.filter(([name]) => this.isOpen(name, call))
      if (open.length > 0) throw openError(call, open)
    }
  }

  /**
   * The same at a match, for operators and versions of them that nobody knows ahead: why it must be left, because a layer was given
   * an attribute of which nothing is said; null for none.
   */
  lostAt(match: RuleMatch, partOf: ReadonlyMap<CallGraph, string>): string | null {
    for (const call of this.leaving) {
      const layer = match.layers.get(partOf.get(call) ?? '')
      if (layer?.kind !== call.kind) continue
      for (const [name, value] of Object.entries(layer.record.attributes)) {
        if (!this.isOpen(name, call) || sameAttribute(layer.schema?.attributes[name]?.default, value)) continue
        return `${layer.name} has ${name}, of which the rule says nothing: write ${call.kind}<...$any> where any will do`
      }
    }
    return null
  }

  /**
   * What attributes that are left open are by default.
   * @param all those that change no result, too: what the right side makes may ask for them
   */
  usualOf(call: CallGraph, schemas: Schemas, all: boolean): Record<string, AttributeGraph> {
    if (call.otherAttributes !== undefined) return {}
    const found: Record<string, AttributeGraph> = {}
    for (const [name, { default: value, required }] of Object.entries(schemas.of(call.kind)?.attributes ?? {})) {
      const isLost = all && !(name in call.attributes) && !this.named.has(name)
      if ((!this.isOpen(name, call) && !isLost) || required) continue
      found[name] = value === undefined ? { absent: true } : { literal: value as Literal }
    }
    return found
  }

  private isOpen(name: string, call: CallGraph): boolean {
    return !(name in call.attributes) && !this.named.has(name) && !HARMLESS.has(name)
  }
}

/**
 * The rule with all that it leaves open named as it is by default: it matches less, and loses nothing.
 * @param all also what changes no result
 */
export function withUsualAttributes(rule: RuleGraph, schemas: Schemas, all: boolean): RuleGraph {
  const open = new OpenAttributes(rule)
  const staying = stayingCalls(rule)
  const usual = (call: CallGraph): CallGraph => ({
    ...call,
    attributes: { ...call.attributes, ...open.usualOf(call, schemas, all) },
  })
  const left = rule.left.map((s) => (callsIn([s]).some((c) => staying.has(c)) ? s : mapStatement(s, { call: usual })))
  return { ...rule, left }
}

/** What changes no result: of shapes that are compared, of types that few have, of numbers that are drawn. */
const HARMLESS: ReadonlySet<string> = new Set([
  'allowzero',
  'kernel_shape',
  'noop_with_empty_axes',
  'num_outputs',
  'round_mode',
  'saturate',
  'seed',
  'stash_type',
  'storage_order',
  'zero_is_placeholder',
])

/** It says how the layer is written with what it has by default, as far as it has. */
function openError(call: CallGraph, open: readonly (readonly [name: string, schema: AttributeSchema])[]): RuleError {
  const { kind } = call
  const usual = open.map(([name, { default: value, required }]) => {
    if (value === undefined) return `${name}=${required ? '…' : 'none'}`
    return `${name}=${printAttribute({ literal: value as Literal })}`
  })
  const written = `${kind}<${usual.join(', ')}>`
  const replaces = Object.keys(call.attributes).length === 0 && !call.maybe && !written.includes('=…')
  const reason =
    `the left side leaves ${open.map(([name]) => name).join(', ')} of ${kind} open, and the right side says nothing of ` +
    `${open.length === 1 ? 'it' : 'them'}: write ${written}, or ${kind}<...$any> where any will do`
  return new RuleError(reason, placeOf(call), replaces ? written : null)
}

/** Layers of the left side that the right side takes results of. */
function stayingCalls(rule: RuleGraph): ReadonlySet<CallGraph> {
  const found = new Set<CallGraph>()
  const open = rule.right.flatMap((s) => namesIn(s.value))
  const known = definedNames(rule.right)
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (known.has(name)) continue
    known.add(name)
    for (const s of rule.left) {
      if (!s.names.includes(name) && s.rest !== name) continue
      for (const call of callsIn([s])) found.add(call)
      open.push(...namesIn(s.value))
    }
  }
  return found
}
