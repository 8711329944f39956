/** What is decided of the groups of a network when it opens, and the paths that groups are known by. */
import type { LayerId } from '../engine'

/** A module scope (`encoder/layer.0`), '' at the top; sections add a part of their own behind it. */
export type GroupPath = string

/**
 * Decisions taken once, when a network opens, so that a rewrite that shrinks a module does not make its frame vanish:
 * which scopes have no frame of their own, and which section each layer belongs to.
 */
export interface GroupFrame {
  readonly dissolved: ReadonlySet<GroupPath>
  /** The scope that nearly all layers lie in, left out of the names of what is inside; '' where there is none. */
  readonly trunk: GroupPath
  /** The section of each layer whose group was cut. New layers join a neighbour's section; null for one that found none. */
  readonly sectionOf: ReadonlyMap<LayerId, Section | null>
  /** Layers that only prepare a constant for one module, and lie in that module though the file puts them elsewhere. */
  readonly adopted: ReadonlyMap<LayerId, GroupPath>
  /** Runs of blocks that are drawn as one box, by the path of each of their blocks: a choice that can be taken back. */
  readonly folds?: ReadonlyMap<GroupPath, Run>
}

/** Equal blocks that follow each other. */
export interface Run {
  /** Of the group that stands for it while it is folded. */
  readonly path: GroupPath
  /** `layers.0 … layers.79`. */
  readonly name: string
  /** In canonical order, each with the number of its layers when the network opened. */
  readonly blocks: ReadonlyMap<GroupPath, number>
  /** Layers from this id on came by rewrites. */
  readonly firstLater: LayerId
}

/** A stretch of a group that was too large to lay out at once. */
export interface Section {
  /** The group that was cut. */
  readonly cut: GroupPath
  /** `block 3`; with a `/` where sections were themselves put into sections. */
  readonly name: string
}

/** A scope with fewer layers than this is drawn without a frame. */
const SMALLEST_GROUP = 4
const NEARLY_ALL = 0.93

/** What the names of blocks of one kind have in common, such as `layers.3` and `layers.4`; of paths likewise. */
export const familyOf = (name: string): string => name.replace(/\d+/g, '#')

/** Splits a path into its prefixes, shortest first, itself last; empty for the top. */
export function prefixesOf(path: GroupPath): GroupPath[] {
  const out: GroupPath[] = []
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) out.push(path.slice(0, at))
  if (path !== '') out.push(path)
  return out
}

/** Where a layer lies: its module scope, with the name of its section put in where its group was cut. */
export function pathOf(scope: GroupPath, section: Section | null | undefined): GroupPath {
  if (!section) return scope
  const rest = section.cut === '' ? scope : scope.slice(section.cut.length + 1)
  return [section.cut, section.name, rest].filter((part) => part !== '').join('/')
}

/** The same, which makes each path once: thousands of layers share some hundreds. */
export function pathMaker(): typeof pathOf {
  const made = new Map<Section | null, Map<GroupPath, GroupPath>>()
  return (scope, section = null) => {
    let within = made.get(section)
    if (!within) made.set(section, (within = new Map<GroupPath, GroupPath>()))
    let path = within.get(scope)
    if (path === undefined) within.set(scope, (path = pathOf(scope, section)))
    return path
  }
}

/**
 * Paths that are not worth a frame: too few layers, nothing but one other group inside, or nearly the whole network.
 * @param homes the layers that lie directly at each path
 */
export function dissolvedPaths(
  homes: ReadonlyMap<GroupPath, { readonly length: number }>,
): Pick<GroupFrame, 'dissolved' | 'trunk'> {
  const totals = new Map<GroupPath, number>()
  const children = new Map<GroupPath, Set<GroupPath>>()
  let all = 0
  for (const [home, { length: layers }] of homes) {
    all += layers
    let parent = ''
    for (const path of prefixesOf(home)) {
      totals.set(path, (totals.get(path) ?? 0) + layers)
      const known = children.get(parent)
      if (known) known.add(path)
      else children.set(parent, new Set([path]))
      parent = path
    }
  }
  const dissolved = new Set<GroupPath>()
  let trunk = ''
  for (const [path, total] of totals) {
    const inside = children.get(path)
    const framesInside = inside ? [...inside].filter((p) => (totals.get(p) ?? 0) >= SMALLEST_GROUP).length : 0
    const wraps = !homes.has(path) && inside?.size === 1 && framesInside === 1
    const isTrunk = total > all * NEARLY_ALL && path.length > trunk.length
    if (isTrunk) trunk = path
    if (total < SMALLEST_GROUP || wraps || isTrunk) dissolved.add(path)
  }
  return { dissolved, trunk }
}
