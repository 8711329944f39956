/** What is wrong with a picture: boxes that overlap, lines that run upwards (back, in one that runs to the right) or through boxes, a spine that leans, texts that lie on something. */
import { estimatedWidth, valueLabels } from '../../src/editor/view/value-labels'
import type { Rect, Scene, SceneNode } from '../../src/layout'

export interface PictureFaults {
  readonly overlaps: readonly string[]
  readonly upwards: readonly string[]
  readonly through: readonly string[]
  readonly leaning: readonly string[]
  /** Names and types of values that lie on a box or on another. */
  readonly covered: readonly string[]
  /** Sides of boxes whose values are named at neither end. */
  readonly nameless: readonly string[]
}

/** Rounding moves a line by this much at most. */
const SLACK = 2

export function faultsOfPicture(drawn: Scene): PictureFaults {
  const scene = drawn.direction === 'down' ? drawn : turned(drawn)
  const byKey = new Map(scene.nodes.map((n) => [n.key, n]))
  const closed = scene.nodes.filter((n) => !n.open)
  const grid = new Grid(closed)
  const upwards: string[] = []
  const through = new Set<string>()
  for (const e of scene.edges) {
    const ends = `${nameOf(byKey.get(e.from)!)} to ${nameOf(byKey.get(e.to)!)}`
    for (let i = 2; i < e.points.length; i += 2) {
      const [x0, y0, x1, y1] = e.points.slice(i - 2, i + 2) as [number, number, number, number]
      if (y1 < y0 - SLACK) upwards.push(`${ends}, by ${Math.round(y0 - y1)}`)
      for (const n of grid.near(Math.min(y0, y1), Math.max(y0, y1)))
        if (n.key !== e.from && n.key !== e.to && crosses(x0, y0, x1, y1, n))
          through.add(`${ends} through ${nameOf(n)}`)
    }
  }
  return {
    overlaps: overlapsIn(scene),
    upwards,
    through: [...through],
    leaning: leaningIn(scene),
    ...textFaults(drawn),
  }
}

/** About as long as types are. */
const TYPE = 'f32[1,16,64]'

function textFaults({ nodes, edges, stubs, direction }: Scene): Pick<PictureFaults, 'covered' | 'nameless'> {
  const labels = valueLabels({ nodes, edges, stubs, direction, typeOf: () => TYPE, measure: estimatedWidth })
  const boxes = [...nodes.filter((n) => !n.open), ...labels.map((l) => l.area)].sort((a, b) => a.y - b.y)
  const covered: string[] = []
  const isText = new Map<Rect, string>(labels.map((l) => [l.area, l.text]))
  boxes.forEach((a, i) => {
    for (let k = i + 1; k < boxes.length && boxes[k]!.y < a.y + a.height; k++) {
      const b = boxes[k]!
      const text = isText.get(a) ?? isText.get(b)
      if (text !== undefined && a.x < b.x + b.width && b.x < a.x + a.width) covered.push(text)
    }
  })
  const named = new Set(labels.flatMap(({ stub }) => (stub ? [`${stub.node} ${stub.side}`] : [])))
  const sides = new Set(stubs.map((stub) => `${stub.node} ${stub.side}`))
  return { covered, nameless: [...sides].filter((side) => !named.has(side)) }
}

/** What runs to the right as it would run down. */
const turned = (scene: Scene): Scene => ({
  ...scene,
  nodes: scene.nodes.map((n) => ({ ...n, x: n.y, y: n.x, width: n.height, height: n.width })),
  edges: scene.edges.map((e) => ({ ...e, points: e.points.map((_, i) => e.points[i % 2 === 0 ? i + 1 : i - 1]!) })),
})

const nameOf = (n: SceneNode): string => `${n.face.title} ${n.key}`

function overlapsIn(scene: Scene): string[] {
  const out: string[] = []
  const sorted = [...scene.nodes].sort((a, b) => a.y - b.y)
  sorted.forEach((a, i) => {
    for (let k = i + 1; k < sorted.length && sorted[k]!.y < a.y + a.height; k++) {
      const b = sorted[k]!
      const apart = a.x + a.width <= b.x || b.x + b.width <= a.x
      if (!apart && !(a.open && holds(a, b)) && !(b.open && holds(b, a))) out.push(`${nameOf(a)} and ${nameOf(b)}`)
    }
  })
  return out
}

const holds = (a: SceneNode, b: SceneNode): boolean =>
  a.x <= b.x && a.y <= b.y && a.x + a.width >= b.x + b.width && a.y + a.height >= b.y + b.height

/** Whether a stretch of a line runs through the inside of a box. */
function crosses(x0: number, y0: number, x1: number, y1: number, n: SceneNode): boolean {
  let [from, to] = [0, 1]
  const clip = (start: number, delta: number, low: number, high: number): void => {
    if (delta === 0) {
      if (start <= low || start >= high) to = -1
      return
    }
    const [a, b] = [(low - start) / delta, (high - start) / delta]
    from = Math.max(from, Math.min(a, b))
    to = Math.min(to, Math.max(a, b))
  }
  clip(x0, x1 - x0, n.x + SLACK, n.x + n.width - SLACK)
  clip(y0, y1 - y0, n.y + SLACK, n.y + n.height - SLACK)
  return from < to
}

const CELL = 200

class Grid {
  private readonly rows = new Map<number, SceneNode[]>()

  constructor(nodes: readonly SceneNode[]) {
    for (const n of nodes)
      for (let r = Math.floor(n.y / CELL); r <= Math.floor((n.y + n.height) / CELL); r++) {
        const row = this.rows.get(r)
        if (row) row.push(n)
        else this.rows.set(r, [n])
      }
  }

  *near(top: number, bottom: number): Generator<SceneNode> {
    for (let r = Math.floor(top / CELL); r <= Math.floor(bottom / CELL); r++) yield* this.rows.get(r) ?? []
  }
}

/** Length of all lines. */
export function lengthOfLines(scene: Scene): number {
  let sum = 0
  for (const { points } of scene.edges)
    for (let i = 2; i < points.length; i += 2)
      sum += Math.hypot(points[i]! - points[i - 2]!, points[i + 1]! - points[i - 1]!)
  return sum
}

/** Centres of blocks in series differ by no more than this. */
const UPRIGHT = 8

/** Open or closed groups of one family that follow each other: `layers.3` and `layers.4`. */
function leaningIn(scene: Scene): string[] {
  const next = new Map<string, SceneNode>()
  const groups = scene.nodes.filter((n) => n.kind === 'group')
  for (const n of groups) next.set(n.group, n)
  return groups.flatMap((n) => {
    const number = /^(.*?)(\d+)$/.exec(n.group)
    const after = number && next.get(`${number[1]}${Number(number[2]) + 1}`)
    // The next column begins further right, at the top.
    if (!after || after.y < n.y + n.height) return []
    const lean = Math.abs(n.x + n.width / 2 - after.x - after.width / 2)
    return lean > UPRIGHT ? [`${n.group} and ${after.group}, by ${lean}`] : []
  })
}
