/**
 * The names of values that are not drawn across the picture, and the types of those that are: where each stands, so that none lies
 * on a box, on the heading of a group or on another; what finds no room is left out. Canvas and SVG write the same.
 */
import type { Direction, Rect, SceneEdge, SceneNode, SceneStub } from '../../layout'
import { FRAME_HEADING } from './node-geometry'
import { textWidth } from '../text/text-width'

/** A piece of text, left-aligned; its area ends at its right edge. */
export interface ValueLabel {
  readonly text: string
  readonly tensor: number
  /** Of a value that is named at its end; null for the type beside a line. */
  readonly stub: SceneStub | null
  readonly x: number
  readonly baseline: number
  readonly area: Rect
}

export interface Labelled {
  /** Boxes, and the frames of open groups, near what is to be labelled. */
  readonly nodes: readonly SceneNode[]
  readonly edges: readonly SceneEdge[]
  readonly stubs: readonly SceneStub[]
  readonly direction: Direction
  readonly typeOf: (edge: SceneEdge) => string
  /** Width of a text of `LABEL_SIZE`. */
  readonly measure: (text: string) => number
}

export const LABEL_SIZE = 10.5
/** Length of the line that a name hangs on. */
export const STUB_LENGTH = 13

const [ASCENT, DESCENT] = [9, 3]
const LINE = ASCENT + DESCENT
/** Kept free beside a text. */
const GAP = 4
/** So many values are named beside each other; of the others how many there are. */
const NAMED = 2
/** A name is cut to so many letters where it stands alone, where two stand beside each other, and where room is scarce. */
const [ALONE, BESIDE, SCARCE] = [22, 16, 9]

/** Estimated where nothing can be measured. */
export const estimatedWidth = (text: string): number => textWidth(text, LABEL_SIZE)

export function valueLabels(what: Labelled): ValueLabel[] {
  const space = new Space(what)
  return [...stubLabels(what, space), ...typeLabels(what, space)]
}

interface Piece {
  readonly text: string
  readonly stub: SceneStub
}

function stubLabels({ stubs, direction, measure }: Labelled, space: Space): ValueLabel[] {
  return sidesOf(stubs).flatMap((side) => {
    for (const { x, baseline } of besideStubs(side, direction))
      for (const most of [side.length === 1 ? ALONE : BESIDE, SCARCE])
        for (const shown of [NAMED, 1]) {
          const row = rowOf(piecesOf(side, shown, most), x, baseline, measure)
          if (space.take(row.map((label) => label.area))) return row
        }
    return []
  })
}

/** Stubs of one side of a node, from top and left. */
function sidesOf(stubs: readonly SceneStub[]): SceneStub[][] {
  const sides = new Map<string, SceneStub[]>()
  for (const stub of stubs) {
    const known = sides.get(`${stub.node}|${stub.side}`)
    if (known) known.push(stub)
    else sides.set(`${stub.node}|${stub.side}`, [stub])
  }
  return [...sides.values()].sort(([a], [b]) => a!.y - b!.y || a!.x - b!.x)
}

/** All names of one side stand behind its last stub, a line nearer to the box where there is no room. */
function besideStubs(side: readonly SceneStub[], direction: Direction): { x: number; baseline: number }[] {
  const last = side.reduce((a, b) => (b.x > a.x || b.y > a.y ? b : a))
  const first = side.reduce((a, b) => (b.x < a.x || b.y < a.y ? b : a))
  const isOut = last.side === 'out'
  // Beside a box that values run through to the right is no room for names: they stand below it.
  if (direction === 'right')
    return [isOut ? 22 : 34, isOut ? 34 : 22].map((down) => ({ x: last.x + (isOut ? -8 : 6), baseline: last.y + down }))
  const levels = isOut ? [18, 13, 28] : [-11, -6, -22]
  const right = levels.map((down) => ({ x: last.x + 6, baseline: last.y + down }))
  return [...right, ...levels.map((down) => ({ x: first.x + 6, baseline: first.y + down }))]
}

function piecesOf(side: readonly SceneStub[], named: number, most: number): Piece[] {
  const shown = side.slice(0, named)
  const more = side.length > named ? ` +${side.length - named}` : ''
  return shown.map((stub, i) => {
    const uses = stub.side === 'out' ? ` → ${stub.count} uses` : ''
    return { stub, text: shortName(stub.name, most) + uses + (i < shown.length - 1 ? ', ' : more) }
  })
}

function rowOf(pieces: readonly Piece[], left: number, baseline: number, measure: Labelled['measure']): ValueLabel[] {
  let x = left
  return pieces.map(({ text, stub }) => {
    const label = labelAt(text, stub.tensor, stub, x, baseline, measure(text))
    x += label.area.width
    return label
  })
}

/** The end of a long name is what tells it from others; that it is a first output goes without saying. */
function shortName(name: string, most: number): string {
  const last = (name.split('/').at(-1) ?? name).replace(/_output(_0)?$/, '')
  return last.length > most ? `…${last.slice(1 - most)}` : last
}

/** The type of each value beside its line, below the node that makes it; once a value. */
function* typeLabels({ edges, direction, typeOf, measure }: Labelled, space: Space): Generator<ValueLabel> {
  const starts = new Map<number, SceneEdge>()
  for (const edge of edges) if (!starts.has(edge.tensor)) starts.set(edge.tensor, edge)
  const inOrder = [...starts.values()].sort((a, b) => a.points[1]! - b.points[1]! || a.points[0]! - b.points[0]!)
  for (const edge of inOrder) {
    const text = typeOf(edge)
    if (text === '') continue
    const width = measure(text)
    const [x, y] = [edge.points[0]!, edge.points[1]!]
    const below = direction === 'down' ? [16, 28] : [-4, 12]
    const places = below.flatMap((down) => [
      [x + 7, y + down],
      [x - 7 - width, y + down],
    ])
    for (const [left, baseline] of places) {
      const label = labelAt(text, edge.tensor, null, left!, baseline!, width)
      if (!space.take([label.area])) continue
      yield label
      break
    }
  }
}

function labelAt(
  text: string,
  tensor: number,
  stub: SceneStub | null,
  x: number,
  baseline: number,
  width: number,
): ValueLabel {
  return { text, tensor, stub, x, baseline, area: { x, y: baseline - ASCENT, width, height: LINE } }
}

/** Height of the rows that what is taken is kept in. */
const ROW = 64

/** What is taken by boxes, headings and texts. */
class Space {
  private readonly rows = new Map<number, Rect[]>()

  constructor({ nodes }: Labelled) {
    for (const node of nodes) this.add(node.open ? headingOf(node) : node)
  }

  /** Takes all of these, or nothing where one of them is not free. */
  take(areas: readonly Rect[]): boolean {
    if (!areas.every((area) => this.isFree(area))) return false
    for (const area of areas) this.add(area)
    return true
  }

  private isFree(a: Rect): boolean {
    for (let row = rowAt(a.y); row <= rowAt(a.y + a.height); row++)
      for (const b of this.rows.get(row) ?? [])
        if (a.x < b.x + b.width + GAP && b.x < a.x + a.width + GAP && a.y < b.y + b.height && b.y < a.y + a.height)
          return false
    return true
  }

  private add(rect: Rect): void {
    for (let row = rowAt(rect.y); row <= rowAt(rect.y + rect.height); row++) {
      const known = this.rows.get(row)
      if (known) known.push(rect)
      else this.rows.set(row, [rect])
    }
  }
}

const rowAt = (y: number): number => Math.floor(y / ROW)

function headingOf({ x, y, width, face }: SceneNode): Rect {
  const { x: inset, baseline, size } = FRAME_HEADING
  const text = inset + textWidth(face.title, size, true)
  return { x, y, width: Math.min(width, text), height: baseline + DESCENT }
}
