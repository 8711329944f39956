import type { Layer } from '../network/network'
import type { Tensor } from '../network/network'
import type { FailureAbout } from '../pattern/match'
import type { CompiledRule } from './compile'
import type { RuleMatch } from './rule-match'

/** Why a match must not be rewritten although its structure fits. */
export interface Unsound {
  readonly part: string
  readonly layer: Layer
  readonly expected: string
  readonly found: string
  readonly about: FailureAbout
}

/**
 * E5: what a match would swallow must not be seen outside of it. And with several results no operand may depend on one
 * of them through the outside, or the replacement would stand on a cycle (the match is not convex).
 */
export function checkUses(rule: CompiledRule, match: RuleMatch, inside: ReadonlySet<Layer>): Unsound | null {
  const replaced = new Set<Tensor>()
  for (const name of rule.replaced) {
    const t = match.optional(name)
    if (t) replaced.add(t)
  }
  for (const [part, layer] of match.layers) {
    if (rule.shared.has(part)) continue
    for (let i = 0; i < layer.numOutputs; i++) {
      const t = layer.output(i)
      if (!t || replaced.has(t) || t.isUsedOnlyBy(inside)) continue
      return {
        part,
        layer,
        expected: 'a value that only the match uses',
        found: `value also used by ${outsideUser(t, inside)}, outside the match`,
        about: 'use',
      }
    }
  }
  const own = checkOperands(rule, match)
  return own ?? (replaced.size > 1 ? checkConvex(match, replaced, inside) : null)
}

/**
 * What a rule names as an operand comes from outside: `Add(MatMul(a, b), c)` is no sum of a product with itself, whose rewrite would
 * keep the product and work it out once more.
 */
function checkOperands(rule: CompiledRule, match: RuleMatch): Unsound | null {
  const makers = new Map([...match.layers].map(([part, layer]) => [layer, part] as const))
  for (const [name, t] of match.tensors) {
    if (!t.parent || rule.definitions.has(name)) continue
    const part = makers.get(t.parent)
    if (part === undefined || rule.shared.has(part)) continue
    return {
      part: 'root',
      layer: match.root,
      expected: `${name} from outside the match`,
      found: `${t.name}, which ${t.parent.name} in the match makes`,
      about: 'part',
    }
  }
  return null
}

function outsideUser(t: Tensor, inside: ReadonlySet<Layer>): string {
  const user = t.getUsers().find((l) => !inside.has(l))
  return user ? user.name : `network output ${t.network.outputs.find((o) => o.tensor === t.id)?.name ?? t.name}`
}

function checkConvex(match: RuleMatch, replaced: ReadonlySet<Tensor>, inside: ReadonlySet<Layer>): Unsound | null {
  for (const t of match.tensors.values()) {
    if (t.parent && !inside.has(t.parent) && dependsOn(t, replaced)) {
      return {
        part: 'root',
        layer: match.root,
        expected: 'operands that do not depend on the results',
        found: `${t.name}, which does`,
        about: 'part',
      }
    }
  }
  return null
}

/** Whether `t` is computed from one of `sources`. Looks only at layers that stand behind the first of them. */
function dependsOn(t: Tensor, sources: ReadonlySet<Tensor>): boolean {
  const { store } = t.network
  store.validateOrder()
  let first = Infinity
  for (const s of sources) if (s.parent) first = Math.min(first, s.parent.order)
  const stack = [t]
  const seen = new Set<Tensor>(stack)
  for (let at = stack.pop(); at; at = stack.pop()) {
    if (sources.has(at)) return true
    if (!at.parent || at.parent.order < first) continue
    for (const t of at.parent.operands) {
      if (!t || seen.has(t)) continue
      seen.add(t)
      stack.push(t)
    }
  }
  return false
}
