/** The inside of one open group: its items, and of every value that shows in it the links and stubs. */
import type { TensorId } from '../engine'
import type { GroupPath } from './frame'
import type { Group } from './group'
import type { GroupTree } from './groups'
import type { GraphSource } from './source'
import { meeting } from './values'
import type { DrawnValue } from './values'
import { FRAME, groupKey, inputKey, layerKey, linkName, outputKey } from './view'
import type { Content, End, Item, ItemKey, ItemKind, Link, LongUses, Stub, Use } from './view'
import { nth, valueAt } from './known'

/** The uses of a value that meet in a group and are named there because their line would be too long. */
export type LongIn = (group: Group) => LongUses

export const longUse = (tensor: TensorId, target: ItemKey): string => `${tensor}>${target}`

type Parts = Omit<Item, 'index' | 'home' | 'inPorts' | 'outPorts' | 'stubPorts'>

/** The items of a group: what enters the network, layers and groups in network order, what leaves it. */
export function itemsOf(source: GraphSource, tree: GroupTree, group: Group, open: ReadonlySet<GroupPath>): Parts[] {
  const plain = (key: ItemKey, kind: ItemKind, ref: number): Parts => ({ key, kind, ref, group: null, open: false })
  const placed: { place: number; parts: Parts }[] = []
  for (const id of group.layers) placed.push({ place: source.place(id), parts: plain(layerKey(id), 'layer', id) })
  for (const child of group.children) {
    const parts: Parts = { key: groupKey(child.path), kind: 'group', ref: -1, group: child, open: open.has(child.path) }
    placed.push({ place: source.place(tree.firstOf(child)), parts })
  }
  const inside = placed.sort((a, b) => a.place - b.place).map((p) => p.parts)
  if (group.parent) return inside
  const inputs = source.inputs.map((id) => plain(inputKey(id), 'input', id))
  return [...inputs, ...inside, ...source.outputs.map((_, i) => plain(outputKey(i), 'output', i))]
}

export class ContentBuilder {
  private readonly items: Item[]
  private readonly indexOf: Map<ItemKey, number>
  private readonly links: Link[] = []
  private readonly linkIndex = new Map<string, number>()
  private readonly entries: TensorId[] = []
  private readonly exits: TensorId[] = []
  private readonly uses: Use[] = []
  private readonly stubs: Stub[] = []

  constructor(
    private readonly group: Group,
    parts: readonly Parts[],
    private readonly longIn: LongIn,
  ) {
    this.items = parts.map((p, index) => {
      const stubPorts = { in: new Set<number>(), out: new Set<TensorId>() }
      return { ...p, index, home: group, inPorts: [], outPorts: [], stubPorts }
    })
    this.indexOf = new Map(this.items.map((item) => [item.key, item.index]))
  }

  /** Values in the order of their first use. */
  build(values: Iterable<DrawnValue>): Content {
    for (const value of values) this.add(value)
    for (const item of this.items) if (item.kind === 'layer') item.inPorts.sort((a, b) => a - b)
    const { group, items, indexOf, links, linkIndex, entries, exits, uses, stubs } = this
    return { group, items, indexOf, links, linkIndex, entries, exits, uses, stubs, long: this.longIn(group) }
  }

  private add(value: DrawnValue): void {
    const { tensor, from } = value
    const mine = from.home === this.group ? nth(this.items, valueAt(this.indexOf, from.key)) : null
    if (mine) addPort(mine.outPorts, tensor)
    let stubs = 0
    for (const to of value.targets) {
      const named = value.named || this.isLong(tensor, from, to)
      if (!named) this.draw(tensor, from, to)
      else {
        stubs++
        if (to.home === this.group) this.stubAt(tensor, to)
      }
    }
    if (!mine || stubs === 0) return
    this.stubs.push({ tensor, item: mine.index, port: tensor, side: 'out', count: stubs })
    if (stubs === value.targets.length) mine.stubPorts.out.add(tensor)
  }

  private stubAt(tensor: TensorId, to: End): void {
    const item = nth(this.items, valueAt(this.indexOf, to.key))
    addPort(item.inPorts, to.port)
    item.stubPorts.in.add(to.port)
    this.stubs.push({ tensor, item: item.index, port: to.port, side: 'in', count: 1 })
  }

  private isLong(tensor: TensorId, from: End, to: End): boolean {
    const top = meeting(from.home, to.home)
    const long = this.longIn(top)
    return long.size > 0 && long.has(longUse(tensor, keyWithin(top, to)))
  }

  /** The link that a use runs through in here: from an item or the frame to another. */
  private draw(tensor: TensorId, from: End, to: End): void {
    const [s, d] = [this.itemAt(from), this.itemAt(to)]
    if (s === d) return
    const toPort = d === null ? 0 : d.key === to.key ? to.port : tensor
    if (s) addPort(s.outPorts, tensor)
    else addPort(this.entries, tensor)
    if (d) addPort(d.inPorts, toPort)
    else addPort(this.exits, tensor)
    if (s && d) this.uses.push({ tensor, from, to })
    const [a, b] = [s?.index ?? FRAME, d?.index ?? FRAME]
    const name = linkName(tensor, a, b, toPort)
    if (this.linkIndex.has(name)) return
    this.linkIndex.set(name, this.links.length)
    this.links.push({ tensor, from: a, to: b, toPort })
  }

  /** The item that an end is, or lies in; null for one outside. */
  private itemAt(end: End): Item | null {
    const { group } = this
    if (end.home.depth < group.depth || (end.home !== group && !isWithin(end.home, group))) return null
    return this.items[valueAt(this.indexOf, keyWithin(group, end))] ?? null
  }
}

function isWithin(home: Group, group: Group): boolean {
  let g: Group | null = home
  while (g && g.depth > group.depth) g = g.parent
  return g === group
}

/** The item of a group's content that an end is or lies in. */
export function keyWithin(group: Group, end: End): ItemKey {
  if (end.home === group) return end.key
  let g = end.home
  while (g.parent && g.parent !== group) g = g.parent
  return groupKey(g.path)
}

function addPort(ports: number[], port: number): void {
  if (!ports.includes(port)) ports.push(port)
}
