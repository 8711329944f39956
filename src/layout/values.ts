/** What is drawn of each value: the items that make it and use it, as far as groups are open, and how. */
import type { LayerId, TensorId } from '../engine'
import { familyOf } from './frame'
import type { GroupPath } from './frame'
import { around } from './group'
import type { Group } from './group'
import type { GroupTree } from './groups'
import type { GraphSource, Operand } from './source'
import { groupKey, inputKey, layerKey, outputKey } from './view'
import type { End } from './view'
import { nth, valueAt } from './known'

/** A value drawn to more places than this is named at each of them instead. */
const MOST_USES = 8
/** And so is one that as many blocks of one kind use, such as `layers.0`, `layers.1` and `layers.2`. */
const SEVERAL_BLOCKS = 3

export interface DrawnValue {
  readonly tensor: TensorId
  readonly from: End
  /** In the order of the layers that use it, outputs of the network last. */
  readonly targets: readonly End[]
  /** It has so many targets, or in so many blocks, that it is named at each of them. */
  readonly named: boolean
  /** The first layer that uses it, for an order among values; of an output its position. */
  readonly first: Operand
}

/** Stands for no layer: the first use is an output of the network. */
const NO_LAYER = -1

/** Reads values for one choice of open groups. */
export class Values {
  private inputs: ReadonlySet<TensorId> = new Set()
  private readonly outputsOf = new Map<TensorId, number[]>()
  /** What was found of groups, whose place never changes. */
  private readonly closed = new WeakMap<Group, Group | null>()

  constructor(
    private readonly source: GraphSource,
    private readonly tree: GroupTree,
    private readonly open: ReadonlySet<GroupPath>,
  ) {
    this.readEnds()
  }

  /** Looks again at what enters and leaves the network. */
  readEnds(): void {
    this.inputs = new Set(this.source.inputs)
    this.outputsOf.clear()
    this.source.outputs.forEach(({ tensor }, i) => {
      const known = this.outputsOf.get(tensor)
      if (known) known.push(i)
      else this.outputsOf.set(tensor, [i])
    })
  }

  /** The outermost closed group around what lies in `home`, `home` itself included; null where all is open. */
  closedAround(home: Group): Group | null {
    let closed = this.closed.get(home)
    if (closed !== undefined) return closed
    closed = home.parent && (this.closedAround(home.parent) ?? (this.open.has(home.path) ? null : home))
    this.closed.set(home, closed)
    return closed
  }

  /** What is drawn of a value; null where it is not drawn at all. Costs its uses. */
  of(tensor: TensorId): DrawnValue | null {
    const { source } = this
    const record = source.tensor(tensor)
    if (!record) return null
    const outputs = this.outputsOf.get(tensor) ?? []
    const uses = source.uses(tensor).filter((u) => this.tree.homeOf.has(u.layer))
    if (uses.length + outputs.length === 0) return null
    if (outputs.length === 0 && this.isHidden(record.producer, uses)) return null
    const from = this.origin(tensor, record.producer)
    if (!from) return null
    const inOrder = uses.length > 1 ? [...uses].sort((a, b) => this.compare(a, b)) : uses
    const targets = new Map<string, End>()
    for (const { layer, index } of inOrder) {
      const end = this.endAt(layer, tensor, index)
      if (end.key === from.key) continue
      const name = `${end.key} ${end.port}`
      if (!targets.has(name)) targets.set(name, end)
    }
    for (const i of outputs) targets.set(`O${i}`, { key: outputKey(i), home: this.tree.root, port: 0 })
    if (targets.size === 0) return null
    const first = inOrder[0] ?? { layer: NO_LAYER, index: nth(outputs, 0) }
    const ends = [...targets.values()]
    return { tensor, from, targets: ends, named: ends.length > MOST_USES || this.isForBlocks(ends), first }
  }

  /** Whether a value is made and used within one closed group, as most are. */
  private isHidden(producer: LayerId, uses: readonly Operand[]): boolean {
    const closed = this.closedOf(producer)
    return closed !== null && uses.every((u) => this.closedOf(u.layer) === closed)
  }

  private closedOf(layer: LayerId): Group | null {
    const home = this.tree.homeOf.get(layer)
    return home ? this.closedAround(home) : null
  }

  private isForBlocks(targets: readonly End[]): boolean {
    if (targets.length < SEVERAL_BLOCKS) return false
    const families = new Map<string, Set<Group>>()
    for (const { key, home } of targets) {
      const closed = key.startsWith('G') ? this.tree.groups.get(key.slice(2)) : undefined
      for (let g = closed ?? home; g.parent; g = g.parent) {
        const blocks = families.get(blockFamily(g)) ?? new Set()
        families.set(blockFamily(g), blocks.add(g))
        if (blocks.size >= SEVERAL_BLOCKS) return true
      }
    }
    return false
  }

  /** Orders values by their first use, those that only leave the network last. */
  compare(a: Operand, b: Operand): number {
    if (a.layer === b.layer) return a.index - b.index
    if (a.layer === NO_LAYER || b.layer === NO_LAYER) return a.layer === NO_LAYER ? 1 : -1
    return this.source.place(a.layer) - this.source.place(b.layer)
  }

  private origin(tensor: TensorId, producer: LayerId): End | null {
    if (producer >= 0) return this.tree.homeOf.has(producer) ? this.endAt(producer, tensor, tensor) : null
    if (!this.inputs.has(tensor)) return null
    return { key: inputKey(tensor), home: this.tree.root, port: tensor }
  }

  /** The item that stands for a layer: the outermost closed group around it, else the layer itself. */
  private endAt(layer: LayerId, tensor: TensorId, port: number): End {
    const home = valueAt(this.tree.homeOf, layer)
    const closed = this.closedAround(home)
    return closed
      ? { key: groupKey(closed.path), home: around(closed), port: tensor }
      : { key: layerKey(layer), home, port }
  }
}

const families = new WeakMap<Group, string>()

/** What blocks of one kind have in common: where they lie, and their name but for its numbers. */
function blockFamily(group: Group): string {
  let family = families.get(group)
  if (family === undefined) {
    family = `${group.parent?.path}/${familyOf(group.name)}`
    families.set(group, family)
  }
  return family
}

export function sameEnd(a: End, b: End): boolean {
  return a.key === b.key && a.home === b.home && a.port === b.port
}

/** The innermost group that holds both. */
export function meeting(a: Group, b: Group): Group {
  while (a !== b) {
    if (a.depth >= b.depth) a = around(a)
    else b = around(b)
  }
  return a
}

/** The groups that a value shows in: on the way of its lines, or at the ends that name it. */
export function groupsOf({ from, targets, named }: DrawnValue): Set<Group> {
  const out = new Set([from.home])
  for (const to of targets) {
    if (named) {
      out.add(to.home)
      continue
    }
    const top = meeting(from.home, to.home)
    for (const end of [from, to])
      for (let g = end.home; ; g = around(g)) {
        out.add(g)
        if (g === top) break
      }
  }
  return out
}
