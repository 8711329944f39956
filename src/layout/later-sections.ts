import type { LayerId } from '../engine'
import type { GroupFrame, GroupPath, Section } from './frame'
import type { GraphSource } from './source'

const lies = (scope: string, cut: GroupPath): boolean => cut === '' || scope === cut || scope.startsWith(cut + '/')

/** The section for a layer that came later: that of its first producer, else of its first user; null for none. */
export function sectionNear(
  source: GraphSource,
  known: GroupFrame['sectionOf'],
  cuts: ReadonlySet<GroupPath>,
  id: LayerId,
): Section | null {
  const layer = source.layer(id)!
  const { scope, inputs, outputs } = layer
  if (![...cuts].some((cut) => lies(scope, cut))) return null
  const fits = (near: LayerId | undefined): Section | undefined => {
    const section = near === undefined ? undefined : known.get(near)
    return section && lies(scope, section.cut) ? section : undefined
  }
  for (const t of inputs) {
    const section = fits(source.tensor(t)?.producer)
    if (section) return section
  }
  for (const t of outputs) {
    const users = source.uses(t).map((u) => u.layer)
    const first = users.length > 0 ? users.reduce((a, b) => (source.place(b) < source.place(a) ? b : a)) : undefined
    const section = fits(first)
    if (section) return section
  }
  return null
}
