/**
 * The tree of groups that a network is drawn in: its module scopes, without those that would be a frame around next to
 * nothing, and with sections where one group holds more than can be laid out at once.
 */
import type { LayerId } from '../engine'
import type { GraphSource } from './source'

/** A module scope (`encoder/layer.0`), '' at the top; sections add a part of their own behind it. */
export type GroupPath = string

export interface Group {
  readonly path: GroupPath
  /** What stands in the heading: the path from the group around it. */
  readonly name: string
  readonly parent: Group | null
  readonly depth: number
  /** In the order of their first layer. */
  readonly children: Group[]
  /** Layers that lie directly in this group, in network order, adopted ones last. */
  readonly layers: LayerId[]
  /** Layers in here at any depth. */
  total: number
}

export interface GroupTree {
  readonly root: Group
  /** Every group, parents before children. */
  readonly groups: ReadonlyMap<GroupPath, Group>
  readonly homeOf: ReadonlyMap<LayerId, Group>
}

/**
 * Decisions taken once, when a network opens, so that a rewrite that shrinks a module does not make its frame vanish:
 * which scopes have no frame of their own, and which section each layer belongs to.
 */
export interface GroupFrame {
  readonly dissolved: ReadonlySet<GroupPath>
  /** The scope that nearly all layers lie in, left out of the names of what is inside; '' where there is none. */
  readonly trunk: GroupPath
  /** The section of each layer whose group was cut. New layers join a neighbour's section. */
  readonly sectionOf: ReadonlyMap<LayerId, Section>
  /** Layers that only prepare a constant for one module, and lie in that module though the file puts them elsewhere. */
  readonly adopted: ReadonlyMap<LayerId, GroupPath>
}

/** A stretch of a group that was too large to lay out at once. */
export interface Section {
  /** The group that was cut. */
  readonly cut: GroupPath
  /** `block 3`; with a `/` where sections were themselves put into sections. */
  readonly name: string
}

export const emptyFrame: GroupFrame = { dissolved: new Set(), trunk: '', sectionOf: new Map(), adopted: new Map() }

/** A scope with fewer layers than this is drawn without a frame. */
const SMALLEST_GROUP = 4
const NEARLY_ALL = 0.93

/** Splits a path into its prefixes, shortest first, itself last; empty for the top. */
export function prefixesOf(path: GroupPath): GroupPath[] {
  const out: GroupPath[] = []
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) out.push(path.slice(0, at))
  if (path !== '') out.push(path)
  return out
}

/** Where a layer lies: its module scope, with the name of its section put in where its group was cut. */
export function pathOf(scope: GroupPath, section: Section | undefined): GroupPath {
  if (!section) return scope
  const rest = section.cut === '' ? scope : scope.slice(section.cut.length + 1)
  return [section.cut, section.name, rest].filter((part) => part !== '').join('/')
}

/** Paths that are not worth a frame: too few layers, nothing but one other group inside, or nearly the whole network. */
export function dissolvedPaths(paths: readonly GroupPath[]): Pick<GroupFrame, 'dissolved' | 'trunk'> {
  const totals = new Map<GroupPath, number>()
  const children = new Map<GroupPath, Set<GroupPath>>()
  const direct = new Set<GroupPath>()
  for (const home of paths) {
    direct.add(home)
    let parent = ''
    for (const path of prefixesOf(home)) {
      totals.set(path, (totals.get(path) ?? 0) + 1)
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
    const wraps = !direct.has(path) && inside?.size === 1 && framesInside === 1
    const isTrunk = total > paths.length * NEARLY_ALL && path.length > trunk.length
    if (isTrunk) trunk = path
    if (total < SMALLEST_GROUP || wraps || isTrunk) dissolved.add(path)
  }
  return { dissolved, trunk }
}

/** Builds the tree over the layers that are not removed. */
export function buildGroups(source: GraphSource, frame: GroupFrame): GroupTree {
  const root: Group = { path: '', name: '', parent: null, depth: 0, children: [], layers: [], total: 0 }
  const groups = new Map<GroupPath, Group>([['', root]])
  const homeOf = new Map<LayerId, Group>()
  const ofScope = new Map<GroupPath, Group>([['', root]])
  const sections = frame.sectionOf.size > 0 ? withNewLayers(source, frame.sectionOf) : frame.sectionOf
  const ownFirst = [...source.layers].sort((a, b) => Number(frame.adopted.has(a.id)) - Number(frame.adopted.has(b.id)))
  for (const layer of ownFirst) {
    if (layer.removed) continue
    const path = pathOf(frame.adopted.get(layer.id) ?? layer.scope, sections.get(layer.id))
    let home = ofScope.get(path)
    if (!home) {
      home = root
      for (const prefix of prefixesOf(path)) {
        if (frame.dissolved.has(prefix)) continue
        home = groups.get(prefix) ?? addGroup(groups, prefix, home, frame.trunk)
      }
      ofScope.set(path, home)
    }
    home.layers.push(layer.id)
    homeOf.set(layer.id, home)
    for (let g: Group | null = home; g; g = g.parent) g.total++
  }
  return { root, groups, homeOf }
}

/** What of the trunk a path goes through. */
function sharedPath(path: GroupPath, trunk: GroupPath): GroupPath {
  return prefixesOf(trunk).findLast((p) => path.startsWith(`${p}/`)) ?? ''
}

function addGroup(groups: Map<GroupPath, Group>, path: GroupPath, parent: Group, trunk: GroupPath): Group {
  const known = parent.path === '' ? sharedPath(path, trunk) : parent.path
  const name = known === '' ? path : path.slice(known.length + 1)
  const group: Group = { path, name, parent, depth: parent.depth + 1, children: [], layers: [], total: 0 }
  parent.children.push(group)
  groups.set(path, group)
  return group
}

/** A layer that came later lies in the section of its first producer, else of its first user. */
function withNewLayers(source: GraphSource, known: ReadonlyMap<LayerId, Section>): ReadonlyMap<LayerId, Section> {
  const cuts = [...new Set([...known.values()].map((s) => s.cut))]
  const lies = (scope: string, cut: string) => cut === '' || scope === cut || scope.startsWith(cut + '/')
  const fresh = source.layers.filter((l) => !l.removed && !known.has(l.id) && cuts.some((c) => lies(l.scope, c)))
  if (fresh.length === 0) return known
  const out = new Map(known)
  const firstUser = new Map<number, LayerId>()
  for (const l of source.layers) {
    if (l.removed) continue
    for (const t of l.inputs) if (!firstUser.has(t)) firstUser.set(t, l.id)
  }
  for (const layer of fresh) {
    const producers = layer.inputs.map((t) => source.tensor(t)?.producer)
    const users = layer.outputs.map((t) => firstUser.get(t))
    const near = [...producers, ...users].map((id) => (id === undefined ? undefined : out.get(id)))
    const section = near.find((s) => s && lies(layer.scope, s.cut))
    if (section) out.set(layer.id, section)
  }
  return out
}

/** Groups outermost first, `path` itself last; those that the frame dissolved are not among them. */
export function ancestorsOf(tree: GroupTree, path: GroupPath): Group[] {
  const out: Group[] = []
  for (let g: Group | null = tree.groups.get(path) ?? null; g; g = g.parent) out.unshift(g)
  return out
}
