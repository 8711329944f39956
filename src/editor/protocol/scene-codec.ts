/**
 * A scene on its way between threads: numbers in typed arrays that change hands instead of being copied, texts and keys
 * once each. Where the page holds the scene before, only those parts cross that are not the same, or the same elsewhere.
 */
import type {
  Direction,
  NodeContent,
  GroupInside,
  ItemKind,
  PictureParts,
  Scene,
  SceneEdge,
  SceneNode,
  SceneStub,
} from '../../layout'
import { partsOf, ScenePart, sceneOfParts } from '../../layout'

const KINDS: readonly ItemKind[] = ['layer', 'group', 'input', 'output']

export interface PackedScene {
  /** Counts up with every scene that is sent. */
  readonly revision: number
  /** The scene that `kept` speaks of; null where all parts are new. */
  readonly since: number | null
  /** Of each part its place in the scene before; -1 for the next of the new ones. */
  readonly kept: Int32Array
  /** Two a part: x, y. */
  readonly corners: Float64Array
  /** Of the new parts, which have their corners as origins. */
  readonly paths: readonly string[]
  /** Two a new part: width, height. */
  readonly sizes: Float64Array
  /** Three a new part: how many frames, other nodes, edges. */
  readonly counts: Int32Array
  readonly stubs: readonly (readonly SceneStub[])[]
  /** Of the nodes in order, then of what else edges lead to. */
  readonly keys: readonly string[]
  readonly groups: readonly string[]
  readonly faces: readonly NodeContent[]
  /** Five a node: kind and openness, layer, group, face, depth. */
  readonly facts: Int32Array
  /** Four a node: x, y, width, height. */
  readonly boxes: Float64Array
  /** Five an edge: tensor, node from, node to, operand, end of its points. */
  readonly links: Int32Array
  readonly points: Float32Array
  readonly anchors: Int32Array
  readonly direction: Direction
  readonly width: number
  readonly height: number
}

const FACTS = 5
const LINKS = 5
const COUNTS = 3

/** The scene that was sent before, where the page still has it. */
export interface SentBefore {
  readonly revision: number
  /** The place in it of a part that is the same now, wherever it lies; -1 for one that is not. */
  readonly placeOf: (index: number) => number
}

/** Packs a scene, or what is new in it since another. */
export function packScene(
  { parts, anchors, direction, width, height }: PictureParts,
  revision = 0,
  before: SentBefore | null = null,
): PackedScene {
  const kept = Int32Array.from(parts, (_, i) => before?.placeOf(i) ?? -1)
  const corners = Float64Array.from(parts.flatMap((part) => [part.x, part.y]))
  const fresh = parts.flatMap((part, i) => (kept[i] === -1 ? [part.inside] : []))
  const nodes = fresh.flatMap((p) => [...p.frames, ...p.nodes])
  const packedNodes = packNodes(nodes)
  const keys = new Table<string>(nodes.map((n) => n.key))
  const edges = packEdges(
    fresh.flatMap((p) => p.edges),
    keys,
  )
  return {
    revision,
    since: before?.revision ?? null,
    kept,
    corners,
    paths: fresh.map((p) => p.path),
    sizes: Float64Array.from(fresh.flatMap((p) => [p.width, p.height])),
    counts: Int32Array.from(fresh.flatMap((p) => [p.frames.length, p.nodes.length, p.edges.length])),
    stubs: fresh.map((p) => p.stubs),
    keys: keys.items,
    ...packedNodes,
    ...edges,
    anchors,
    direction,
    width,
    height,
  }
}

function packNodes(nodes: readonly SceneNode[]): Pick<PackedScene, 'groups' | 'faces' | 'facts' | 'boxes'> {
  const groups = new Table<string>()
  const faces = new Table<NodeContent>()
  const facts = new Int32Array(nodes.length * FACTS)
  const boxes = new Float64Array(nodes.length * 4)
  nodes.forEach((n, i) => {
    const kind = KINDS.indexOf(n.kind) * 2 + Number(n.open)
    facts.set([kind, n.layer, groups.index(n.group), faces.index(n.face), n.depth], i * FACTS)
    boxes.set([n.x, n.y, n.width, n.height], i * 4)
  })
  return { groups: groups.items, faces: faces.items, facts, boxes }
}

function packEdges(edges: readonly SceneEdge[], keys: Table<string>): Pick<PackedScene, 'links' | 'points'> {
  const links = new Int32Array(edges.length * LINKS)
  const points = new Float32Array(edges.reduce((n, e) => n + e.points.length, 0))
  let at = 0
  edges.forEach((e, i) => {
    points.set(e.points, at)
    at += e.points.length
    const port = Number(e.key.slice(e.key.lastIndexOf('|') + 1))
    links.set([e.tensor, keys.index(e.from), keys.index(e.to), port, at], i * LINKS)
  })
  return { links, points }
}

const revisions = new WeakMap<Scene, number>()

/** The revision that a scene came with; null for one that did not come from a worker. */
export const revisionOf = (scene: Scene): number | null => revisions.get(scene) ?? null

/** @param before the scene that the worker was told of, needed where it sent what is new since then */
export function unpackScene(p: PackedScene, before?: Scene): Scene {
  const old = p.since === null ? [] : before && revisionOf(before) === p.since ? partsOf(before)?.parts : undefined
  if (!old) throw new Error(`scene ${p.revision} was made for ${p.since}, which is not there`)
  const fresh = unpackParts(p)
  const parts = Array.from(p.kept, (index, i) => {
    const [x, y] = [p.corners[2 * i]!, p.corners[2 * i + 1]!]
    const before = index < 0 ? null : old[index]!
    return before?.x === x && before.y === y ? before : new ScenePart(before?.inside ?? fresh(), x, y)
  })
  const scene = sceneOfParts(parts, p)
  revisions.set(scene, p.revision)
  return scene
}

/** Gives the new parts one after the other. */
function unpackParts(p: PackedScene): () => GroupInside {
  let [part, node, edge, point] = [0, 0, 0, 0]
  return () => {
    const at = part++
    const [frames, others, edges] = p.counts.subarray(at * COUNTS, (at + 1) * COUNTS) as unknown as [
      number,
      number,
      number,
    ]
    const nodes = Array.from({ length: frames + others }, () => unpackNode(p, node++))
    const lines = new Array<SceneEdge>(edges)
    for (let i = 0; i < edges; i++, edge++) {
      lines[i] = unpackEdge(p, edge, point)
      point = p.links[edge * LINKS + 4]!
    }
    const [width, height] = [p.sizes[2 * at]!, p.sizes[2 * at + 1]!]
    return {
      path: p.paths[at]!,
      width,
      height,
      frames: nodes.slice(0, frames),
      nodes: nodes.slice(frames),
      edges: lines,
      stubs: p.stubs[at]!,
    }
  }
}

function unpackNode(p: PackedScene, i: number): SceneNode {
  const f = i * FACTS
  const b = i * 4
  return {
    key: p.keys[i]!,
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
}

/** By index, not by destructuring or views: there may be ten thousand, and the page waits. */
function unpackEdge(p: PackedScene, e: number, first: number): SceneEdge {
  const { keys, links, points } = p
  const i = e * LINKS
  const tensor = links[i]!
  const from = keys[links[i + 1]!]!
  const to = keys[links[i + 2]!]!
  const line = new Array<number>(links[i + 4]! - first)
  for (let k = 0; k < line.length; k++) line[k] = points[first + k]!
  return { key: `${tensor}|${from}|${to}|${links[i + 3]!}`, tensor, from, to, points: line }
}

/** What can change hands. */
export function transferables(p: PackedScene): Transferable[] {
  const arrays = [p.kept, p.corners, p.sizes, p.counts, p.facts, p.boxes, p.links, p.points, p.anchors]
  return arrays.map((a) => a.buffer) as Transferable[]
}

/** Each thing once, by identity, with its place. */
class Table<T> {
  private readonly known: Map<T, number>

  constructor(readonly items: T[] = []) {
    this.known = new Map(items.map((item, i) => [item, i]))
  }

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
