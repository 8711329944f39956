/** Patterns in code among all others: the one order in which a run tries them. */
import { PatternRewriter, RulePattern } from '../engine'
import type { Network, PatternEntry } from '../engine'
import { libraryFor } from '../patterns'
import type { Company } from './calls'
import { loadCode } from './load'

/** One who takes part. */
export interface Member {
  readonly entry: PatternEntry
  /** The label that it goes under where the run was asked for. */
  readonly by: string
  readonly isCode: boolean
}

/** Those of a company that are to be had here. @throws CodeError, RuleError where a text cannot be read */
export function membersOf({ target, patterns }: Company, network: Network): Member[] {
  const library = new Map(libraryFor(network.dialect.name, target).map((e) => [e.label, e]))
  return patterns.flatMap((p): Member[] => {
    const { label, benefit } = p
    if (p.type === 'library') {
      const known = library.get(label)
      if (!known || benefit === null) return []
      return [{ entry: { label, pattern: known.make(target), benefit, stage: known.stage }, by: label, isCode: false }]
    }
    if (p.type === 'rule') {
      const pattern = new RulePattern(p.text, { schemas: network.schemas })
      return [{ entry: { label, pattern, benefit: p.benefit }, by: label, isCode: false }]
    }
    return loadCode(p.text).flatMap((c) =>
      c.pattern instanceof PatternRewriter
        ? [
            {
              entry: { label: `${label}: ${c.label}`, pattern: c.pattern, benefit: benefit ?? c.benefit },
              by: label,
              isCode: true,
            },
          ]
        : [],
    )
  })
}
