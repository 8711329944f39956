/** The way from a network to a picture, in one call; keeps the last picture so that the next can stay close to it. */
import type { Arranger, ArrangeWish } from './arranger'
import { buildView, longUse } from './build-view'
import { compose } from './compose'
import type { FaceOf, Placed } from './compose'
import type { GroupPath, GroupTree } from './groups'
import { longLinks } from './ranks'
import type { Scene } from './scene'
import type { GraphSource } from './source'
import type { View } from './view'

export interface Picture {
  readonly view: View
  readonly placed: ReadonlyMap<GroupPath, Placed>
  readonly scene: Scene
}

/** The view for a state of open groups, with lines that would run too far turned into stubs. */
export function viewOf(source: GraphSource, tree: GroupTree, open: ReadonlySet<GroupPath>): View {
  const long = new Set<string>()
  for (let round = 0; ; round++) {
    const view = buildView(source, tree, open, long)
    const before = long.size
    for (const content of view.contents.values())
      for (const link of longLinks(content)) long.add(longUse(link.tensor, content.items[link.to]!.key))
    if (long.size === before || round === 3) return view
  }
}

/** A full layout, or with a wish one that stays near the picture before. */
export async function layOut(
  source: GraphSource,
  tree: GroupTree,
  open: ReadonlySet<GroupPath>,
  arranger: Arranger,
  faceOf: FaceOf,
  wish: ArrangeWish = {},
): Promise<Picture> {
  const view = viewOf(source, tree, open)
  const placed = await arranger.arrange(view, faceOf, wish)
  return { view, placed, scene: compose(view, placed, source, faceOf) }
}
