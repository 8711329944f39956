/** Puts placed groups into each other: the picture of a view, by groups. */
import type { TensorId } from '../engine'
import type { Arrangement, Box, Breaks } from './arrangement'
import { keyWithin } from './content'
import type { Flow } from './flow'
import type { GroupPath } from './frame'
import { around } from './group'
import type { Group } from './group'
import type { NodeContent, SceneEdge, SceneNode, SceneStub } from './scene'
import { mirrored } from './mirror'
import type { GroupInside } from './scene-parts'
import type { GraphSource } from './source'
import type { Spine } from './spine'
import { FRAME, groupKey, linkName } from './view'
import type { Content, Item, ItemKey, Stub, Use, View } from './view'
import { nth, valueAt } from './known'

/** One open group with its place worked out. */
export interface Placed {
  readonly content: Content
  readonly boxes: readonly Box[]
  readonly spine: Spine
  /** The columns that it was put into. */
  readonly columns: Breaks
  readonly flow: Flow
  readonly arrangement: Arrangement
}

export type NodeContentOf = (item: Item) => NodeContent

export type PlacedGroups = ReadonlyMap<GroupPath, Placed>

/** A group in the picture, and what it was made of. */
export interface Composed {
  readonly placed: Placed
  readonly inside: GroupInside
  readonly x: number
  readonly y: number
}

export type ComposedGroups = ReadonlyMap<GroupPath, Composed>

/** @param before the picture before: a group in which nothing has another place is taken from there */
export function compose(
  view: View,
  placed: PlacedGroups,
  source: GraphSource,
  faceOf: NodeContentOf,
  before: ComposedGroups | null,
): Map<GroupPath, Composed> {
  const anew = changedInside(placed, before)
  const out = new Map<GroupPath, Composed>()
  const corner = (group: Group): readonly [number, number] => {
    if (!group.parent) return [0, 0]
    const outer = valueAt(out, group.parent.path)
    const { content, arrangement } = outer.placed
    const [x, y] = nth(arrangement.items, valueAt(content.indexOf, groupKey(group.path)))
    return outer.placed.flow.direction === 'down' ? [outer.x + x, outer.y + y] : [outer.x + y, outer.y + x]
  }
  for (const [path, { group }] of view.contents) {
    const at = valueAt(placed, path)
    const [x, y] = corner(group)
    const old = anew.has(path) ? undefined : before?.get(path)
    const inside = old?.inside ?? insideOf(placed, source, faceOf, at)
    out.set(path, { placed: at, inside, x, y })
  }
  return out
}

/** Groups that are placed otherwise than before, and those around them. */
function changedInside(placed: PlacedGroups, before: ComposedGroups | null): Set<GroupPath> {
  const out = new Set<GroupPath>()
  for (const [path, at] of placed) {
    if (before?.get(path)?.placed === at) continue
    for (let g: Group | null = at.content.group; g && !out.has(g.path); g = g.parent) out.add(g.path)
  }
  return out
}

function insideOf(placed: PlacedGroups, source: GraphSource, faceOf: NodeContentOf, at: Placed): GroupInside {
  const inside = new PartMaker(placed, source, faceOf, at).make()
  return at.flow.direction === 'down' ? inside : mirrored(inside)
}

/** Makes the inside of a group in the terms of layout. */
class PartMaker {
  private readonly group: Group

  constructor(
    private readonly placed: PlacedGroups,
    private readonly source: GraphSource,
    private readonly faceOf: NodeContentOf,
    private readonly at: Placed,
  ) {
    this.group = at.content.group
  }

  make(): GroupInside {
    const { content, arrangement, boxes } = this.at
    const frames: SceneNode[] = []
    const nodes: SceneNode[] = []
    content.items.forEach((item, i) => {
      const [left, top] = nth(arrangement.items, i)
      const node = nodeOf(item, left, top, nth(boxes, i), this.faceOf(item))
      if (item.open) frames.push(node)
      else nodes.push(node)
    })
    const edges = content.uses.map((use) => this.edge(use))
    const stubs = content.stubs.map((stub) => this.stub(stub))
    const { width, height } = arrangement
    return { path: this.group.path, width, height, frames, nodes, edges, stubs }
  }

  /** From port to port: out of the frames around its beginning, across the group, into those around its end. */
  private edge({ tensor, from, to }: Use): SceneEdge {
    const points: number[] = []
    for (let g = from.home; g !== this.group; g = around(g)) this.run(points, g, tensor, keyWithin(g, from), null, 0)
    const into: Group[] = []
    for (let g = to.home; g !== this.group; g = around(g)) into.unshift(g)
    const port = (g: Group): number => (g === to.home ? to.port : tensor)
    this.run(points, this.group, tensor, keyWithin(this.group, from), keyWithin(this.group, to), port(this.group))
    for (const g of into) this.run(points, g, tensor, null, keyWithin(g, to), port(g))
    return { key: `${tensor}|${from.key}|${to.key}|${to.port}`, tensor, from: from.key, to: to.key, points }
  }

  /** Adds the waypoints of one link. */
  private run(
    points: number[],
    group: Group,
    tensor: TensorId,
    from: ItemKey | null,
    to: ItemKey | null,
    port: number,
  ): void {
    const { content, arrangement } = valueAt(this.placed, group.path)
    const index = (key: ItemKey | null): number => (key === null ? FRAME : valueAt(content.indexOf, key))
    const route = nth(arrangement.routes, valueAt(content.linkIndex, linkName(tensor, index(from), index(to), port)))
    const [dx, dy] = this.cornerOf(group)
    for (let i = 0; i < route.length; i += 2) {
      const [px, py] = [dx + nth(route, i), dy + nth(route, i + 1)]
      if (points.at(-2) !== px || points.at(-1) !== py) points.push(px, py)
    }
  }

  private readonly corners = new Map<Group, readonly [number, number]>()

  /** Where a group inside begins, from the corner of this one. */
  private cornerOf(group: Group): readonly [number, number] {
    const known = this.corners.get(group)
    if (known) return known
    let [x, y] = [0, 0]
    for (let g = group; g !== this.group; g = around(g)) {
      const { content, arrangement } = valueAt(this.placed, around(g).path)
      const [left, top] = nth(arrangement.items, valueAt(content.indexOf, groupKey(g.path)))
      x += left
      y += top
    }
    this.corners.set(group, [x, y])
    return [x, y]
  }

  private stub({ tensor, item: index, port, side, count }: Stub): SceneStub {
    const { content, arrangement, boxes } = this.at
    const item = nth(content.items, index)
    const [left, top] = nth(arrangement.items, index)
    const box = nth(boxes, index)
    const ports = side === 'in' ? item.inPorts : item.outPorts
    const across = (side === 'in' ? box.inX : box.outX)[ports.indexOf(port)] ?? box.width / 2
    return {
      key: `${tensor}|${item.key}|${side}|${port}`,
      tensor,
      node: item.key,
      side,
      x: left + across,
      y: top + (side === 'in' ? 0 : box.height),
      name: this.source.tensor(tensor)?.name ?? '',
      count,
    }
  }
}

function nodeOf(item: Item, x: number, y: number, box: Box, face: NodeContent): SceneNode {
  return {
    key: item.key,
    kind: item.kind,
    layer: item.kind === 'layer' ? item.ref : -1,
    group: item.group?.path ?? item.home.path,
    open: item.open,
    depth: item.home.depth,
    x,
    y,
    width: box.width,
    height: box.height,
    face,
  }
}

/** By layer id the index of the node that shows it, in a scene of these groups; -1 for none. */
export function anchorsOf(composed: ComposedGroups): Int32Array {
  let index = 0
  const at: number[] = []
  for (const { inside } of composed.values()) index += inside.frames.length
  for (const { inside, placed } of composed.values())
    for (const node of inside.nodes) {
      if (node.kind === 'layer') at[node.layer] = index
      else if (node.kind === 'group') {
        const { items, indexOf } = placed.content
        const { group } = nth(items, valueAt(indexOf, node.key))
        const stack = group ? [group] : []
        for (let g = stack.pop(); g; g = stack.pop()) {
          for (const id of g.layers) at[id] = index
          stack.push(...g.children)
        }
      }
      index++
    }
  return Int32Array.from({ length: at.length }, (_, id) => at[id] ?? -1)
}
