import type { LayerId, TensorId } from '../engine'
import type { Group, GroupPath, GroupTree } from './groups'
import type { GraphSource } from './source'
import { FRAME, groupKey, inputKey, layerKey, outputKey } from './view'
import type { Content, Item, ItemKind, Stub, Use, View } from './view'

/** A value drawn to more places than this is named at each of them instead. */
const MOST_USES = 8

/** Uses to be named instead of drawn though their value has few: `tensor>item key`, found where a line would be too long. */
export type LongUses = ReadonlySet<string>

export const longUse = (tensor: TensorId, target: string): string => `${tensor}>${target}`

/** Cost grows with layers, uses and depth of groups; nothing here depends on positions. */
export function buildView(source: GraphSource, tree: GroupTree, open: ReadonlySet<GroupPath>, long: LongUses): View {
  const b = new ViewBuilder(tree, open)
  for (const id of source.inputs) b.add(inputKey(id), 'input', tree.root, id, null)
  for (const layer of source.layers) {
    const home = tree.homeOf.get(layer.id)
    if (home) b.anchor(layer.id, home)
  }
  source.outputs.forEach((_, i) => b.add(outputKey(i), 'output', tree.root, i, null))

  const pending = new Map<TensorId, Target[]>()
  const want = (tensor: TensorId, item: Item, port: number) => {
    const targets = pending.get(tensor)
    if (!targets) pending.set(tensor, [{ item, port }])
    else if (item.kind !== 'group' || !targets.some((t) => t.item === item)) targets.push({ item, port })
  }
  for (const layer of source.layers) {
    const home = tree.homeOf.get(layer.id)
    if (!home) continue
    const item = b.anchor(layer.id, home)
    layer.inputs.forEach((tensor, operand) => {
      if (tensor >= 0) want(tensor, item, item.kind === 'group' ? tensor : operand)
    })
  }
  source.outputs.forEach((o, i) => want(o.tensor, b.get(outputKey(i)), 0))

  const inputs = new Set(source.inputs)
  for (const [tensor, targets] of pending) {
    const record = source.tensor(tensor)
    if (!record) continue
    const home = record.producer >= 0 ? tree.homeOf.get(record.producer) : undefined
    const from = home ? b.anchor(record.producer, home) : inputs.has(tensor) ? b.get(inputKey(tensor)) : null
    if (from)
      b.connect(
        tensor,
        from,
        targets.filter((t) => t.item !== from),
        long,
      )
  }
  return b.finish()
}

interface Target {
  readonly item: Item
  readonly port: number
}

class ViewBuilder {
  private readonly contents = new Map<GroupPath, Content>()
  private readonly items = new Map<string, Item>()
  private readonly uses: Use[] = []
  private readonly stubs: Stub[] = []
  /** The outermost closed group around each group, itself included. */
  private readonly closedAt = new Map<Group, Group | null>()

  constructor(tree: GroupTree, open: ReadonlySet<GroupPath>) {
    for (const group of tree.groups.values()) {
      const above = group.parent ? (this.closedAt.get(group.parent) ?? null) : null
      const closed = above ?? (group.parent && !open.has(group.path) ? group : null)
      this.closedAt.set(group, closed)
      if (closed) continue
      this.contents.set(group.path, { group, items: [], links: [], linkIndex: new Map(), entries: [], exits: [] })
    }
  }

  get(key: string): Item {
    const item = this.items.get(key)
    if (!item) throw new Error(`no item ${key}`)
    return item
  }

  /** The item that stands for a layer: the outermost closed group around it, else the layer itself. */
  anchor(layer: LayerId, home: Group): Item {
    const closed = this.closedAt.get(home)
    return closed ? this.groupItem(closed) : this.add(layerKey(layer), 'layer', home, layer, null)
  }

  private groupItem(group: Group): Item {
    return this.add(groupKey(group.path), 'group', group.parent!, -1, group)
  }

  add(key: string, kind: ItemKind, parent: Group, ref: number, group: Group | null): Item {
    const known = this.items.get(key)
    if (known) return known
    if (parent.parent && !this.items.has(groupKey(parent.path))) this.addFrames(parent)
    const content = this.contents.get(parent.path)!
    const open = group !== null && this.contents.has(group.path)
    const index = content.items.length
    const stubPorts = { in: new Set<number>(), out: new Set<TensorId>() }
    const item: Item = { key, kind, index, content, ref, group, open, inPorts: [], outPorts: [], stubPorts }
    content.items.push(item)
    this.items.set(key, item)
    return item
  }

  /** Frames around a group's first item, outermost first. */
  private addFrames(group: Group): void {
    const missing: Group[] = []
    for (let g: Group | null = group; g?.parent && !this.items.has(groupKey(g.path)); g = g.parent) missing.unshift(g)
    for (const g of missing) this.groupItem(g)
  }

  connect(tensor: TensorId, from: Item, targets: readonly Target[], long: LongUses): void {
    if (targets.length === 0) return
    addPort(from.outPorts, tensor)
    let named = 0
    for (const target of targets) {
      addPort(target.item.inPorts, target.port)
      const isLong = long.size > 0 && this.isLong(tensor, from, target.item, long)
      if (targets.length > MOST_USES || isLong) {
        this.stubs.push({ tensor, item: target.item, port: target.port, side: 'in', count: 1 })
        target.item.stubPorts.in.add(target.port)
        named++
      } else this.draw(tensor, from, target)
    }
    if (named === 0) return
    this.stubs.push({ tensor, item: from, port: tensor, side: 'out', count: named })
    if (named === targets.length) from.stubPorts.out.add(tensor)
  }

  private isLong(tensor: TensorId, from: Item, to: Item, long: LongUses): boolean {
    let [s, d] = [from, to]
    while (s.content !== d.content) {
      if (s.content.group.depth >= d.content.group.depth) s = this.frameOf(s)
      else d = this.frameOf(d)
    }
    return long.has(longUse(tensor, d.key))
  }

  private frameOf(item: Item): Item {
    return this.get(groupKey(item.content.group.path))
  }

  /** Lays the chain of links from producer to consumer: out of frames, across their common group, into frames. */
  private draw(tensor: TensorId, from: Item, target: Target): void {
    const out: { content: Content; link: number }[] = []
    const into: { content: Content; link: number }[] = []
    let [s, d, toPort] = [from, target.item, target.port]
    while (s.content !== d.content) {
      if (s.content.group.depth >= d.content.group.depth) {
        addPort(s.content.exits, tensor)
        out.push({ content: s.content, link: link(s.content, tensor, s.index, FRAME, 0) })
        s = this.frameOf(s)
        addPort(s.outPorts, tensor)
      } else {
        addPort(d.content.entries, tensor)
        into.push({ content: d.content, link: link(d.content, tensor, FRAME, d.index, toPort) })
        d = this.frameOf(d)
        toPort = tensor
        addPort(d.inPorts, tensor)
      }
    }
    const across = { content: s.content, link: link(s.content, tensor, s.index, d.index, toPort) }
    const path = [...out, across, ...into.reverse()]
    this.uses.push({ tensor, from, to: target.item, toPort: target.port, path })
  }

  finish(): View {
    for (const item of this.items.values()) if (item.kind === 'layer') item.inPorts.sort((a, b) => a - b)
    return { contents: this.contents, items: this.items, uses: this.uses, stubs: this.stubs }
  }
}

function addPort(ports: number[], port: number): void {
  if (!ports.includes(port)) ports.push(port)
}

function link(content: Content, tensor: TensorId, from: number, to: number, toPort: number): number {
  const key = `${tensor}|${from}|${to}|${toPort}`
  const known = content.linkIndex.get(key)
  if (known !== undefined) return known
  const index = content.links.length
  content.links.push({ tensor, from, to, toPort })
  content.linkIndex.set(key, index)
  return index
}
