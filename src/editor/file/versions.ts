/** Earlier texts of a person's own patterns, and of those that were deleted: kept beside them, so that they can be brought back. */
import type { OwnRule } from '../protocol/match-info'
import type { Storage } from '../platform/platform'
import type { Versions } from '../state/pattern-slice'

const KEY = 'rule-versions'

/** So many earlier texts of a pattern are kept, and so many patterns that were deleted. */
const MOST = { texts: 50, deleted: 50 }

export async function readVersions(storage: Storage): Promise<Versions> {
  const found = await storage.get(KEY)
  return typeof found === 'object' && found !== null ? (found as Versions) : {}
}

export async function writeVersions(storage: Storage, versions: Versions): Promise<void> {
  await storage.set(KEY, versions)
}

/**
 * With what is not there any more after a change to the patterns.
 * @param renamed where a pattern has another name now: its earlier texts go with it
 * @returns the same where nothing was lost
 */
export function withLost(
  versions: Versions,
  before: readonly OwnRule[],
  after: readonly OwnRule[],
  renamed: { readonly from: string; readonly to: string } | null,
  time: number,
): Versions {
  const texts = new Set(after.map((r) => `${r.label}\n${r.text}`))
  const labelNow = (label: string): string => (label === renamed?.from ? renamed.to : label)
  const labels = new Set(before.map((r) => r.label))
  const aside = new Set(after.filter((r) => !labels.has(r.label)).map((r) => r.text))
  const lost = before.filter((r) => !texts.has(`${labelNow(r.label)}\n${r.text}`) && !aside.has(r.text))
  const moves = renamed !== null && renamed.from !== renamed.to && Object.hasOwn(versions, renamed.from)
  if (lost.length === 0 && !moves) return versions
  const all = new Map(Object.entries(versions))
  if (moves) {
    all.set(
      renamed.to,
      [...(all.get(renamed.to) ?? []), ...all.get(renamed.from)!].sort((a, b) => b.time - a.time),
    )
    all.delete(renamed.from)
  }
  for (const rule of lost) {
    const label = labelNow(rule.label)
    const known = (all.get(label) ?? []).filter((v) => v.rule.text !== rule.text)
    all.set(label, [{ rule, time }, ...known].slice(0, MOST.texts))
  }
  const there = new Set(after.map((r) => r.label))
  const deleted = [...all.keys()].filter((label) => !there.has(label))
  const oldest = deleted
    .toSorted((a, b) => (all.get(b)![0]?.time ?? 0) - (all.get(a)![0]?.time ?? 0))
    .slice(MOST.deleted)
  for (const label of oldest) all.delete(label)
  return Object.fromEntries(all)
}

/** The patterns that were deleted, as they were last; the newest first. */
export function deletedAmong(
  versions: Versions,
  rules: readonly OwnRule[],
): { readonly label: string; readonly time: number }[] {
  const there = new Set(rules.map((r) => r.label))
  return Object.entries(versions)
    .flatMap(([label, [last]]) => (last && !there.has(label) ? [{ label, time: last.time }] : []))
    .sort((a, b) => b.time - a.time)
}
