import { commutes, operatorOf } from '../network/dialect'
import type { DType } from '../store/records'
import type { Layer, Tensor } from '../network/network'
import { RESERVED_WORDS } from './reserved-words'
import { needsDeclaring } from './check-operators'
import { sameAttribute } from './compare'
import type { AttributeGraph, CallGraph, Literal, RuleGraph, Statement, ValueGraph } from './graph'

/** How a part of a selection is taken into a rule: as it is, within a tolerance, or whatever stands there. */
export type Kept = 'exact' | 'tolerance' | 'any'

/** A part that a person decides about. */
export interface SelectionPart {
  /** What a choice is known by: it stays while other choices change. */
  readonly key: string
  /** In words: `constant 0.5 of Mul_3`. */
  readonly title: string
  readonly choices: readonly Kept[]
  readonly kept: Kept
}

export interface RuleOfSelection {
  readonly graph: RuleGraph
  readonly parts: readonly SelectionPart[]
}

/** Layers of one rule: more are no pattern that a person could read. */
const MOST = 40

/** A selection from which no rule can be made; the message says why. */
export class SelectionError extends Error {
  override readonly name = 'SelectionError'
}

/**
 * A rule whose left side is what these layers are: their operands, results, constants and attributes. The right side begins as the
 * same. Constants of one element and attributes are kept as they are unless something else is chosen; other constants may be any.
 * @throws SelectionError
 */
export function ruleOfLayers(layers: readonly Layer[], chosen: ReadonlyMap<string, Kept> = new Map()): RuleOfSelection {
  if (layers.length === 0) throw new SelectionError('Nothing is selected that a rule could be made of.')
  if (layers.length > MOST)
    throw new SelectionError(`${layers.length} layers are too many for a rule: take at most ${MOST}.`)
  return new Taker(layers, chosen).rule()
}

class Taker {
  private readonly inside: ReadonlySet<Layer>
  private readonly order: readonly Layer[]
  private readonly names = new Map<Tensor, string>()
  private readonly taken = new Set<string>()
  private readonly parts: SelectionPart[] = []

  constructor(
    layers: readonly Layer[],
    private readonly chosen: ReadonlyMap<string, Kept>,
  ) {
    this.inside = new Set(layers)
    const { store } = layers[0]!.network
    store.validateOrder()
    this.order = [...this.inside].sort((a, b) => a.order - b.order)
  }

  rule(): RuleOfSelection {
    const results = this.order.flatMap((l) => l.results.filter((t): t is Tensor => t !== null && this.isResult(t)))
    if (results.length === 0) throw new SelectionError('Nothing that these layers give is used outside of them.')
    for (const t of results) this.nameOf(t, 'y', results.length > 1)
    const left: Statement[] = []
    const right: Statement[] = []
    const root = results.at(-1)!.parent!
    for (const layer of [...this.order.filter((l) => l !== root), root]) {
      if (layer !== root && this.isInline(layer)) continue
      const statement = (side: 'left' | 'right'): Statement => ({
        names: this.namesOf(layer),
        value: this.call(layer, side),
      })
      left.push(statement('left'))
      right.push(statement('right'))
    }
    const parts = [...new Map(this.parts.map((p) => [p.key, p])).values()]
    const { dialect } = this.order[0]!.network
    const operators = [...new Set(this.order.map((l) => l.kind))].filter((k) => needsDeclaring(k, dialect))
    const graph = { name: this.title(), ...(operators.length > 0 && { operators }), left, right, where: [] }
    return { graph, parts }
  }

  private title(): string {
    const kinds = [...new Set(this.order.map((l) => operatorOf(l.kind)))]
    return kinds.length <= 4 ? kinds.join(' ') : `${kinds.slice(0, 3).join(' ')} and ${kinds.length - 3} more`
  }

  private isResult(t: Tensor): boolean {
    return t.isNetworkOutput() || !t.isUsedOnlyBy(this.inside) || t.liveUses === 0
  }

  /** A layer with one result that one layer inside takes once stands inside that one. */
  private isInline(layer: Layer): boolean {
    const t = layer.output()
    return layer.numOutputs === 1 && t !== null && !this.isResult(t) && t.liveUses === 1
  }

  private namesOf(layer: Layer): (string | null)[] {
    return layer.results.map((t) =>
      t && (t.liveUses > 0 || this.isResult(t)) ? this.nameOf(t, operatorOf(layer.kind)) : null,
    )
  }

  private nameOf(t: Tensor, wish: string, numbered = false): string {
    const known = this.names.get(t)
    if (known !== undefined) return known
    const base = wish
      .toLowerCase()
      .replace(/\W+/g, '_')
      .replace(/^(?=\d)/, 'v')
    let name = numbered ? `${base}1` : base
    for (let n = 2; this.taken.has(name) || RESERVED_WORDS.has(name); n++) name = `${base}${n}`
    this.taken.add(name)
    this.names.set(t, name)
    return name
  }

  private call(layer: Layer, side: 'left' | 'right'): CallGraph {
    const operands = layer.operands.map((t, i) => this.operand(layer, t, i, side))
    const last = operands.findLastIndex((o) => o.type !== 'absent')
    const order = side === 'left' && this.isInOrder(layer) ? { ordered: true } : {}
    const attributes = this.attributes(layer, side)
    return { type: 'call', kind: layer.kind, operands: operands.slice(0, last + 1), ...attributes, ...order }
  }

  /** Operands that may be swapped are matched either way, or as they stand. */
  private isInOrder(layer: Layer): boolean {
    const [a, b] = layer.operands
    if (!commutes(layer.schema, layer.record.attributes) || a === b) return false
    return this.decide(`order ${layer.id}`, `order of operands of ${layer.name}`, ['any', 'exact']) === 'exact'
  }

  private operand(layer: Layer, t: Tensor | null, at: number, side: 'left' | 'right'): ValueGraph {
    if (t === null) return { type: 'absent' }
    if (t.parent && this.inside.has(t.parent)) {
      if (this.isInline(t.parent)) return side === 'left' ? this.inline(t.parent) : this.call(t.parent, side)
      return { type: 'name', name: this.nameOf(t, operatorOf(t.parent.kind)) }
    }
    if (t.isConstant) return this.constant(layer, t, at, side)
    return { type: 'name', name: this.nameOf(t, 'x') }
  }

  /** A layer inside another; where it is wished, with the other form that exporters give it. */
  private inline(layer: Layer): ValueGraph {
    const call = this.call(layer, 'left')
    const other = otherForm(call)
    if (!other) return call
    const kept = this.decide(`form ${layer.id}`, `form of ${layer.name}: ${other.words}`, ['exact', 'any'])
    return kept === 'any' ? { type: 'either', of: [call, other.call] } : call
  }

  private constant(layer: Layer, t: Tensor, at: number, side: 'left' | 'right'): ValueGraph {
    const value = t.value?.isAvailable ? t.value.scalar() : null
    const isNumber = value !== null && !Number.isNaN(value)
    const choices: readonly Kept[] = Number.isFinite(value) ? ['exact', 'tolerance', 'any'] : ['exact', 'any']
    const role = layer.schema?.inputs[at]?.name ?? 'c'
    const key = `constant ${layer.id} ${at}`
    const kept = isNumber ? this.decide(key, `constant ${short(value)}, ${role} of ${layer.name}`, choices) : 'any'
    if (kept === 'any' || !isNumber) {
      const name = this.nameOf(t, isNumber ? 'c' : role.length <= 12 ? role : 'w')
      return side === 'left' ? { type: 'name', name, constant: true } : { type: 'name', name }
    }
    const number = { type: 'number' as const, value: shortest(value, t.value?.dtype ?? 'float32') }
    if (side === 'right') return number
    return kept === 'tolerance' ? { ...number, tolerance: 1e-3 } : number
  }

  /** Attributes as they are, those that are not given by their defaults; or all of them, whatever they are. */
  private attributes(layer: Layer, side: 'left' | 'right'): Pick<CallGraph, 'attributes' | 'otherAttributes'> {
    const known = layer.schema?.attributes ?? {}
    const given = layer.record.attributes
    const names = [...new Set([...Object.keys(known), ...Object.keys(given)])]
    if (names.length === 0) return { attributes: {} }
    const key = `attributes ${layer.id}`
    const isPlain = names.every((n) => isLiteral(given[n] ?? known[n]?.default ?? 0))
    const text = names.filter((n) => n in given).join(', ') || 'all as by default'
    const kept = isPlain ? this.decide(key, `attributes of ${layer.name}: ${text}`, ['exact', 'any']) : 'any'
    if (kept === 'any') return { attributes: {}, otherAttributes: `at${this.order.indexOf(layer) + 1}` }
    const attributes: Record<string, AttributeGraph> = {}
    for (const name of names) {
      const value = given[name] ?? known[name]?.default
      const isDefault = value === undefined || (known[name] !== undefined && sameAttribute(known[name].default, value))
      if (value === undefined && side === 'left') attributes[name] = { absent: true }
      else if (value !== undefined && (side === 'left' || !isDefault)) attributes[name] = { literal: value as Literal }
    }
    return { attributes }
  }

  private decide(key: string, title: string, choices: readonly Kept[]): Kept {
    const wish = this.chosen.get(key)
    const kept = wish !== undefined && choices.includes(wish) ? wish : choices[0]!
    this.parts.push({ key, title, choices, kept })
    return kept
  }
}

/** The same function as other exporters write it, of operands that can stand in two places. */
function otherForm({ kind, operands }: CallGraph): { readonly call: CallGraph; readonly words: string } | null {
  const [a, b] = operands
  const number = b?.type === 'number' ? b.value : null
  const made = (kind: string, ...of: ValueGraph[]): CallGraph => ({ type: 'call', kind, operands: of, attributes: {} })
  const near = (value: number): ValueGraph => ({ type: 'number', value, tolerance: 1e-6 })
  if (!a || a.type !== 'name') return null
  if (kind === 'Pow' && number === 2) return { call: made('Mul', a, a), words: 'also as Mul(x, x)' }
  if (kind === 'Mul' && b?.type === 'name' && b.name === a.name)
    return { call: made('Pow', a, near(2)), words: 'also as Pow(x, 2)' }
  if (kind === 'Pow' && number === 0.5) return { call: made('Sqrt', a), words: 'also as Sqrt(x)' }
  if (kind === 'Sqrt') return { call: made('Pow', a, near(0.5)), words: 'also as Pow(x, 0.5)' }
  if (kind === 'Reciprocal') return { call: made('Div', near(1), a), words: 'also as Div(1, x)' }
  if (number === null || number === 0 || !Number.isFinite(number)) return null
  if (kind === 'Div') return { call: made('Mul', a, near(1 / number)), words: 'also as a product' }
  if (kind === 'Mul') return { call: made('Div', a, near(1 / number)), words: 'also as a quotient' }
  if (kind === 'Sub') return { call: made('Add', a, near(-number)), words: 'also as a sum' }
  return null
}

const isLiteral = (value: unknown): boolean =>
  typeof value !== 'object' || (Array.isArray(value) && value.every((x) => typeof x !== 'object'))

/** The fewest digits that round to the same number of its type. */
function shortest(x: number, dtype: DType): number {
  const same = (y: number): boolean => (dtype === 'float64' ? y === x : Math.fround(y) === Math.fround(x))
  for (let digits = 1; digits < 17; digits++) {
    const y = Number(x.toPrecision(digits))
    if (same(y)) return y
  }
  return x
}

const short = (x: number): string => String(Number(x.toPrecision(7)))
