import type { Arrangement, Box } from './arrangement'
import type { GroupPath } from './groups'
import type { Face, Scene, SceneEdge, SceneNode, SceneStub } from './scene'
import type { GraphSource } from './source'
import type { Content, Item, Stub, Use, View } from './view'

/** One open group with its place worked out. */
export interface Placed {
  readonly content: Content
  readonly boxes: readonly Box[]
  readonly signature: string
  readonly arrangement: Arrangement
}

export type FaceOf = (item: Item) => Face

interface Offset {
  readonly x: number
  readonly y: number
}

/** Puts the placed groups into each other. */
export function compose(
  view: View,
  placed: ReadonlyMap<GroupPath, Placed>,
  source: GraphSource,
  faceOf: FaceOf,
): Scene {
  const offsets = new Map<Content, Offset>()
  const nodes: SceneNode[] = []
  const frames: SceneNode[] = []
  for (const [path, content] of view.contents) {
    const at = placed.get(path)
    if (!at) continue
    const offset = offsetOf(content, placed, offsets)
    content.items.forEach((item, i) => {
      const [x, y] = at.arrangement.items[i]!
      const node = nodeOf(item, offset.x + x, offset.y + y, at.boxes[i]!, faceOf(item))
      if (item.open) frames.push(node)
      else nodes.push(node)
    })
  }
  const top = placed.get('')?.arrangement
  const all = [...frames, ...nodes]
  return {
    nodes: all,
    anchors: anchorsOf(all, view, source),
    edges: view.uses.map((use) => edgeOf(use, placed, offsets)),
    stubs: view.stubs.map((stub) => stubOf(stub, placed, offsets, source)),
    width: top?.width ?? 0,
    height: top?.height ?? 0,
  }
}

function anchorsOf(nodes: readonly SceneNode[], view: View, source: GraphSource): Int32Array {
  const last = source.layers.reduce((m, l) => Math.max(m, l.id), -1)
  const anchors = new Int32Array(last + 1).fill(-1)
  nodes.forEach((node, index) => {
    if (node.kind === 'layer') anchors[node.layer] = index
    const closed = node.kind === 'group' && !node.open ? view.items.get(node.key)?.group : null
    const stack = closed ? [closed] : []
    for (let g = stack.pop(); g; g = stack.pop()) {
      for (const id of g.layers) anchors[id] = index
      stack.push(...g.children)
    }
  })
  return anchors
}

function offsetOf(content: Content, placed: ReadonlyMap<GroupPath, Placed>, offsets: Map<Content, Offset>): Offset {
  const group = content.group
  let offset: Offset = { x: 0, y: 0 }
  if (group.parent) {
    const outer = placed.get(group.parent.path)!
    const index = outer.content.items.findIndex((i) => i.group === group)
    const [x, y] = outer.arrangement.items[index]!
    const base = offsets.get(outer.content)!
    offset = { x: base.x + x, y: base.y + y }
  }
  offsets.set(content, offset)
  return offset
}

function nodeOf(item: Item, x: number, y: number, box: Box, face: Face): SceneNode {
  return {
    key: item.key,
    kind: item.kind,
    layer: item.kind === 'layer' ? item.ref : -1,
    group: item.group?.path ?? item.content.group.path,
    open: item.open,
    depth: item.content.group.depth,
    x,
    y,
    width: box.width,
    height: box.height,
    face,
  }
}

function edgeOf(use: Use, placed: ReadonlyMap<GroupPath, Placed>, offsets: ReadonlyMap<Content, Offset>): SceneEdge {
  const points: number[] = []
  for (const { content, link } of use.path) {
    const offset = offsets.get(content)!
    const route = placed.get(content.group.path)!.arrangement.routes[link]!
    for (let i = 0; i < route.length; i += 2) {
      const [x, y] = [offset.x + route[i]!, offset.y + route[i + 1]!]
      if (points.at(-2) !== x || points.at(-1) !== y) points.push(x, y)
    }
  }
  const key = `${use.tensor}|${use.from.key}|${use.to.key}|${use.toPort}`
  return { key, tensor: use.tensor, from: use.from.key, to: use.to.key, points }
}

function stubOf(
  stub: Stub,
  placed: ReadonlyMap<GroupPath, Placed>,
  offsets: ReadonlyMap<Content, Offset>,
  source: GraphSource,
): SceneStub {
  const { item, side, tensor } = stub
  const at = placed.get(item.content.group.path)!
  const offset = offsets.get(item.content)!
  const [x, y] = at.arrangement.items[item.index]!
  const box = at.boxes[item.index]!
  const ports = side === 'in' ? item.inPorts : item.outPorts
  const portX = (side === 'in' ? box.inX : box.outX)[ports.indexOf(stub.port)] ?? box.width / 2
  return {
    key: `${tensor}|${item.key}|${side}|${stub.port}`,
    tensor,
    node: item.key,
    side,
    x: offset.x + x + portX,
    y: offset.y + y + (side === 'in' ? 0 : box.height),
    name: source.tensor(tensor)?.name ?? '',
    count: stub.count,
  }
}
