/** The layers of a rule while its functions are followed, and how both sides are written. */
import { onnxDialect } from '../../dialects/onnx'
import { RESERVED_WORDS, Schemas } from '../../engine'
import type { KindSchema } from '../../engine'

const NEWEST = Schemas.newest(onnxDialect)

export const schemaOf = (kind: string): KindSchema | undefined => NEWEST.of(kind)

/** What stands at an operand, or is given as a result. */
export type Operand =
  /** A value that nothing of the pattern makes. */
  | { readonly type: 'free'; readonly name: string; readonly optional?: boolean }
  | { readonly type: 'rest'; readonly name: string }
  | { readonly type: 'result'; readonly of: MadeLayer; readonly index: number }
  /** A number, `none`, or what is computed from what was bound. */
  | { readonly type: 'text'; readonly text: string }
  /** One of several forms, on the left. */
  | { readonly type: 'either'; readonly of: readonly Operand[] }

export class MadeLayer {
  /** Names of its results, as far as they have any. */
  readonly names: (string | null)[]
  /** As a rule writes them, by name. */
  readonly attributes = new Map<string, string>()
  /** `...$at1`: on the left what takes its other attributes, on the right those of this layer of the left. */
  others: string | null = null
  passedOn: MadeLayer | null = null

  constructor(
    readonly kind: string,
    readonly operands: readonly Operand[],
    results: number,
    /** Of constants: it is worked out at once. */
    readonly isFolded = false,
  ) {
    this.names = new Array<string | null>(results).fill(null)
  }
}

/** The pattern of a rule; what its check and its replacement ask for gets a name. */
export class LeftSide {
  readonly layers: MadeLayer[] = []
  readonly results: Operand[] = []
  /** What the pattern itself asks of constants. */
  readonly conditions: string[] = []
  /** Operands that must be constants. */
  readonly constants = new Set<string>()
  private readonly taken = new Set<string>()
  private readonly variables = new Set<string>()
  private othersCount = 0

  /** A name that nothing has yet, after the one that is wanted. */
  fresh(wanted: string): string {
    const plain = wanted.replace(/\W/g, '_').replace(/^[A-Z]/, (c) => c.toLowerCase())
    let name = RESERVED_WORDS.has(plain) ? `${plain}_` : plain
    while (this.taken.has(name)) name += '_'
    this.taken.add(name)
    return name
  }

  isTaken(name: string): boolean {
    return this.taken.has(name)
  }

  /** A name that was kept for what turned out to be an attribute. */
  release(name: string): void {
    this.taken.delete(name)
  }

  nameOf(o: Operand): string {
    if (o.type === 'free' || o.type === 'rest') return o.name
    if (o.type !== 'result') throw new Error('only values have names')
    return (o.of.names[o.index] ??= this.fresh('t'))
  }

  /** A variable for an attribute; the same name is the same value. */
  variable(name: string): string {
    this.variables.add(name)
    return `$${name}`
  }

  freshVariable(wanted: string): string {
    let name = wanted
    for (let i = 2; this.variables.has(name); i++) name = `${wanted}${i}`
    return this.variable(name)
  }

  /** An attribute of a layer as it is written there; it becomes a variable where the pattern says nothing of it. */
  attribute(layer: MadeLayer, name: string): string {
    const known = layer.attributes.get(name)
    if (known !== undefined) return known
    const schema = schemaOf(layer.kind)?.attributes[name]
    const isOptional = schema !== undefined && schema.default === undefined && !schema.required
    const text = this.freshVariable(name) + (isOptional ? '?' : '')
    layer.attributes.set(name, text)
    return text
  }

  /** What takes all attributes of a layer that have no name. */
  passOn(layer: MadeLayer): void {
    layer.others ??= `at${++this.othersCount}`
  }

  /**
   * What a layer of the pattern leaves open, and the replacement says anew, is lost: the pattern means what it is by default.
   * @param results of the replacement
   */
  nameLost(results: readonly Operand[]): void {
    const said = new Set(layersOf(results).flatMap((l) => [...l.attributes.keys()]))
    for (const layer of this.layers.filter((l) => l.others === null)) {
      for (const [name, { default: usual, required }] of Object.entries(schemaOf(layer.kind)?.attributes ?? {})) {
        const isPlain = usual === undefined || typeof usual === 'number' || typeof usual === 'string'
        if (!said.has(name) || layer.attributes.has(name) || required || !isPlain) continue
        layer.attributes.set(name, usual === undefined ? 'none' : JSON.stringify(usual))
      }
    }
  }

  lines(): string[] {
    return new Writer(this, this.results).lines
  }

  /** Whether it is an operand that is always there. */
  isPlainOperand(name: string): boolean {
    return this.layers.some((l) =>
      l.operands.some((o) =>
        o.type === 'rest' ? o.name === name : o.type === 'free' && o.name === name && !o.optional,
      ),
    )
  }
}

/** The layers that results come from. */
function layersOf(results: readonly Operand[], found = new Set<MadeLayer>()): MadeLayer[] {
  for (const o of results) {
    if (o.type !== 'result' || found.has(o.of)) continue
    found.add(o.of)
    layersOf(o.of.operands, found)
  }
  return [...found]
}

/** Whether it is the kth result of a layer. */
const isResult = (o: Operand, layer: MadeLayer, k: number): boolean =>
  o.type === 'result' && o.of === layer && o.index === k

/** The lines of a replacement: its results take the names of those of the pattern. */
export function rightLines(
  left: LeftSide,
  results: readonly Operand[],
  names: ReadonlyMap<MadeLayer, string>,
): string[] {
  const wanted = left.results.map((o) => left.nameOf(o))
  return new Writer(left, results, wanted, names).lines
}

/** Statements in the order in which they need each other; a layer without a name that is used once stands where it is used. */
class Writer {
  readonly lines: string[] = []
  private readonly uses = new Map<MadeLayer, number>()
  private readonly written = new Map<MadeLayer, readonly string[]>()

  constructor(
    private readonly left: LeftSide,
    results: readonly Operand[],
    /** The names of the results, on the right. */
    private readonly wanted: readonly string[] | null = null,
    private readonly hints: ReadonlyMap<MadeLayer, string> = new Map(),
  ) {
    results.forEach((o) => this.count(o))
    const roots = results.map((o) => (o.type === 'result' && this.isMine(o.of) ? o.of : null))
    results.forEach((o, i) => this.result(o, i, roots, results))
  }

  private readonly own = new Set<string>()

  /** The right side takes results of the left as they are. */
  private isMine(layer: MadeLayer): boolean {
    return this.wanted === null || !this.left.layers.includes(layer)
  }

  private count(o: Operand): void {
    if (o.type === 'either') o.of.forEach((x) => this.count(x))
    if (o.type !== 'result' || !this.isMine(o.of)) return
    const before = this.uses.get(o.of) ?? 0
    this.uses.set(o.of, before + 1)
    if (before === 0) o.of.operands.forEach((x) => this.count(x))
  }

  private result(o: Operand, i: number, roots: readonly (MadeLayer | null)[], all: readonly Operand[]): void {
    const root = roots[i] ?? null
    if (root && this.written.has(root) && this.wanted === null) return
    if (root && !this.written.has(root)) {
      if (this.wanted === null) this.statement(root)
      else
        this.statement(
          root,
          root.names.map((_, k) => this.wanted![all.findIndex((r) => isResult(r, root, k))] ?? null),
        )
      return
    }
    if (this.wanted && !(root && this.written.get(root)?.includes(this.wanted[i]!)))
      this.lines.push(`${this.wanted[i]} = ${this.text(o)}`)
  }

  private statement(layer: MadeLayer, names?: readonly (string | null)[]): readonly string[] {
    const text = this.call(layer)
    const given = (names ?? layer.names).map((n) => n ?? this.nameFor(layer))
    this.written.set(layer, given)
    this.lines.push(`${layer.isFolded ? '@' : ''}${given.join(', ')} = ${text}`)
    return given
  }

  private nameFor(layer: MadeLayer): string {
    const hint = this.hints.get(layer) ?? (layer.isFolded ? 'c' : 'y')
    if (this.wanted === null) return this.left.fresh(hint)
    let name = hint.replace(/^[A-Z]/, (c) => c.toLowerCase())
    if (RESERVED_WORDS.has(name)) name += '_'
    while (this.left.isTaken(name) || this.own.has(name)) name += '_'
    this.own.add(name)
    return name
  }

  /** @param inFolded it stands in a layer that is worked out at once */
  private text(o: Operand, inFolded = false): string {
    if (o.type === 'text') return o.text
    if (o.type === 'rest') return `...${this.constantMark(o.name)}${o.name}`
    if (o.type === 'free') return this.constantMark(o.name) + o.name + (o.optional && this.wanted === null ? '?' : '')
    if (o.type === 'either') return `(${o.of.map((x) => this.text(x)).join(' | ')})`
    if (!this.isMine(o.of)) return this.left.nameOf(o)
    const known = this.written.get(o.of)
    if (known) return known[o.index]!
    const layer = o.of
    const isInline =
      layer.names.every((n) => n === null) &&
      !this.hints.has(layer) &&
      layer.names.length === 1 &&
      this.uses.get(layer) === 1 &&
      (!layer.isFolded || inFolded)
    return isInline ? this.call(layer) : this.statement(layer)[o.index]!
  }

  private constantMark(name: string): string {
    return this.wanted === null && this.left.constants.has(name) ? '@' : ''
  }

  private call(layer: MadeLayer): string {
    const operands = layer.operands.map((o) => this.text(o, layer.isFolded))
    while (operands.at(-1) === 'none') operands.pop()
    const passed = layer.passedOn
    const inherited = passed ? [...passed.attributes].filter(([name]) => !layer.attributes.has(name)) : []
    const others = passed?.others ?? layer.others
    const list = [
      ...(others === null ? [] : [`...$${others}`]),
      ...[...layer.attributes, ...inherited].map(([name, text]) => `${name}=${text}`),
    ]
    return `${layer.kind}${list.length > 0 ? `<${list.join(', ')}>` : ''}(${operands.join(', ')})`
  }
}
