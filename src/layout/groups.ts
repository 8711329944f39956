/**
 * The tree of groups that a network is drawn in: its module scopes, without those that would be a frame around next to
 * nothing, and with sections where one group holds more than can be laid out at once. It follows from the network as it is and
 * from what was decided when it opened, however it came to be; edits only say where to look.
 */
import type { LayerId } from '../engine'
import { CanonicalOrder, ordered } from './canonical-order'
import { familyOf, pathOf, prefixesOf } from './frame'
import type { GroupFrame, GroupPath, Run, Section } from './frame'
import { laterSections } from './later-sections'
import type { GraphSource } from './source'
import type { Touched } from './touched'

export interface Group {
  readonly path: GroupPath
  /** What stands in the heading: the path from the group around it. */
  readonly name: string
  readonly parent: Group | null
  readonly depth: number
  /** In no particular order. */
  readonly children: Group[]
  /** Layers that lie directly in this group, in no particular order. */
  readonly layers: LayerId[]
  /** Layers in here at any depth. */
  total: number
  /** The first of them in canonical order; null until somebody asks again. */
  first: LayerId | null
  /** Another whenever a layer in here, at any depth, came, went or says something else of itself. */
  revision: number
  /** The run of blocks that it stands for; null for a module or a section. */
  readonly run: Run | null
}

/** A group of fewer layers shows them in the group around it. */
const WORTH_A_FRAME = 2

export class GroupTree {
  readonly root: Group = newGroup('', '', null)
  /** Every group, parents before children. */
  readonly groups = new Map<GroupPath, Group>([['', this.root]])
  readonly homeOf = new Map<LayerId, Group>()
  /** The network in canonical order. */
  readonly source: GraphSource
  private readonly order: CanonicalOrder
  /** The path that each layer belongs to, whether or not all of it is drawn. */
  private readonly pathOfLayer = new Map<LayerId, GroupPath>()
  /** The layers that belong to a path, at any depth. */
  private readonly members = new Map<GroupPath, Set<LayerId>>()
  private readonly cuts: ReadonlySet<GroupPath>

  constructor(
    network: GraphSource,
    readonly frame: GroupFrame,
  ) {
    this.order = new CanonicalOrder(network)
    this.source = ordered(network, this.order)
    this.cuts = new Set([...frame.sectionOf.values()].flatMap((s) => (s ? [s.cut] : [])))
    this.rehome(network.layers.map((l) => l.id))
  }

  /**
   * Brings the tree to where the network is.
   * @param touched what edits touched since the last time; it gets the layers that lie in another group now
   * @returns the groups whose parts, their order or their number may be others now; null where that may be any
   */
  follow(touched: Touched): Set<GroupPath> | null {
    const sameOrder = this.order.refresh()
    for (const id of touched.said) for (let g = this.homeOf.get(id); g; g = g.parent ?? undefined) g.revision++
    const firsts = new Map<Group, LayerId | null>()
    const changed = this.rehome(touched.layers, firsts, touched.layers)
    for (const [group, first] of firsts)
      if (group.parent && group.total > 0 && this.firstOf(group) !== first) changed.add(group.parent.path)
    if (sameOrder) return changed
    for (const group of this.groups.values()) group.first = null
    return null
  }

  /** The first layer in a group, in canonical order. */
  firstOf(group: Group): LayerId {
    if (group.first !== null) return group.first
    const { place } = this.source
    // Only along what is not known, which is never deeper than groups lie in each other.
    const candidates = [...group.layers, ...group.children.map((child) => this.firstOf(child))]
    return (group.first = candidates.reduce((a, b) => (place(b) < place(a) ? b : a)))
  }

  /**
   * @param firsts gets the groups whose first layer may be another now, and what it was
   * @param moved gets the layers that lie elsewhere now
   */
  private rehome(
    ids: Iterable<LayerId>,
    firsts = new Map<Group, LayerId | null>(),
    moved = new Set<LayerId>(),
  ): Set<GroupPath> {
    const changed = new Set<GroupPath>()
    const moving = new Set<LayerId>()
    for (const [id, path] of [...this.pathsNow(ids)]) {
      const before = this.pathOfLayer.get(id)
      if (before === path) continue
      if (before !== undefined) this.count(before, id, -1, moving)
      if (path === null) this.pathOfLayer.delete(id)
      else {
        this.pathOfLayer.set(id, path)
        this.count(path, id, 1, moving)
      }
      moving.add(id)
    }
    for (const id of moving) moved.add(id)
    for (const id of moving) if (this.homeOf.has(id)) this.takeOut(id, changed, firsts)
    for (const id of moving) if (this.pathOfLayer.has(id)) this.putIn(id, changed, firsts)
    return changed
  }

  /** Where layers belong now, those that came after the network opened included; null for one that is gone. */
  private *pathsNow(ids: Iterable<LayerId>): Generator<[LayerId, GroupPath | null]> {
    const { adopted, sectionOf } = this.frame
    const later = this.cuts.size > 0 ? laterSections(this.source, this.order.layers, sectionOf, this.cuts) : null
    const path = (id: LayerId): GroupPath | null => {
      const layer = this.source.layer(id)
      if (!layer || layer.removed) return null
      const section: Section | null | undefined = sectionOf.get(id) ?? later?.get(id)
      return pathOf(adopted.get(id) ?? layer.scope, section)
    }
    for (const id of ids) yield [id, path(id)]
    for (const id of later?.keys() ?? []) yield [id, path(id)]
  }

  /** `moving` gets the layers that a frame which comes or goes with this takes along. */
  private count(path: GroupPath, id: LayerId, change: 1 | -1, moving: Set<LayerId>): void {
    for (const prefix of prefixesOf(path)) {
      const members = this.members.get(prefix) ?? new Set()
      this.members.set(prefix, members)
      const hadFrame = members.size >= WORTH_A_FRAME
      if (change > 0) members.add(id)
      else members.delete(id)
      if (hadFrame !== members.size >= WORTH_A_FRAME) for (const member of members) moving.add(member)
    }
  }

  private putIn(id: LayerId, changed: Set<GroupPath>, firsts: Map<Group, LayerId | null>): void {
    const home = this.homeFor(this.pathOfLayer.get(id)!, changed)
    home.layers.push(id)
    this.homeOf.set(id, home)
    changed.add(home.path)
    for (let g: Group | null = home; g; g = g.parent) {
      g.total++
      g.revision++
      if (!firsts.has(g)) firsts.set(g, g.first)
      g.first = null
    }
  }

  private takeOut(id: LayerId, changed: Set<GroupPath>, firsts: Map<Group, LayerId | null>): void {
    const home = this.homeOf.get(id)!
    this.homeOf.delete(id)
    home.layers.splice(home.layers.indexOf(id), 1)
    changed.add(home.path)
    for (let g: Group | null = home; g; g = g.parent) {
      g.total--
      g.revision++
      if (!firsts.has(g)) firsts.set(g, g.first)
      g.first = null
      if (g.total > 0 || !g.parent) continue
      g.parent.children.splice(g.parent.children.indexOf(g), 1)
      this.groups.delete(g.path)
      changed.add(g.parent.path)
    }
  }

  /** The group that a layer of this path is drawn in, made with those around it where it is not there. */
  private homeFor(path: GroupPath, changed: Set<GroupPath>): Group {
    const { dissolved, trunk } = this.frame
    let home = this.root
    const enter = (at: GroupPath, make: (parent: Group) => Group): void => {
      const known = this.groups.get(at)
      if (!known) changed.add(home.path)
      home = known ?? this.add(make(home), home)
    }
    for (const prefix of prefixesOf(path)) {
      const run = this.frame.folds?.get(prefix)
      if (run) enter(run.path, (parent) => newGroup(run.path, run.name, parent, run))
      if (dissolved.has(prefix) || this.members.get(prefix)!.size < WORTH_A_FRAME) continue
      enter(prefix, (parent) => newGroup(prefix, nameWithin(parent, prefix, trunk), parent))
    }
    return home
  }

  private add(group: Group, parent: Group): Group {
    parent.children.push(group)
    this.groups.set(group.path, group)
    return group
  }

  /** Blocks of a folded run that are not made of the layers that they had when the network opened. */
  rewrittenOf(run: Run): number {
    let count = 0
    for (const [path, size] of run.blocks) {
      const members = this.members.get(path) ?? new Set<LayerId>()
      if (members.size !== size || [...members].some((id) => id >= run.firstLater)) count++
    }
    return count
  }
}

/** What a group is called in the one around it; a folded run is no part of the name. */
function nameWithin(parent: Group, path: GroupPath, trunk: GroupPath): string {
  const around = parent.run ? parent.parent! : parent
  const known = around.path === '' ? sharedPath(path, trunk) : around.path
  return known === '' ? path : path.slice(known.length + 1)
}

/** Builds the tree over the layers that are not removed. */
export const buildGroups = (source: GraphSource, frame: GroupFrame): GroupTree => new GroupTree(source, frame)

function newGroup(path: GroupPath, name: string, parent: Group | null, run: Run | null = null): Group {
  const depth = parent ? parent.depth + 1 : 0
  return { path, name, parent, depth, children: [], layers: [], total: 0, first: null, revision: 0, run }
}

/** Groups of one level that differ in a number in their name at most, in order of first appearance. */
export function families(groups: readonly Group[]): Group[][] {
  const out = new Map<string, Group[]>()
  for (const g of groups) {
    const family = familyOf(`${g.parent?.path}/${g.name}`)
    const known = out.get(family)
    if (known) known.push(g)
    else out.set(family, [g])
  }
  return [...out.values()]
}

/** What of the trunk a path goes through. */
function sharedPath(path: GroupPath, trunk: GroupPath): GroupPath {
  return prefixesOf(trunk).findLast((p) => path.startsWith(`${p}/`)) ?? ''
}
