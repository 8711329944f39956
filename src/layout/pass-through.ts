import type { TensorId } from '../engine'
import type { GroupPath } from './frame'
import { ranksOf } from './ranks'
import { FRAME } from './view'
import type { Content, Item, View } from './view'
import { nth } from './known'

/** Which of the values that enter a group some of what leaves it depends on, along the lines that are drawn. */
export interface PassThrough {
  readonly leads: (entry: TensorId, exit: TensorId) => boolean
}

const everything: PassThrough = { leads: () => true }

/** What was found for a content, as long as it is the same for the open groups in it. */
const known = new WeakMap<Content, { readonly inside: readonly PassThrough[]; readonly found: PassThrough }>()

/** Of every open group of a view. Costs what is new in it. */
export function passThroughs(view: View): Map<GroupPath, PassThrough> {
  const out = new Map<GroupPath, PassThrough>()
  for (const content of [...view.contents.values()].reverse()) {
    const inside = content.items.map((item) => throughItem(item, out))
    const before = known.get(content)
    const same = before?.inside.every((p, i) => p === inside[i])
    const found = before && same ? before.found : passThrough(content, inside)
    if (!same) known.set(content, { inside, found })
    out.set(content.group.path, found)
  }
  return out
}

/** Of one item: a layer and a closed group lead from everything to everything. */
export function throughItem({ group, open }: Item, groups: ReadonlyMap<GroupPath, PassThrough>): PassThrough {
  return (open && group && groups.get(group.path)) || everything
}

function passThrough({ items, links, entries }: Content, inside: readonly PassThrough[]): PassThrough {
  const ranks = ranksOf(items.length, links)
  const out: number[][] = items.map(() => [])
  const from: number[][] = items.map(() => [])
  links.forEach((l, i) => {
    if (l.from !== FRAME) nth(out, l.from).push(i)
    if (l.to !== FRAME) nth(from, l.to).push(i)
  })
  /** By link the entries that it depends on, a bit each. */
  const masks: bigint[] = links.map((l) => (l.from === FRAME ? 1n << BigInt(entries.indexOf(l.tensor)) : 0n))
  const exits = new Map<TensorId, bigint>()
  const downwards = items.map((_, i) => i).sort((a, b) => nth(ranks, a) - nth(ranks, b))
  for (const i of downwards)
    for (const o of nth(out, i)) {
      const { tensor } = nth(links, o)
      for (const l of nth(from, i))
        if (nth(inside, i).leads(nth(links, l).toPort, tensor)) masks[o] = nth(masks, o) | nth(masks, l)
      if (nth(links, o).to === FRAME) exits.set(tensor, (exits.get(tensor) ?? 0n) | nth(masks, o))
    }
  return { leads: (entry, exit) => (((exits.get(exit) ?? 0n) >> BigInt(entries.indexOf(entry))) & 1n) === 1n }
}
