/** Which layers became which on a way through history: rewrites that build on each other are one. */
import type { Edit } from '../edit/edit'
import type { HistoryStep } from '../history/history-node'
import type { LayerId } from '../store/records'

/** What rewrites that build on each other made of layers. */
export interface Derivation {
  /** Layers that only the end of the way has. */
  readonly there: ReadonlySet<LayerId>
  /** Layers that only its beginning has. */
  readonly here: ReadonlySet<LayerId>
  /** Labels of the patterns, each once, in the order of history. */
  readonly patterns: readonly string[]
}

/**
 * A rewrite builds on another where it takes out a layer that the other put in. Steps without a pattern, as a prune, join nothing.
 * @param way steps through history, in either direction; ids of layers may mean others on another branch
 */
export function derivations(way: readonly HistoryStep[]): Derivation[] {
  const steps = way.filter(({ transaction: t }) => t.annotations.pattern !== undefined)
  const parts = new Parts(steps.length)
  /** Layers that came on the way and are still there, and those of the beginning that went, by the step. */
  const [came, went] = [new Map<LayerId, number>(), new Map<LayerId, number>()]
  steps.forEach(({ transaction, direction }, i) => {
    const edits = direction === 'forward' ? transaction.edits : transaction.edits.toReversed()
    for (const edit of edits) {
      const touched = touchedBy(edit)
      if (!touched) continue
      const { layer } = touched
      const comes = touched.comes === (direction === 'forward')
      const made = came.get(layer)
      if (comes) came.set(layer, i)
      else if (made === undefined) went.set(layer, i)
      else {
        parts.join(i, made)
        came.delete(layer)
      }
    }
  })
  return derivationsOf(steps, parts, came, went)
}

function derivationsOf(
  steps: readonly HistoryStep[],
  parts: Parts,
  came: ReadonlyMap<LayerId, number>,
  went: ReadonlyMap<LayerId, number>,
): Derivation[] {
  const found = new Map<number, { there: Set<LayerId>; here: Set<LayerId>; patterns: Set<string> }>()
  const of = (step: number) => {
    const part = parts.of(step)
    const known = found.get(part) ?? { there: new Set(), here: new Set(), patterns: new Set() }
    found.set(part, known)
    return known
  }
  for (const [layer, step] of came) of(step).there.add(layer)
  for (const [layer, step] of went) of(step).here.add(layer)
  steps.forEach(({ transaction: t }, i) => of(i).patterns.add(t.annotations.pattern!))
  const backward = steps[0]?.direction === 'backward'
  return [...found.values()].map(({ patterns, ...ends }) => ({
    ...ends,
    patterns: backward ? [...patterns].reverse() : [...patterns],
  }))
}

/** The layer that an edit brings or takes away; null for any other edit. */
function touchedBy(edit: Edit): { readonly layer: LayerId; readonly comes: boolean } | null {
  if (edit.type === 'addLayer' || edit.type === 'removeLayer')
    return { layer: edit.layer.id, comes: edit.type === 'addLayer' }
  return edit.type === 'setRemoved' ? { layer: edit.layer, comes: !edit.to } : null
}

/** Steps that belong together. */
class Parts {
  private readonly parent: number[]

  constructor(count: number) {
    this.parent = Array.from({ length: count }, (_, i) => i)
  }

  of(step: number): number {
    let at = step
    while (this.parent[at] !== at) at = this.parent[at]!
    this.parent[step] = at
    return at
  }

  join(a: number, b: number): void {
    this.parent[this.of(a)] = this.of(b)
  }
}
