/** What a network holds, in numbers. */
import type { Category, Network } from '../engine'

export interface Totals {
  readonly layers: number
  readonly byCategory: ReadonlyMap<Category, number>
}

export function totalsOf(network: Network): Totals {
  const byCategory = new Map<Category, number>()
  let layers = 0
  for (const layer of network.getLayers()) {
    if (layer.isRemoved()) continue
    layers++
    const category = layer.schema?.category ?? 'other'
    byCategory.set(category, (byCategory.get(category) ?? 0) + 1)
  }
  return { layers, byCategory }
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
