/**
 * The tree of groups that a network is drawn in: its module scopes, without those that would be a frame around next to
 * nothing, and with sections where one group holds more than can be laid out at once. It follows from the network as it is and
 * from what was decided when it opened, however it came to be; edits only say where to look.
 */
import type { LayerId } from '../engine'
import { CanonicalOrder, ordered } from './canonical-order'
import { pathMaker, prefixesOf } from './frame'
import type { GroupFrame, GroupPath, Run, Section } from './frame'
import { Groups } from './group'
import type { Group } from './group'
import { laterSections } from './later-sections'
import type { GraphSource } from './source'
import type { Touched } from './touched'
import { valueAt } from './known'

export class GroupTree {
  readonly homeOf = new Map<LayerId, Group>()
  /** The network in canonical order. */
  readonly source: GraphSource
  private readonly order: CanonicalOrder
  /** The path that each layer belongs to, whether or not all of it is drawn. */
  private readonly pathOfLayer = new Map<LayerId, GroupPath>()
  /** The layers that belong to exactly this path. */
  private readonly at = new Map<GroupPath, Set<LayerId>>()
  private readonly there: Groups
  private readonly pathOf = pathMaker()
  private readonly cuts: ReadonlySet<GroupPath>

  constructor(
    network: GraphSource,
    readonly frame: GroupFrame,
  ) {
    this.order = new CanonicalOrder(network)
    this.source = ordered(network, this.order)
    this.cuts = new Set([...frame.sectionOf.values()].flatMap((s) => (s ? [s.cut] : [])))
    this.there = new Groups(frame)
    this.settle(network.layers.map((l) => l.id))
  }

  get root(): Group {
    return this.there.root
  }

  /** Every group, parents before children. */
  get groups(): ReadonlyMap<GroupPath, Group> {
    return this.there.byPath
  }

  private settle(ids: readonly LayerId[]): void {
    for (const [id, path] of this.pathsNow(ids)) {
      if (path === null) continue
      this.pathOfLayer.set(id, path)
      this.membersAt(path).add(id)
    }
    this.there.settle(this.at)
    for (const group of this.groups.values()) for (const id of group.layers) this.homeOf.set(id, group)
  }

  private membersAt(path: GroupPath): Set<LayerId> {
    let members = this.at.get(path)
    if (!members) this.at.set(path, (members = new Set()))
    return members
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
    const later = this.cuts.size > 0 ? laterSections(this.source, () => this.order.layers, sectionOf, this.cuts) : null
    const path = (id: LayerId): GroupPath | null => {
      const layer = this.source.layer(id)
      if (!layer || layer.removed) return null
      const section: Section | null | undefined = sectionOf.get(id) ?? later?.get(id)
      return this.pathOf(adopted.get(id) ?? layer.scope, section)
    }
    for (const id of ids) yield [id, path(id)]
    for (const id of later?.keys() ?? []) yield [id, path(id)]
  }

  /** `moving` gets the layers that a frame which comes or goes with this takes along. */
  private count(path: GroupPath, id: LayerId, change: 1 | -1, moving: Set<LayerId>): void {
    if (change > 0) this.membersAt(path).add(id)
    else this.membersAt(path).delete(id)
    for (const framed of this.there.count(path, change))
      for (const [inner, members] of this.at)
        if (inner === framed || inner.startsWith(`${framed}/`)) for (const member of members) moving.add(member)
  }

  private putIn(id: LayerId, changed: Set<GroupPath>, firsts: Map<Group, LayerId | null>): void {
    const home = this.there.homeFor(valueAt(this.pathOfLayer, id), changed)
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
    const home = valueAt(this.homeOf, id)
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
      this.there.byPath.delete(g.path)
      changed.add(g.parent.path)
    }
  }

  /** Blocks of a folded run that are not made of the layers that they had when the network opened. */
  rewrittenOf(run: Run): number {
    const rewritten = new Set(
      [...run.blocks].flatMap(([path, size]) => (this.there.sizeAt(path) === size ? [] : [path])),
    )
    for (const [path, members] of this.at) {
      const block = prefixesOf(path).find((prefix) => run.blocks.has(prefix))
      if (block === undefined || rewritten.has(block)) continue
      for (const id of members) if (id >= run.firstLater) rewritten.add(block)
    }
    return rewritten.size
  }
}

/** Builds the tree over the layers that are not removed. */
export const buildGroups = (source: GraphSource, frame: GroupFrame): GroupTree => new GroupTree(source, frame)
