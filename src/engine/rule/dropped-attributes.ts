import { operatorOf } from '../network/dialect'
import type { Schemas } from '../network/schemas'
import { sameAttribute } from './compare'
import type { CallGraph, RuleGraph } from './graph'
import { callsIn } from './graph'
import { placeOf } from './places'
import { RuleError } from './rule-error'
import type { RuleMatch } from './rule-match'

/**
 * A layer of a right side that stands for one of the left keeps the attributes that the left leaves open: it names them, or passes
 * them on (`<...$at>`). It stands for one of its own kind, and for one that its name says it holds (FusedConv, BiasSoftmax).
 * @throws RuleError where attributes would get their defaults instead, and nobody said so
 */
export function checkStandIns(rule: RuleGraph, schemas: Schemas | null): void {
  const right = callsIn(rule.right)
  for (const left of callsIn(rule.left)) {
    const standIns = right.filter((r) => standsFor(r.kind, left.kind))
    const [first] = standIns
    if (!first) continue
    const { otherAttributes } = left
    if (otherAttributes !== undefined) {
      if (standIns.some((r) => r.otherAttributes === otherAttributes)) continue
      const open = Object.keys(schemas?.of(left.kind)?.attributes ?? {})
      if (open.length > 0 && open.every((a) => a in left.attributes || standIns.some((r) => a in r.attributes)))
        continue
      const reason = `${first.kind} would lose what ...$${otherAttributes} stands for: write ${first.kind}<...$${otherAttributes}>`
      throw new RuleError(reason, placeOf(first))
    }
    if (!schemas) continue
    for (const r of standIns) {
      const others = standIns.filter((s) => s !== r && s.otherAttributes === undefined)
      if (r.otherAttributes !== undefined && others.length > 0) continue
      const dropped = openAttributes(left, r, schemas)
      if (dropped.length > 0) throw new RuleError(droppedText(left, r, dropped, schemas), placeOf(r))
    }
  }
}

/** Attributes of Cast that few types have: where a layer gives one, the match leaves it. */
const OF_FLOAT8: ReadonlySet<string> = new Set(['saturate', 'round_mode'])

function standsFor(right: string, left: string): boolean {
  return right === left || (right !== left && operatorOf(right).includes(operatorOf(left)))
}

/** The attributes of a left layer that neither it nor the layer that stands for it names. */
function openAttributes(left: CallGraph, right: CallGraph, schemas: Schemas): string[] {
  const known = Object.keys(schemas.of(left.kind)?.attributes ?? {})
  return known.filter((name) => !(name in left.attributes) && !(name in right.attributes) && !OF_FLOAT8.has(name))
}

function droppedText(left: CallGraph, right: CallGraph, dropped: readonly string[], schemas: Schemas): string {
  const { kind } = right
  const it = dropped.length === 1 ? 'it' : 'them'
  const variable = `$${dropped[0]}`
  const takes = schemas.of(kind)?.attributes
  const how =
    takes && !(dropped[0]! in takes)
      ? `say on the left what ${dropped[0]} is, as ${left.kind}<${dropped[0]}=…>: ${kind} has no such attribute`
      : `pass ${it} on, as ${left.kind}<...$at>(…) on the left and ${kind}<...$at>(…) on the right, ` +
        `or name ${it}, as ${dropped[0]}=${variable}`
  return `${kind} would lose ${dropped.join(', ')} of ${left.kind}, which the left side leaves open: ${how}`
}

/**
 * The same at a match, which tells what a layer was given: for kinds whose attributes nobody knows ahead. An attribute that would be
 * dropped, and its layer; null for none.
 */
export function droppedAt(
  right: CallGraph,
  lefts: readonly CallGraph[],
  partOf: ReadonlyMap<CallGraph, string>,
  match: RuleMatch,
): { readonly name: string; readonly layer: string } | null {
  if (right.otherAttributes !== undefined) return null
  for (const left of lefts) {
    if (left.kind !== right.kind || left.otherAttributes !== undefined) continue
    const layer = match.layers.get(partOf.get(left) ?? '')
    if (layer?.kind !== left.kind) continue
    for (const [name, value] of Object.entries(layer.record.attributes)) {
      if (name in left.attributes || name in right.attributes) continue
      if (!sameAttribute(layer.schema?.attributes[name]?.default, value)) return { name, layer: layer.name }
    }
  }
  return null
}
