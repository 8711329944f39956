/** Matches by the module scope of their root. */
import type { MatchInfo } from '../protocol/match-info'

/** A scope that matches can be filtered by. */
export interface MatchScope {
  /** '' for the whole network. */
  readonly path: string
  /** The path from the scope above it in the list. */
  readonly name: string
  readonly depth: number
  readonly count: number
  /** There are scopes inside that can be chosen in turn. */
  readonly more: boolean
}

export function inScope(scope: string, path: string): boolean {
  return path === '' || scope === path || scope.startsWith(`${path}/`)
}

export function matchesIn(matches: readonly MatchInfo[], path: string): readonly MatchInfo[] {
  return path === '' ? matches : matches.filter((m) => inScope(m.scope, path))
}

/**
 * The scopes to choose from when `chosen` is: it, those around it, and those right inside it, each with its matches.
 * Where all matches lie in one scope, so do those inside that one. A scope that holds one other and no match of its own says nothing and is skipped.
 */
export function scopesToChoose(matches: readonly MatchInfo[], chosen: string): MatchScope[] {
  const root = tree(matches)
  const rows: MatchScope[] = []
  const add = (scope: Scope, above: Scope | null, depth: number): void => {
    const { path, count } = scope
    const name = !above || above.path === '' ? path : path.slice(above.path.length + 1)
    rows.push({ path, name, depth, count, more: scope.inside.size > 0 })
  }
  let above: Scope | null = null
  let at: Scope | undefined = root
  let depth = 0
  for (; at; depth++) {
    add(at, above, depth)
    above = at
    const inside: Scope[] = [...at.inside.values()].map(telling)
    const only: Scope | undefined = inside.length === 1 && at.own === 0 ? inside[0] : undefined
    at = only ?? inside.find((s) => inScope(chosen, s.path))
  }
  for (const inside of above?.inside.values() ?? []) add(telling(inside), above, depth)
  return rows
}

interface Scope {
  readonly path: string
  readonly inside: Map<string, Scope>
  count: number
  /** Matches right in it, not in a scope inside. */
  own: number
}

function tree(matches: readonly MatchInfo[]): Scope {
  const root: Scope = { path: '', inside: new Map(), count: 0, own: 0 }
  for (const { scope } of matches) {
    let at = root
    at.count++
    for (const name of scope === '' ? [] : scope.split('/')) {
      const path = at.path === '' ? name : `${at.path}/${name}`
      const next: Scope = at.inside.get(name) ?? { path, inside: new Map(), count: 0, own: 0 }
      at.inside.set(name, next)
      at = next
      at.count++
    }
    at.own++
  }
  return root
}

function telling(scope: Scope): Scope {
  let at = scope
  while (at.own === 0 && at.inside.size === 1) at = at.inside.values().next().value ?? at
  return at
}
