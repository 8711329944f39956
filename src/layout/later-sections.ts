import type { LayerId, LayerRecord } from '../engine'
import type { GroupFrame, GroupPath, Section } from './frame'
import type { GraphSource } from './source'
import { valueAt } from './known'

/**
 * The sections of layers that came after the network was cut: that of the first producer that has one, else that of the first user
 * which was there from the beginning; null for none. Each follows from the network as it is.
 * @param order gives all layers, each behind its producers
 */
export function laterSections(
  source: GraphSource,
  order: () => readonly LayerId[],
  known: GroupFrame['sectionOf'],
  cuts: ReadonlySet<GroupPath>,
): Map<LayerId, Section | null> {
  const later = new Map<LayerId, Section | null>()
  const within = new Map<GroupPath, boolean>()
  const wasCut = (scope: GroupPath): boolean => {
    let answer = within.get(scope)
    if (answer === undefined) within.set(scope, (answer = [...cuts].some((cut) => lies(scope, cut))))
    return answer
  }
  const isLater = ({ id, scope }: LayerRecord): boolean => !known.has(id) && wasCut(scope)
  // The order is worked out only where it is needed.
  if (!source.layers.some((l) => !l.removed && isLater(l))) return later
  for (const id of order()) {
    const layer = source.layer(id)
    if (!layer || !isLater(layer)) continue
    const { scope, inputs, outputs } = layer
    const fits = (section: Section | null | undefined): section is Section => !!section && lies(scope, section.cut)
    const producers = inputs.map((t) => source.tensor(t)?.producer ?? -1)
    const above = producers.map((p) => known.get(p) ?? later.get(p)).find(fits)
    later.set(id, above ?? sectionBelow(source, known, outputs, fits))
  }
  return later
}

function sectionBelow(
  source: GraphSource,
  known: GroupFrame['sectionOf'],
  outputs: readonly number[],
  fits: (section: Section | null | undefined) => section is Section,
): Section | null {
  const users = outputs.flatMap((t) => source.uses(t).map((u) => u.layer)).filter((u) => fits(known.get(u)))
  if (users.length === 0) return null
  return valueAt(
    known,
    users.reduce((a, b) => (source.place(b) < source.place(a) ? b : a)),
  )
}

const lies = (scope: string, cut: GroupPath): boolean => cut === '' || scope === cut || scope.startsWith(cut + '/')
