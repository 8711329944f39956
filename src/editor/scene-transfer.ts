/**
 * A scene on its way between threads: numbers in typed arrays that change hands instead of being copied, texts and keys
 * once each. A picture of ten thousand nodes costs the page a few milliseconds instead of a hundred.
 */
import type { Face, ItemKind, Scene, SceneEdge, SceneNode, SceneStub } from '../layout'

const KINDS: readonly ItemKind[] = ['layer', 'group', 'input', 'output']

export interface PackedScene {
  readonly keys: readonly string[]
  readonly groups: readonly string[]
  readonly faces: readonly Face[]
  /** Five a node: kind and openness, layer, group, face, depth. */
  readonly facts: Int32Array
  /** Four a node: x, y, width, height. */
  readonly boxes: Float64Array
  /** Five an edge: tensor, node from, node to, operand, end of its points. */
  readonly links: Int32Array
  readonly points: Float32Array
  readonly stubs: readonly SceneStub[]
  readonly anchors: Int32Array
  readonly width: number
  readonly height: number
}

const FACTS = 5
const LINKS = 5

export function packScene(scene: Scene): PackedScene {
  const groups = new Table<string>()
  const faces = new Table<Face>()
  const facts = new Int32Array(scene.nodes.length * FACTS)
  const boxes = new Float64Array(scene.nodes.length * 4)
  const indexOf = new Map<string, number>()
  scene.nodes.forEach((n, i) => {
    indexOf.set(n.key, i)
    const kind = KINDS.indexOf(n.kind) * 2 + Number(n.open)
    facts.set([kind, n.layer, groups.index(n.group), faces.index(n.face), n.depth], i * FACTS)
    boxes.set([n.x, n.y, n.width, n.height], i * 4)
  })
  const links = new Int32Array(scene.edges.length * LINKS)
  const points = new Float32Array(scene.edges.reduce((n, e) => n + e.points.length, 0))
  let at = 0
  scene.edges.forEach((e, i) => {
    points.set(e.points, at)
    at += e.points.length
    const port = Number(e.key.slice(e.key.lastIndexOf('|') + 1))
    links.set([e.tensor, indexOf.get(e.from) ?? -1, indexOf.get(e.to) ?? -1, port, at], i * LINKS)
  })
  const { stubs, anchors, width, height } = scene
  const keys = scene.nodes.map((n) => n.key)
  return { keys, groups: groups.items, faces: faces.items, facts, boxes, links, points, stubs, anchors, width, height }
}

export function unpackScene(p: PackedScene): Scene {
  const nodes = p.keys.map((key, i): SceneNode => {
    const f = i * FACTS
    const b = i * 4
    return {
      key,
      kind: KINDS[p.facts[f]! >> 1]!,
      open: (p.facts[f]! & 1) === 1,
      layer: p.facts[f + 1]!,
      group: p.groups[p.facts[f + 2]!]!,
      face: p.faces[p.facts[f + 3]!]!,
      depth: p.facts[f + 4]!,
      x: p.boxes[b]!,
      y: p.boxes[b + 1]!,
      width: p.boxes[b + 2]!,
      height: p.boxes[b + 3]!,
    }
  })
  return { nodes, edges: unpackEdges(p), stubs: p.stubs, anchors: p.anchors, width: p.width, height: p.height }
}

/** By index, not by destructuring or views: there may be ten thousand, and the page waits. */
function unpackEdges({ keys, links, points }: PackedScene): SceneEdge[] {
  const edges = new Array<SceneEdge>(links.length / LINKS)
  let at = 0
  for (let e = 0, i = 0; e < edges.length; e++, i += LINKS) {
    const tensor = links[i]!
    const from = keys[links[i + 1]!] ?? ''
    const to = keys[links[i + 2]!] ?? ''
    const line = new Array<number>(links[i + 4]! - at)
    for (let k = 0; k < line.length; k++) line[k] = points[at++]!
    edges[e] = { key: `${tensor}|${from}|${to}|${links[i + 3]!}`, tensor, from, to, points: line }
  }
  return edges
}

/** What can change hands. */
export function transferables(p: PackedScene): Transferable[] {
  return [p.facts.buffer, p.boxes.buffer, p.links.buffer, p.points.buffer, p.anchors.buffer] as Transferable[]
}

/** Each thing once, by identity, with its place. */
class Table<T> {
  readonly items: T[] = []
  private readonly known = new Map<T, number>()

  index(item: T): number {
    let index = this.known.get(item)
    if (index === undefined) {
      index = this.items.length
      this.items.push(item)
      this.known.set(item, index)
    }
    return index
  }
}
