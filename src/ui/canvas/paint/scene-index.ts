/** Finds what a part of a scene shows without looking at all of it, and what leads to and from a node. */
import { nodeNamed, partsOf, touches } from '../../../layout'
import type { Rect, Scene, SceneEdge, SceneNode, SceneStub } from '../../../layout'

/** What one group, or a scene that is not made of groups, has in it. */
interface Lists {
  readonly nodes: readonly SceneNode[]
  readonly edges: readonly SceneEdge[]
  readonly stubs: readonly SceneStub[]
}

/** So far lines and names may stray from the frame that they lie in. */
const STRAY = 200

export class SceneIndex {
  /** Open groups, outermost first. */
  readonly frames: readonly SceneNode[]
  /** How many nodes there are, open groups included. */
  readonly count: number

  private rows: Rows<Part> | null = null
  private frameRows: Rows<SceneNode> | null = null

  constructor(readonly scene: Scene) {
    const parts = partsOf(scene)?.parts
    const frames = parts ? parts.flatMap((p) => p.frames) : scene.nodes.filter((n) => n.open)
    this.frames = frames.sort((a, b) => a.depth - b.depth)
    this.count = frames.length + (parts?.reduce((n, p) => n + p.inside.nodes.length, 0) ?? scene.nodes.length)
  }

  node(key: string): SceneNode | undefined {
    return nodeNamed(this.scene, key)
  }

  /** Nodes other than open groups that touch `rect`. */
  nodesIn(rect: Rect): SceneNode[] {
    return this.near(rect).flatMap((part) => part.nodes.filter((n) => !n.open && touches(n, rect)))
  }

  /** Open groups that touch `rect`. */
  framesIn(rect: Rect): readonly SceneNode[] {
    this.frameRows ??= new Rows(this.frames, (frame) => frame)
    return this.frameRows.touching(rect)
  }

  edgesIn(rect: Rect, visit: (edge: SceneEdge) => void): void {
    const [right, bottom] = [rect.x + rect.width, rect.y + rect.height]
    for (const { edges } of this.near(rect)) {
      const boxes = boxesOf(edges)
      for (let i = 0, k = 0; i < edges.length; i++, k += 4) {
        if (boxes[k + 2]! < rect.x || boxes[k]! > right || boxes[k + 3]! < rect.y || boxes[k + 1]! > bottom) continue
        visit(edges[i]!)
      }
    }
  }

  stubsIn(rect: Rect): SceneStub[] {
    const inside = (s: SceneStub): boolean =>
      s.y > rect.y - 40 && s.y < rect.y + rect.height + 40 && s.x > rect.x - 200 && s.x < rect.x + rect.width + 200
    return this.near(rect).flatMap((part) => part.stubs.filter(inside))
  }

  /** The innermost thing at a point: a node, else the frame whose heading is there, else nothing. */
  at(x: number, y: number): SceneNode | null {
    return this.nodesIn({ x, y, width: 0, height: 0 })[0] ?? null
  }

  /** The groups of which something may be in a rectangle. */
  private near(rect: Rect): readonly Lists[] {
    const parts = partsOf(this.scene)?.parts
    if (!parts) return [this.scene]
    this.rows ??= new Rows<Part>(
      parts.map((lists) => ({
        lists,
        x: lists.x - STRAY,
        y: lists.y - STRAY,
        width: lists.inside.width + 2 * STRAY,
        height: lists.inside.height + 2 * STRAY,
      })),
      (part) => part,
    )
    return this.rows.touching(rect).map((part) => part.lists)
  }
}

/** A group, and where something of it may be. */
interface Part extends Rect {
  readonly lists: Lists
}

/** In the picture. */
const ROW = 1024

/** Finds what touches a rectangle, in the order in which it was given, without looking at what stands far above or below. */
class Rows<T> {
  private readonly rows = new Map<number, number[]>()

  constructor(
    private readonly items: readonly T[],
    private readonly rectOf: (item: T) => Rect,
  ) {
    items.forEach((item, i) => {
      for (const row of rowsOf(rectOf(item))) {
        const there = this.rows.get(row)
        if (there) there.push(i)
        else this.rows.set(row, [i])
      }
    })
  }

  touching(rect: Rect): readonly T[] {
    const rows = rowsOf(rect)
    const found = rows.length === 1 ? (this.rows.get(rows[0]!) ?? []) : this.inSeveral(rows)
    return found.flatMap((i) => {
      const item = this.items[i]!
      return touches(this.rectOf(item), rect) ? [item] : []
    })
  }

  private inSeveral(rows: readonly number[]): number[] {
    const all = new Set(rows.flatMap((row) => this.rows.get(row) ?? []))
    return [...all].sort((a, b) => a - b)
  }
}

function rowsOf({ y, height }: Rect): number[] {
  const first = Math.floor(y / ROW)
  return Array.from({ length: Math.floor((y + height) / ROW) - first + 1 }, (_, i) => first + i)
}

const boxes = new WeakMap<readonly SceneEdge[], Float32Array>()

/** Four an edge: what each takes up, worked out once. */
function boxesOf(edges: readonly SceneEdge[]): Float32Array {
  let known = boxes.get(edges)
  if (known) return known
  known = new Float32Array(edges.length * 4)
  edges.forEach((edge, i) => known!.set(bounds(edge.points), i * 4))
  boxes.set(edges, known)
  return known
}

export function bounds(points: ArrayLike<number>): [number, number, number, number] {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity]
  for (let i = 0; i < points.length; i += 2) {
    x0 = Math.min(x0, points[i]!)
    x1 = Math.max(x1, points[i]!)
    y0 = Math.min(y0, points[i + 1]!)
    y1 = Math.max(y1, points[i + 1]!)
  }
  return [x0, y0, x1, y1]
}
