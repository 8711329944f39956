/** The groups that a network is drawn in, made from the paths that its layers belong to. */
import type { LayerId } from '../engine'
import { familyOf, prefixesOf } from './frame'
import type { GroupFrame, GroupPath, Run } from './frame'

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

/** A number of layers that belong to one path. */
type Members = Iterable<LayerId> & ({ readonly size: number } | { readonly length: number })

export class Groups {
  readonly root: Group = newGroup('', '', null)
  /** Every group, parents before children. */
  readonly byPath = new Map<GroupPath, Group>([['', this.root]])
  /** How many layers belong to a path, at any depth. */
  private readonly sizes = new Map<GroupPath, number>()

  constructor(private readonly frame: Pick<GroupFrame, 'dissolved' | 'trunk' | 'folds'>) {}

  /** Puts layers in, path by path: thousands of them share some hundreds. */
  settle(at: ReadonlyMap<GroupPath, Members>): void {
    for (const [path, members] of at) this.count(path, sizeOf(members))
    for (const [path, members] of at) {
      const home = this.homeFor(path)
      for (const id of members) home.layers.push(id)
      for (let g: Group | null = home; g; g = g.parent) g.total += sizeOf(members)
    }
  }

  /** How many layers belong to a path, at any depth. */
  sizeAt(path: GroupPath): number {
    return this.sizes.get(path) ?? 0
  }

  /** @returns the paths that get a frame by this, or lose theirs */
  count(path: GroupPath, change: number): GroupPath[] {
    return prefixesOf(path).filter((prefix) => {
      const before = this.sizeAt(prefix)
      this.sizes.set(prefix, before + change)
      return before >= WORTH_A_FRAME !== before + change >= WORTH_A_FRAME
    })
  }

  /**
   * The group that a layer of this path is drawn in, made with those around it where it is not there.
   * @param changed gets the groups that get another one
   */
  homeFor(path: GroupPath, changed?: Set<GroupPath>): Group {
    const { dissolved, trunk, folds } = this.frame
    let home = this.root
    const enter = (at: GroupPath, make: (parent: Group) => Group): void => {
      const known = this.byPath.get(at)
      if (!known) changed?.add(home.path)
      home = known ?? this.add(make(home), home)
    }
    for (const prefix of prefixesOf(path)) {
      const run = folds?.get(prefix)
      if (run) enter(run.path, (parent) => newGroup(run.path, run.name, parent, run))
      if (dissolved.has(prefix) || this.sizeAt(prefix) < WORTH_A_FRAME) continue
      enter(prefix, (parent) => newGroup(prefix, nameWithin(parent, prefix, trunk), parent))
    }
    return home
  }

  private add(group: Group, parent: Group): Group {
    parent.children.push(group)
    this.byPath.set(group.path, group)
    return group
  }
}

const sizeOf = (members: Members): number => ('size' in members ? members.size : members.length)

function newGroup(path: GroupPath, name: string, parent: Group | null, run: Run | null = null): Group {
  const depth = parent ? parent.depth + 1 : 0
  return { path, name, parent, depth, children: [], layers: [], total: 0, first: null, revision: 0, run }
}

/** The group around one that lies in another. @throws RangeError for the outermost */
export function around({ parent, path }: Group): Group {
  if (!parent) throw new RangeError(`nothing is around ${path === '' ? 'the outermost group' : path}`)
  return parent
}

/** What a group is called in the one around it; a folded run is no part of the name. */
function nameWithin(parent: Group, path: GroupPath, trunk: GroupPath): string {
  const outer = parent.run ? around(parent) : parent
  const known = outer.path === '' ? sharedPath(path, trunk) : outer.path
  return known === '' ? path : path.slice(known.length + 1)
}

/** What of the trunk a path goes through. */
function sharedPath(path: GroupPath, trunk: GroupPath): GroupPath {
  return prefixesOf(trunk).findLast((p) => path.startsWith(`${p}/`)) ?? ''
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
