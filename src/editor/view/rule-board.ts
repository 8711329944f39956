/** A rule as two boards: what its left side matches, and what takes its place. Plain values; the text is what counts. */
import { operatorOf, printAttribute, printResults, printValue } from '../../engine'
import type { CallGraph, RuleSourceText, SourceSide, Statement, ValueGraph } from '../../engine'
import { textWidth } from '../text/text-width'

/** Where a value stands: the side (null for the left, else which outcome), its statement, and the way through operands. */
export interface BoardPath {
  readonly outcome: number | null
  readonly statement: number
  readonly path: readonly number[]
}

export interface BoardPort {
  /** What the operand is, where it is no line: `1.414`, `none`, `...rest`. Empty for a line. */
  readonly text: string
}

export interface BoardNode {
  readonly id: string
  /** `layer`; `value` for an operand of the rule; `either` for alternatives; `result` for a value that is handed on. */
  readonly type: 'layer' | 'value' | 'either' | 'result'
  readonly title: string
  /** null for operands of the rule, which stand wherever they are used. */
  readonly at: BoardPath | null
  /** Names of its values; empty for one without. */
  readonly names: readonly string[]
  /** All its results as they are written (`y, _, s?`); empty where it stands inside another. */
  readonly results: string
  readonly attributes: readonly (readonly [name: string, text: string])[]
  readonly ports: readonly BoardPort[]
  readonly maybe: boolean
  /** Its operands in the order that is drawn only. */
  readonly ordered: boolean
  readonly shared: boolean
  readonly constant: boolean
  readonly optional: boolean
  /** Conditions that speak of it, as indices of those of the side. */
  readonly conditions: readonly number[]
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface BoardEdge {
  readonly id: string
  readonly from: string
  readonly to: string
  /** Operand that it leads to. */
  readonly port: number
  /** The value's name; empty for one without. */
  readonly name: string
  /** Points that it goes through, past the layers between. */
  readonly via: readonly { readonly x: number; readonly y: number }[]
}

export interface Board {
  readonly outcome: number | null
  readonly nodes: readonly BoardNode[]
  readonly edges: readonly BoardEdge[]
  /** Those of the side; of the left side those that stand behind the first `=>`. */
  readonly conditions: readonly string[]
  readonly width: number
  readonly height: number
}

export interface Boards {
  readonly left: Board
  readonly right: readonly Board[]
  /** Values that stand on both sides, in order: each has a colour of its own. */
  readonly shared: readonly string[]
}

export function boardsOf(source: RuleSourceText): Boards {
  const left = new Drawing({ ...source.left, conditions: source.right[0]?.conditions ?? [] }, null).board()
  const right = source.right.map((side, i) => new Drawing(side, i).board())
  const names = (b: Board): Set<string> => new Set(b.nodes.flatMap((n) => n.names))
  const onRight = new Set(right.flatMap((b) => [...names(b)]))
  return { left, right, shared: [...names(left)].filter((n) => onRight.has(n)) }
}

type Bare = Omit<BoardNode, 'x' | 'y' | 'width' | 'height' | 'conditions'>

class Drawing {
  private readonly nodes: Bare[] = []
  private readonly edges: BoardEdge[] = []
  /** Which node makes a value. */
  private readonly makers = new Map<string, string>()

  constructor(
    private readonly side: SourceSide,
    private readonly outcome: number | null,
  ) {}

  board(): Board {
    const { statements, conditions } = this.side
    statements.forEach((s, i) => {
      const id = idOf({ outcome: this.outcome, statement: i, path: [] })
      for (const name of [...s.names, s.rest]) if (name !== null && name !== undefined) this.makers.set(name, id)
    })
    statements.forEach((s, i) => this.statement(s, i))
    const texts = conditions.map((c) => c.text)
    return { outcome: this.outcome, ...placed(this.nodes, this.edges, texts), conditions: texts }
  }

  private statement(s: Statement, statement: number): void {
    const at = { outcome: this.outcome, statement, path: [] }
    const names = [...s.names.map((n) => n ?? ''), ...(s.rest === undefined ? [] : [s.rest])].filter((n) => n !== '')
    if (s.value.type === 'call' || s.value.type === 'either') return void this.value(s.value, at, names, s)
    const id = this.add({
      ...EMPTY,
      id: idOf(at),
      type: 'result',
      title: names.join(', '),
      at,
      names,
      results: printResults(s),
      ports: [port(s.value)],
    })
    this.operand(s.value, { ...at, path: [0] }, id, 0)
  }

  /** @returns the node's id */
  private value(v: ValueGraph, at: BoardPath, names: readonly string[], of?: Statement): string {
    if (v.type === 'call') return this.call(v, at, names, of)
    const forms = v.type === 'either' ? v.of : []
    const id = this.add({
      ...EMPTY,
      id: idOf(at),
      type: 'either',
      title: 'one of',
      at,
      names,
      ...ofStatement(of),
      ports: forms.map(port),
    })
    forms.forEach((o, i) => this.operand(o, { ...at, path: [...at.path, i] }, id, i))
    return id
  }

  private call(v: CallGraph, at: BoardPath, names: readonly string[], of?: Statement): string {
    const own = Object.entries(v.attributes).map(([name, a]) => [name, printAttribute(a)] as const)
    const id = this.add({
      ...EMPTY,
      id: idOf(at),
      type: 'layer',
      title: v.kinds ? `${v.kind}: ${v.kinds.map(operatorOf).join(' | ')}` : v.kind,
      at,
      names,
      attributes: v.otherAttributes === undefined ? own : [[`...$${v.otherAttributes}`, ''], ...own],
      ports: v.operands.map(port),
      maybe: v.maybe === true,
      ordered: v.ordered === true,
      ...ofStatement(of),
    })
    v.operands.forEach((o, i) => this.operand(o, { ...at, path: [...at.path, i] }, id, i))
    return id
  }

  /** The line to an operand, from wherever it comes. */
  private operand(v: ValueGraph, at: BoardPath, to: string, index: number): void {
    if (v.type === 'call' || v.type === 'either') this.line(this.value(v, at, []), to, index, '')
    else if (v.type === 'name') this.line(this.makers.get(v.name) ?? this.free(v), to, index, v.name)
  }

  private free({ name, constant, optional }: ValueGraph & { type: 'name' }): string {
    const id = `${this.outcome ?? 'left'}@${name}`
    const known = this.nodes.findIndex((n) => n.id === id)
    const flags = { constant: constant === true, optional: optional === true }
    if (known < 0) return this.add({ ...EMPTY, id, type: 'value', title: name, names: [name], ...flags })
    const now = this.nodes[known]!
    this.nodes[known] = { ...now, constant: now.constant || flags.constant, optional: now.optional || flags.optional }
    return id
  }

  private line(from: string, to: string, port: number, name: string): void {
    this.edges.push({ id: `${from}>${to}.${port}`, from, to, port, name, via: [] })
  }

  private add(node: Bare): string {
    this.nodes.push(node)
    return node.id
  }
}

const EMPTY = {
  at: null,
  names: [],
  results: '',
  attributes: [],
  ports: [],
  maybe: false,
  ordered: false,
  shared: false,
  constant: false,
  optional: false,
} as const

const ofStatement = (s: Statement | undefined): Pick<Bare, 'results' | 'shared'> =>
  s ? { results: printResults(s), shared: s.shared === true } : { results: '', shared: false }

const port = (v: ValueGraph): BoardPort => ({
  text: v.type === 'call' || v.type === 'either' || v.type === 'name' ? '' : printValue(v),
})

export const idOf = ({ outcome, statement, path }: BoardPath): string =>
  [outcome ?? 'left', statement, ...path].join('.')

const [HEAD, ROW, PORT, ACROSS, DOWN, PAD] = [30, 16, 18, 18, 30, 12]
/** Room for the mark of a part that conditions speak of. */
const WHERE = 38

/** A place in a row: a node, or where a line goes past. */
interface Cell {
  readonly id: string
  readonly node: Bare | null
  readonly from: readonly string[]
  readonly width: number
  readonly height: number
}

/** In ranks, operands above what takes them; a line that skips ranks has a place of its own in each. */
function placed(
  nodes: readonly Bare[],
  edges: readonly BoardEdge[],
  conditions: readonly string[],
): Pick<Board, 'nodes' | 'edges' | 'width' | 'height'> {
  const spoken = new Map(
    nodes.map((n) => [n.id, conditions.flatMap((c, i) => (n.names.some((x) => mentions(c, x)) ? [i] : []))]),
  )
  const rows = rowsOf(nodes, edges, (n) => (spoken.get(n.id)!.length > 0 ? WHERE : 0))
  const spans = rows.map((row) => row.reduce((sum, c) => sum + c.width + ACROSS, -ACROSS))
  const width = Math.max(80, ...spans) + 2 * PAD
  const middles = new Map<string, { x: number; y: number }>()
  const found: BoardNode[] = []
  let y = PAD
  rows.forEach((row, r) => {
    const wish = ({ from }: Cell): number => {
      const at = from.flatMap((f) => middles.get(f)?.x ?? [])
      return at.length === 0 ? Infinity : at.reduce((a, b) => a + b, 0) / at.length
    }
    const order = row.map((c, i) => ({ c, i, at: wish(c) })).sort((a, b) => (a.at === b.at ? a.i - b.i : a.at - b.at))
    const tall = Math.max(...row.map((c) => c.height))
    let x = (width - spans[r]!) / 2
    for (const { c } of order) {
      middles.set(c.id, { x: x + c.width / 2, y: y + tall / 2 })
      if (c.node) found.push({ ...c.node, conditions: spoken.get(c.id)!, x, y, width: c.width, height: c.height })
      x += c.width + ACROSS
    }
    y += tall + DOWN
  })
  const passes = (e: BoardEdge, k: number) => middles.get(`${e.id}|${k}`)
  const led = edges.map((e) => {
    const via = []
    for (let k = 0; passes(e, k); k++) via.push(passes(e, k)!)
    return { ...e, via }
  })
  return { nodes: found, edges: led, width, height: y - DOWN + PAD }
}

function rowsOf(nodes: readonly Bare[], edges: readonly BoardEdge[], more: (n: Bare) => number): Cell[][] {
  const rank = ranksOf(nodes, edges)
  const rows: Cell[][] = []
  const put = (r: number, cell: Cell): void => void (rows[r] ??= []).push(cell)
  const before = new Map<string, string[]>()
  const passing: [number, Cell][] = []
  for (const e of edges) {
    let last = e.from
    for (let r = rank.get(e.from)! + 1, k = 0; r < rank.get(e.to)!; r++, k++) {
      const id = `${e.id}|${k}`
      passing.push([r, { id, node: null, from: [last], width: 8, height: 0 }])
      last = id
    }
    before.set(e.to, [...(before.get(e.to) ?? []), last])
  }
  for (const n of nodes)
    put(rank.get(n.id)!, {
      id: n.id,
      node: n,
      from: before.get(n.id) ?? [],
      width: widthOf(n) + more(n),
      height: heightOf(n),
    })
  for (const [r, cell] of passing) put(r, cell)
  return rows
}

function ranksOf(nodes: readonly Bare[], edges: readonly BoardEdge[]): Map<string, number> {
  const rank = new Map(nodes.map((n) => [n.id, 0]))
  // A rule has no circle, so that so many rounds are enough.
  for (let round = 0, changed = true; changed && round <= nodes.length; round++) {
    changed = false
    for (const { from, to } of edges) {
      if (rank.get(to)! > rank.get(from)!) continue
      rank.set(to, rank.get(from)! + 1)
      changed = true
    }
  }
  for (const n of nodes) {
    if (n.type !== 'value') continue
    const takers = edges.filter((e) => e.from === n.id).map((e) => rank.get(e.to)!)
    if (takers.length > 0) rank.set(n.id, Math.max(0, Math.min(...takers) - 1))
  }
  return rank
}

const mentions = (condition: string, name: string): boolean => new RegExp(`(?<![\\w.$])${name}(?!\\w)`).test(condition)

function widthOf({ type, title, results, attributes, ports }: Bare): number {
  if (type === 'value') return Math.ceil(textWidth(title, 12) + 34)
  const second = Math.max(0, ...attributes.map(([name, text]) => textWidth(`${name}=${text}`, 10)))
  const heads = textWidth(title, 12, true) + textWidth(results, 11) + 34
  const inline = ports.reduce((sum, p) => sum + Math.max(14, textWidth(p.text, 10) + 8), 12)
  return Math.ceil(Math.max(Math.min(300, Math.max(76, second + 22, inline)), Math.min(520, heads)))
}

function heightOf({ type, attributes, ports }: Bare): number {
  if (type === 'value') return 26
  return HEAD + attributes.length * ROW + (ports.some((p) => p.text !== '') ? PORT : 0)
}
