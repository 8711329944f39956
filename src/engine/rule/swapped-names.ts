import type { Statement } from './graph'
import { namesIn } from './graph'

/**
 * `a = b; b = a` on a right side swaps: read line by line both would become b, which nobody means. Where names are handed on in a
 * circle, the last one gets what the first one was before.
 */
export function withSwaps(right: readonly Statement[], left: ReadonlySet<string>): readonly Statement[] {
  const handed = new Map<string, string>()
  const before: Statement[] = []
  const after = right.map((s): Statement => {
    const [name] = s.names
    const { value } = s
    if (s.names.length !== 1 || !name || value.type !== 'name' || !left.has(name) || !left.has(value.name)) return s
    const isCircle = leadsTo(value.name, name, handed)
    handed.set(name, value.name)
    if (!isCircle) return s
    const kept = fresh(value.name, right)
    before.push({ names: [kept], value })
    return { ...s, value: { ...value, name: kept } }
  })
  return before.length > 0 ? [...before, ...after] : right
}

function leadsTo(from: string, to: string, handed: ReadonlyMap<string, string>): boolean {
  const seen = new Set<string>()
  let at = handed.get(from)
  for (; at !== undefined && at !== to && !seen.has(at); at = handed.get(at)) seen.add(at)
  return at === to
}

function fresh(name: string, right: readonly Statement[]): string {
  const taken = new Set(right.flatMap((s) => [...s.names, ...namesIn(s.value)]))
  let free = `${name}_before`
  while (taken.has(free)) free += '_'
  return free
}
