/** What a network held and holds, in numbers. */
import type { LayerCounts } from './layer-counts'
import type { Totals } from '../protocol/totals'

export function totalsOf({ layers, byCategory }: LayerCounts): Totals {
  return { layers, byCategory: new Map([...byCategory].filter(([, count]) => count > 0)) }
}

export interface TotalRow {
  readonly name: string
  readonly before: number
  readonly now: number
}

/** Before and now side by side: all layers, then each category that there is or was, the most frequent first. */
export function totalRows(before: Totals, now: Totals): TotalRow[] {
  const categories = [...new Set([...before.byCategory.keys(), ...now.byCategory.keys()])]
  const rows = categories.map((name) => ({
    name,
    before: before.byCategory.get(name) ?? 0,
    now: now.byCategory.get(name) ?? 0,
  }))
  rows.sort((a, b) => Math.max(b.before, b.now) - Math.max(a.before, a.now))
  return [{ name: 'layers', before: before.layers, now: now.layers }, ...rows]
}
