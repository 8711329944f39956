import type { GroupPath } from './frame'
import { families } from './group'
import type { Group } from './group'
import type { GroupTree } from './groups'

/** About as many boxes as can be taken in at once. */
export const SCREENFUL = 150

/**
 * The groups that are open at first: level by level from the top, groups that look alike (the layers of an encoder)
 * all or none, as long as no more than a screenful of boxes is shown.
 */
export function initiallyOpen(tree: GroupTree, screenful = SCREENFUL): Set<GroupPath> {
  const open = new Set<GroupPath>()
  let shown = partsOf(tree.root)
  let level = tree.root.children
  while (level.length > 0) {
    const opened: Group[] = []
    for (const alike of families(level)) {
      const more = alike.reduce((n, g) => n + partsOf(g), 0)
      if (shown + more > screenful) continue
      shown += more
      opened.push(...alike)
    }
    for (const g of opened) open.add(g.path)
    level = opened.flatMap((g) => g.children)
  }
  return open
}

function partsOf(group: Group): number {
  return group.layers.length + group.children.length
}

/** A folded run stays folded: it is not among them. */
export function allGroups(tree: GroupTree): Set<GroupPath> {
  return new Set([...tree.groups.values()].filter((g) => g.parent && !g.run).map((g) => g.path))
}
