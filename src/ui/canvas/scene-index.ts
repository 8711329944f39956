/** Finds what a part of a scene shows without looking at all of it, and what leads to and from a node. */
import type { Rect } from '../../editor'
import type { Scene, SceneEdge, SceneNode } from '../../layout'

const CELL = 800

export class SceneIndex {
  /** Open groups, outermost first. */
  readonly frames: readonly SceneNode[]
  readonly byKey: ReadonlyMap<string, SceneNode>
  private readonly cells = new Map<number, SceneNode[]>()
  private readonly edgeBoxes: Float32Array

  constructor(readonly scene: Scene) {
    this.frames = scene.nodes.filter((n) => n.open).sort((a, b) => a.depth - b.depth)
    this.byKey = new Map(scene.nodes.map((n) => [n.key, n]))
    for (const node of scene.nodes) {
      if (node.open) continue
      for (let row = cellOf(node.y); row <= cellOf(node.y + node.height); row++) {
        const cell = this.cells.get(row)
        if (cell) cell.push(node)
        else this.cells.set(row, [node])
      }
    }
    this.edgeBoxes = new Float32Array(scene.edges.length * 4)
    scene.edges.forEach((edge, i) => this.edgeBoxes.set(bounds(edge.points), i * 4))
  }

  /** Nodes other than open groups that touch `rect`. */
  nodesIn(rect: Rect): SceneNode[] {
    const out = new Set<SceneNode>()
    const bottom = Math.min(rect.y + rect.height, this.scene.height)
    for (let row = cellOf(Math.max(0, rect.y)); row <= cellOf(bottom); row++)
      for (const node of this.cells.get(row) ?? []) if (touches(node, rect)) out.add(node)
    return [...out]
  }

  edgesIn(rect: Rect, visit: (edge: SceneEdge) => void): void {
    const boxes = this.edgeBoxes
    const [right, bottom] = [rect.x + rect.width, rect.y + rect.height]
    const { edges } = this.scene
    for (let i = 0, k = 0; i < edges.length; i++, k += 4) {
      if (boxes[k + 2]! < rect.x || boxes[k]! > right || boxes[k + 3]! < rect.y || boxes[k + 1]! > bottom) continue
      visit(edges[i]!)
    }
  }

  /** The innermost thing at a point: a node, else the frame whose heading is there, else nothing. */
  at(x: number, y: number): SceneNode | null {
    return this.nodesIn({ x, y, width: 0, height: 0 })[0] ?? null
  }
}

const cellOf = (y: number): number => Math.floor(y / CELL)

export function touches(a: Rect, b: Rect): boolean {
  return a.x <= b.x + b.width && a.x + a.width >= b.x && a.y <= b.y + b.height && a.y + a.height >= b.y
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
