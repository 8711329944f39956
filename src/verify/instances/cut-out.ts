import { ABSENT, attempt, findMatches, isStatic, Match, networkFromSnapshot, undoTransaction } from '../../engine'
import type { Dialect, NetworkSnapshot, PatternRewriter } from '../../engine'
import { cutStep } from '../cut'

/** So many places are tried, and so many different ones kept. */
const [TRIED, KEPT] = [60, 8]
/** Elements of all values of a part: more takes too long to run a hundred times. */
const LARGEST = 2e6

/**
 * What lies around the matches of a pattern in a network, each place cut out as a small network of its own; places that look the same
 * count once. The network stays as it is.
 * @throws PatternError where the pattern throws
 */
export function cutOut(pattern: PatternRewriter, snapshot: NetworkSnapshot, dialect: Dialect): NetworkSnapshot[] {
  const network = networkFromSnapshot(snapshot, dialect)
  const entry = { label: pattern.name, pattern, benefit: 1 }
  const roots = []
  for (const found of findMatches(network, entry)) {
    if (found instanceof Match) roots.push(found.root)
    if (roots.length >= TRIED) break
  }
  const parts = new Map<string, NetworkSnapshot>()
  for (const root of roots) {
    const result = attempt(entry, root)
    if (result.type !== 'rewritten') continue
    const region = cutStep(network, result.transaction)
    undoTransaction(network, result.transaction)
    if (region === null || typeof region === 'string' || elementsOf(region.before) > LARGEST) continue
    const part = inOrder(region.before)
    const key = lookOf(part)
    if (!parts.has(key)) parts.set(key, part)
    if (parts.size >= KEPT) break
  }
  return [...parts.values()]
}

/** So many of a list, from all over it. */
export function spreadOver<T>(list: readonly T[], count: number): T[] {
  const step = Math.max(1, Math.ceil(list.length / count))
  return list.filter((_, i) => i % step === 0)
}

function elementsOf({ tensors }: NetworkSnapshot): number {
  return tensors.reduce((sum, { shape }) => sum + (shape && isStatic(shape) ? shape.reduce((n, d) => n * d, 1) : 0), 0)
}

/** The same for two networks that differ in names and numbers only. */
function lookOf({ layers, tensors }: NetworkSnapshot): string {
  const types = new Map(tensors.map((t) => [t.id, `${t.dtype}${JSON.stringify(t.shape)}`]))
  return layers.map((l) => `${l.kind}(${l.inputs.map((i) => types.get(i) ?? '').join()})`).join(';')
}

/** The same as a whole snapshot: producers stand before what takes from them, and each value knows its own. */
export function inOrder(snapshot: NetworkSnapshot): NetworkSnapshot {
  const makers = new Map(
    snapshot.layers.flatMap((l) => l.outputs.filter((id) => id !== ABSENT).map((id) => [id, l] as const)),
  )
  const placed = new Set<(typeof snapshot.layers)[number]>()
  let waiting = [...snapshot.layers]
  while (waiting.length > 0) {
    const ready = waiting.filter((l) =>
      l.inputs.every((id) => id === ABSENT || !makers.has(id) || placed.has(makers.get(id)!)),
    )
    if (ready.length === 0) return snapshot
    for (const l of ready) placed.add(l)
    waiting = waiting.filter((l) => !placed.has(l))
  }
  const tensors = snapshot.tensors.map((t) => ({ ...t, producer: makers.get(t.id)?.id ?? t.producer }))
  return { ...snapshot, layers: [...placed], tensors }
}
