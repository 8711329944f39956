/** A film as plain numbers and texts: its first picture whole, then what each step changes. For a page that plays by itself. */
import { emptyScene } from '../../layout'
import type { Direction, NodeContent, ItemKind, Scene, SceneEdge, SceneNode, SceneStub } from '../../layout'
import type { Caption, Film } from './film'
import { recordBetween } from './step-record'

/** key, kind, open, layer, group, depth, face, x, y, width, height */
type PlainNode = readonly [string, ItemKind, 0 | 1, number, string, number, number, number, number, number, number]
/** key, tensor, from, to, then the points */
type PlainEdge = readonly [string, number, string, string, ...number[]]

interface PlainChange {
  readonly nodes: readonly PlainNode[]
  readonly edges: readonly PlainEdge[]
  /** Keys of nodes and edges that are there no more. */
  readonly gone: readonly string[]
  readonly size: readonly [width: number, height: number]
  /** null: as before. */
  readonly stubs: readonly SceneStub[] | null
}

export interface FilmData {
  readonly title: string
  readonly direction: Direction
  readonly faces: readonly NodeContent[]
  readonly shots: readonly {
    readonly caption: Caption
    /** key, part */
    readonly parts: readonly (readonly [string, string])[]
    /** From the picture behind the last step to the one before this; null where they are the same. */
    readonly cut: PlainChange | null
    readonly change: PlainChange
  }[]
}

const round = (x: number): number => Math.round(x * 10) / 10

export function filmData({ title, shots }: Film): FilmData {
  const faces: NodeContent[] = []
  const known = new Map<string, number>()
  const faceIndex = (face: NodeContent): number => {
    const key = JSON.stringify(face)
    const index = known.get(key) ?? faces.push(face) - 1
    known.set(key, index)
    return index
  }
  let last = emptyScene
  const plain = shots.map(({ record, caption }) => {
    const { before, after } = record
    const parts = [...record.parts].map(([key, { name }]) => [key, name] as const)
    const cut = before === last ? null : changeOf(last, before, faceIndex)
    last = after
    return { caption, parts, cut, change: changeOf(before, after, faceIndex) }
  })
  return { title, direction: last.direction, faces, shots: plain }
}

function changeOf(before: Scene, after: Scene, faceIndex: (face: NodeContent) => number): PlainChange {
  const nodeText = (n: SceneNode): PlainNode => {
    const { key, kind, open, layer, group, depth, face, x, y, width, height } = n
    const box = [round(x), round(y), round(width), round(height)] as const
    return [key, kind, open ? 1 : 0, layer, group, depth, faceIndex(face), ...box]
  }
  const edgeText = (e: SceneEdge): PlainEdge => [e.key, e.tensor, e.from, e.to, ...e.points.map(round)]
  const nodes = changed(before.nodes, after.nodes, nodeText)
  const edges = changed(before.edges, after.edges, edgeText)
  const sameStubs = JSON.stringify(before.stubs) === JSON.stringify(after.stubs)
  return {
    nodes: nodes.now,
    edges: edges.now,
    gone: [...nodes.gone, ...edges.gone],
    size: [round(after.width), round(after.height)],
    stubs: sameStubs ? null : after.stubs,
  }
}

function changed<T extends { readonly key: string }, P>(before: readonly T[], after: readonly T[], plain: (x: T) => P) {
  const old = new Map(before.map((x) => [x.key, x]))
  const now: P[] = []
  for (const x of after) {
    const was = old.get(x.key)
    old.delete(x.key)
    const p = plain(x)
    if (!was || JSON.stringify(plain(was)) !== JSON.stringify(p)) now.push(p)
  }
  return { now, gone: [...old.keys()] }
}

export function filmFromData({ title, direction, faces, shots }: FilmData): Film {
  let last: Scene = { ...emptyScene, direction }
  return {
    title,
    shots: shots.map(({ caption, parts, cut, change }) => {
      const before = cut ? changedBy(last, cut, faces) : last
      const after = changedBy(before, change, faces)
      last = after
      const named = new Map(parts.map(([key, name], order) => [key, { name, order }]))
      return { caption, record: recordBetween(before, after, named) }
    }),
  }
}

function changedBy(before: Scene, change: PlainChange, faces: readonly NodeContent[]): Scene {
  const nodes = new Map(before.nodes.map((n) => [n.key, n]))
  const edges = new Map(before.edges.map((e) => [e.key, e]))
  for (const key of change.gone) if (!nodes.delete(key)) edges.delete(key)
  for (const [key, kind, open, layer, group, depth, face, x, y, width, height] of change.nodes)
    nodes.set(key, { key, kind, open: open === 1, layer, group, depth, face: faces[face]!, x, y, width, height })
  for (const [key, tensor, from, to, ...points] of change.edges) edges.set(key, { key, tensor, from, to, points })
  const [width, height] = change.size
  return {
    nodes: [...nodes.values()],
    edges: [...edges.values()],
    stubs: change.stubs ?? before.stubs,
    anchors: before.anchors,
    direction: before.direction,
    width,
    height,
  }
}
