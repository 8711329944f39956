/**
 * The tree of groups that a network is drawn in: its module scopes, without those that would be a frame around next to
 * nothing, and with sections where one group holds more than can be laid out at once. Kept by edits.
 */
import type { Edit, LayerId } from '../engine'
import { pathOf, prefixesOf } from './frame'
import type { GroupFrame, GroupPath, Section } from './frame'
import { sectionNear } from './later-sections'
import type { GraphSource } from './source'

export interface Group {
  readonly path: GroupPath
  /** What stands in the heading: the path from the group around it. */
  readonly name: string
  readonly parent: Group | null
  readonly depth: number
  /** In the order of their first layer when the tree was built; those that came later last. */
  readonly children: Group[]
  /** Layers that lie directly in this group; of a tree that was just built in network order, adopted ones last. */
  readonly layers: LayerId[]
  /** Layers in here at any depth. */
  total: number
  /** The first of them in network order; null until somebody asks again. */
  first: LayerId | null
}

export class GroupTree {
  readonly root: Group = newGroup('', '', null)
  /** Every group, parents before children. */
  readonly groups = new Map<GroupPath, Group>([['', this.root]])
  readonly homeOf = new Map<LayerId, Group>()
  private readonly sections: Map<LayerId, Section | null>
  private readonly cuts: ReadonlySet<GroupPath>

  constructor(
    private readonly source: GraphSource,
    private readonly opened: GroupFrame,
  ) {
    this.sections = new Map(opened.sectionOf)
    this.cuts = new Set([...this.sections.values()].flatMap((s) => (s ? [s.cut] : [])))
    this.joinSections(source.layers.map((l) => l.id))
    const live = source.layers.filter((l) => !l.removed)
    const { adopted } = opened
    const ownFirst = live.sort((a, b) => Number(adopted.has(a.id)) - Number(adopted.has(b.id)))
    const nobody = new Set<GroupPath>()
    for (const { id } of ownFirst) this.add(id, nobody)
  }

  /** What was decided so far: the same tree is built with it from the network as it is now. */
  get frame(): GroupFrame {
    return { ...this.opened, sectionOf: this.sections }
  }

  /**
   * Goes along with a transaction that was just applied. Costs what it touched.
   * @param forward whether it was done, not undone: a layer that comes back lies where it lay
   * @param changed gets the groups whose parts, their order or their number may be others now
   */
  follow(edits: readonly Edit[], forward: boolean, changed: Set<GroupPath>): void {
    const touched = new Set<LayerId>()
    const added: LayerId[] = []
    for (const edit of edits) {
      if (edit.type === 'setRemoved') touched.add(edit.layer)
      if (edit.type !== 'addLayer' && edit.type !== 'removeLayer') continue
      touched.add(edit.layer.id)
      if (edit.type === 'addLayer') added.push(edit.layer.id)
    }
    if (forward) for (const id of added) if (!this.opened.sectionOf.has(id)) this.sections.delete(id)
    this.joinSections(added.filter((id) => this.source.layer(id)))
    const isLive = (id: LayerId): boolean => this.source.layer(id)?.removed === false
    // What is gone has no place any more, and is not to be asked for one.
    for (const id of touched) if (this.homeOf.has(id) && !isLive(id)) this.remove(id, changed)
    for (const id of touched) if (!this.homeOf.has(id) && isLive(id)) this.add(id, changed)
  }

  /** The first layer in a group, in network order. */
  firstOf(group: Group): LayerId {
    if (group.first !== null) return group.first
    const { place } = this.source
    // Only along what is not known, which is never deeper than groups lie in each other.
    const candidates = [...group.layers, ...group.children.map((child) => this.firstOf(child))]
    return (group.first = candidates.reduce((a, b) => (place(b) < place(a) ? b : a)))
  }

  private add(id: LayerId, changed: Set<GroupPath>): void {
    const home = this.homeFor(id, changed)
    home.layers.push(id)
    this.homeOf.set(id, home)
    changed.add(home.path)
    const place = this.source.place(id)
    for (let g: Group | null = home; g; g = g.parent) {
      if (g.total++ > 0 && (g.first === null || place > this.source.place(g.first))) continue
      g.first = id
      if (g.parent) changed.add(g.parent.path)
    }
  }

  private remove(id: LayerId, changed: Set<GroupPath>): void {
    const home = this.homeOf.get(id)!
    this.homeOf.delete(id)
    home.layers.splice(home.layers.indexOf(id), 1)
    changed.add(home.path)
    for (let g: Group | null = home; g; g = g.parent) {
      g.total--
      if (g.first === id) {
        g.first = null
        if (g.parent) changed.add(g.parent.path)
      }
      if (g.total > 0 || !g.parent) continue
      g.parent.children.splice(g.parent.children.indexOf(g), 1)
      this.groups.delete(g.path)
      changed.add(g.parent.path)
    }
  }

  /** The group that a layer belongs to, made with those around it where it is not there. */
  private homeFor(id: LayerId, changed: Set<GroupPath>): Group {
    const { adopted, dissolved, trunk } = this.opened
    const path = pathOf(adopted.get(id) ?? this.source.layer(id)!.scope, this.sections.get(id))
    const there = this.groups.get(path)
    if (there) return there
    let home = this.root
    for (const prefix of prefixesOf(path)) {
      if (dissolved.has(prefix)) continue
      const known = this.groups.get(prefix)
      if (!known) changed.add(home.path)
      home = known ?? this.addGroup(prefix, home, trunk)
    }
    return home
  }

  private addGroup(path: GroupPath, parent: Group, trunk: GroupPath): Group {
    const known = parent.path === '' ? sharedPath(path, trunk) : parent.path
    const group = newGroup(path, known === '' ? path : path.slice(known.length + 1), parent)
    parent.children.push(group)
    this.groups.set(path, group)
    return group
  }

  /** A layer that came after the network was cut lies in the section of a neighbour, from when it comes on. */
  private joinSections(ids: readonly LayerId[]): void {
    if (this.cuts.size === 0) return
    for (const id of ids)
      if (!this.sections.has(id)) this.sections.set(id, sectionNear(this.source, this.sections, this.cuts, id))
  }
}

/** Builds the tree over the layers that are not removed. */
export const buildGroups = (source: GraphSource, frame: GroupFrame): GroupTree => new GroupTree(source, frame)

function newGroup(path: GroupPath, name: string, parent: Group | null): Group {
  const depth = parent ? parent.depth + 1 : 0
  return { path, name, parent, depth, children: [], layers: [], total: 0, first: null }
}

/** What of the trunk a path goes through. */
function sharedPath(path: GroupPath, trunk: GroupPath): GroupPath {
  return prefixesOf(trunk).findLast((p) => path.startsWith(`${p}/`)) ?? ''
}
