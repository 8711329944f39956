import { onnxDialect } from '../../dialects/onnx'
import { ConstantValue, mayLeaveOut, Network, variantsOf } from '../../engine'
import type {
  Attributes,
  AttributeSchema,
  AttributeValue,
  CallGraph,
  DType,
  KindSchema,
  RestGraph,
  RuleGraph,
  Statement,
  Layer,
  Tensor,
  ValueGraph,
} from '../../engine'
import { CALLS } from './calls'
import type { Call } from './calls'
import type { Draw } from './draw'
import { hintsOf, ranksFor, typesFor } from './hints'
import type { Hints, NamedValue } from './hints'
import { attributeFor, operandFor } from './operands'
import type { OperandChoice, OperandType } from './operands'

/** What was drawn does not go together: another try may. */
export class Misfit extends Error {
  override readonly name = 'Misfit'
}

/**
 * A network whose layers are the left side of a rule: of each alternative one, optional layers and operands there or not, operands
 * that may be swapped in either order, constants at the edge of their tolerance, attributes as the rule asks or at random, and
 * values whose types fit the first one drawn. What conditions ask beyond types, ranks and sizes is left to the matcher.
 * @throws Misfit
 */
export function drawFromRule(rule: RuleGraph, d: Draw, opset: number): Network {
  return new RuleWriter(d.pick(variantsOf(rule)), d, opset).write()
}

class RuleWriter {
  private readonly network: Network
  private readonly values = new Map<string, Tensor | null>()
  private readonly variables = new Map<string, AttributeValue>()
  /** Optional variables that no layer gives a value. */
  private readonly leftOut = new Set<string>()
  private readonly others = new Map<string, Attributes>()
  private readonly rests = new Map<string, readonly (Tensor | null)[]>()
  private readonly definitions = new Map<string, Statement>()
  private readonly restDefinitions = new Map<string, Statement>()
  private readonly dtype: DType
  private readonly base: readonly number[]
  private readonly hints: Hints

  constructor(
    private readonly rule: RuleGraph,
    private readonly d: Draw,
    private readonly opset: number,
  ) {
    this.network = new Network(onnxDialect, { name: rule.name, opsets: { '': opset, 'com.microsoft': 1 } })
    for (const s of rule.left) {
      for (const name of s.names) if (name !== null) this.definitions.set(name, s)
      if (s.rest !== undefined) this.restDefinitions.set(s.rest, s)
    }
    this.hints = hintsOf(rule.where)
    const { dtypes, ranks } = this.hints
    this.dtype = d.pick(dtypes.length > 0 ? dtypes : typesFor(rule))
    const rank = ranks.length > 0 && d.chance(0.8) ? d.pick(ranks) : d.pick(ranksFor(rule))
    this.base = d.dims(rank)
  }

  write(): Network {
    for (const s of this.rule.left) this.statement(s)
    const known = new Set<Tensor>()
    const replaced = this.rule.right.flatMap((s) => s.names)
    // A layer that a replaced value comes of is used; what else it gives nobody takes.
    const used = new Set(replaced.map((name) => (name === null ? null : this.values.get(name)?.parent)))
    const isGiven = (name: string, { parent }: Tensor): boolean =>
      replaced.includes(name) || (parent !== null && !used.has(parent) && isUnused(parent))
    for (const [name, t] of this.values)
      if (t?.parent && isGiven(name, t) && !known.has(t) && !this.staysInside(t)) {
        known.add(t)
        this.network.markOutput(t, `out_${name}`)
      }
    return this.network
  }

  /** A value in between that the right side gives anew: others use it, or nobody does. */
  private staysInside(t: Tensor): boolean {
    return t.liveUses > 0 && this.d.chance(0.4)
  }

  private statement(s: Statement): void {
    if (s.names.some((n) => n !== null && this.values.has(n)) || this.rests.has(s.rest ?? '')) return
    const { value, optional = [] } = s
    const further = s.rest === undefined ? 0 : this.d.int(s.names.length === 0 ? 2 : 1, 3)
    const isGiven = (n: string): boolean => !(optional.includes(n) && this.d.chance(0.4))
    const given = s.names.map((n): Given => (n === null ? 'as needed' : isGiven(n)))
    const results = this.results(value, [...given, ...Array<Given>(further).fill(true)])
    if (s.rest !== undefined) this.rests.set(s.rest, results.slice(s.names.length))
    s.names.forEach((name, i) => name !== null && this.values.set(name, results[i] ?? null))
  }

  private results(v: ValueGraph, wanted: readonly Given[]): readonly (Tensor | null)[] {
    if (v.type === 'either') return this.results(this.d.pick(v.of), wanted)
    if (v.type !== 'call') return [this.operand(v, { kind: 'Identity', at: 0, given: [] })]
    if (v.maybe && this.d.chance(0.6)) return [this.operand(v.operands[0]!, { kind: v.kind, at: 0, given: [] })]
    return this.layer(v, wanted)
  }

  private layer(v: CallGraph, wanted: readonly Given[]): readonly (Tensor | null)[] {
    const operands: (Tensor | null)[] = []
    const first = v.operands.findIndex((o) => o.type === 'call' || (o.type === 'name' && this.definitions.has(o.name)))
    // What is computed comes first: it has its type already, and the others are fitted to it.
    const order = v.operands.map((_, i) => i).sort((a, b) => Number(b === first) - Number(a === first))
    const made = new Map<number, readonly (Tensor | null)[]>()
    let call: Call | undefined
    for (const i of order) {
      const given = v.operands.map((_, k) => made.get(k)?.[0] ?? null)
      const o = v.operands[i]!
      if (i !== first)
        call ??= this.asWhole(
          v,
          given.map((t, k) => t ?? this.known(v.operands[k]!)),
        )
      const at: Place = { kind: v.kind, at: i, given, ...(call && { call }) }
      made.set(i, o.type === 'rest' ? this.rest(o, at) : [this.operand(o, at)])
    }
    call ??= this.asWhole(v, [made.get(0)?.[0] ?? null])
    for (let i = 0; i < v.operands.length; i++) operands.push(...made.get(i)!)
    const schema = this.network.schemaOf(v.kind)
    const swaps = schema?.commutative === true && !v.ordered && operands.length >= 2 && this.d.chance(0.5)
    const ordered = swaps ? [operands[1]!, operands[0]!, ...operands.slice(2)] : operands
    const inputs = ordered.slice(0, ordered.findLastIndex((t) => t !== null) + 1)
    const given = wanted.map((w, i) => (w === 'as needed' ? !mayLeaveOut(schema, i) : w))
    const parts = isEvenSplit(v, inputs, schema) && { num_outputs: wanted.length }
    const layer = this.network.addLayer({
      kind: v.kind,
      inputs,
      attributes: { ...this.attributes(v, inputs, call), ...parts },
      given,
    })
    const dims = layer.output()?.shape
    if (dims?.some((n) => typeof n === 'number' && n > 64)) throw new Misfit('too large')
    return layer.results
  }

  /** An operand that another layer has, too. */
  private known(o: ValueGraph): Tensor | null {
    return o.type === 'name' ? (this.values.get(o.name) ?? null) : null
  }

  /** Operands and attributes that fit each other, of an operator that takes few that do. */
  private asWhole(v: CallGraph, given: readonly (Tensor | null)[]): Call | undefined {
    const drawer = Object.hasOwn(CALLS, v.kind) ? CALLS[v.kind] : undefined
    if (!drawer) return undefined
    const said: Record<string, AttributeValue> = {}
    for (const [name, graph] of Object.entries(v.attributes)) {
      if ('literal' in graph) said[name] = graph.literal as AttributeValue
      if (!('variable' in graph)) continue
      const named = this.hints.attributes.get(graph.variable) ?? []
      const value =
        this.variables.get(graph.variable) ?? (named.length > 0 && this.d.chance(0.7) ? this.d.pick(named) : undefined)
      if (value === undefined) continue
      this.variables.set(graph.variable, value)
      said[name] = value
    }
    const like = { dtype: this.dtype, shape: this.base }
    return drawer({ d: this.d, like, given, said, opset: this.opset })
  }

  private operand(v: ValueGraph, place: Place): Tensor | null {
    switch (v.type) {
      case 'absent':
        return null
      case 'number':
        return this.number(v, place)
      case 'either':
        return this.operand(this.d.pick(v.of), place)
      case 'call':
        return this.results(v, [true])[0] ?? null
      case 'name':
        return this.named(v, place)
      default:
        throw new Misfit(`an operand cannot be ${v.type}`)
    }
  }

  private named(v: Extract<ValueGraph, { type: 'name' }>, place: Place): Tensor | null {
    const { kind, at, call } = place
    const defined = this.definitions.get(v.name)
    if (defined) this.statement(defined)
    const known = this.values.get(v.name)
    if (known !== undefined) return known
    const may = (): boolean => (call ? !call.operands[at] : this.d.chance(0.4))
    const isLeftOut = v.optional === true && (!this.takes(kind, at) || may())
    const t = isLeftOut ? null : this.free(v.name, v.constant === true, place)
    this.values.set(v.name, t)
    return t
  }

  /** Whether an operator has such an operand, in the operator set of the network. */
  private takes(kind: string, at: number): boolean {
    const inputs = this.network.schemaOf(kind)?.inputs
    return !inputs || at < inputs.length || inputs.at(-1)?.variadic === true
  }

  private free(name: string, constant: boolean, { kind, at, given, call }: Place): Tensor {
    const like: OperandType = { dtype: this.dtype, shape: this.base }
    const choice = call ? call.operands[at] : this.fitted(kind, at, operandFor(kind, at, given, like, this.d))
    if (!choice) throw new Misfit(`${kind} is drawn without operand ${at}`)
    const { dtype, shape, values } = choice
    const named = this.hints.values.get(name)
    if (named && this.d.chance(0.8)) return this.asNamed(named, dtype, shape, name)
    if (this.hints.computed.has(name)) return this.computed(name, choice)
    const isHeld = constant || (this.hints.held.has(name) && this.d.chance(0.9))
    if (values || isHeld || (this.d.chance(0.2) && at > 0))
      return this.network.addConstant(ConstantValue.of(dtype, shape, values ?? this.numbers(choice)), name)
    return this.network.addInput(`${name}_in`, dtype, shape)
  }

  /** One that must not be a constant: sizes are those of another value. */
  private computed(name: string, { dtype, shape, values }: OperandChoice): Tensor {
    if (!values?.every((n) => n > 0)) return this.network.addInput(`${name}_in`, dtype, shape)
    const sized = this.network.addInput(`${name}_of`, this.dtype, values)
    return this.network.addLayer({ kind: 'Shape', inputs: [sized] }).result()
  }

  /** As the operator wants it, where that is one type whatever the others are: sizes and axes, indices, a choice. */
  private fitted(kind: string, at: number, choice: OperandChoice): OperandChoice {
    const own = this.network.schemaOf(kind)?.inputs[at]
    if (!own?.dtype || choice.values) return choice
    if (!own.list) return { ...choice, dtype: own.dtype }
    const values = Array.from({ length: this.d.int(1, 3) }, () => this.d.int(1, 3))
    return { dtype: own.dtype, shape: [values.length], values }
  }

  /** A constant that conditions name numbers of: one of them, or all as a list. */
  private asNamed(named: readonly NamedValue[], dtype: DType, shape: readonly number[], name: string): Tensor {
    const one = this.d.pick(named)
    if (typeof one === 'number') {
      const size = shape.reduce((a, b) => a * b, 1)
      const of = size === 1 ? shape : this.d.chance(0.9) ? [] : shape
      const count = of.reduce((a, b) => a * b, 1)
      const beside = this.d.chance(0.05) ? 1 + NEXT_FLOAT : one === 0 && this.d.chance(0.1) ? -1 : 1
      return this.network.addConstant(ConstantValue.of(dtype, of, new Float64Array(count).fill(one * beside)), name)
    }
    return this.network.addConstant(ConstantValue.of(shape.length === 1 ? dtype : 'int64', [one.length], one), name)
  }

  private rest({ name, constant }: RestGraph, place: Place): readonly (Tensor | null)[] {
    const { kind, at, call } = place
    const defined = this.restDefinitions.get(name)
    if (defined) this.statement(defined)
    const known = this.rests.get(name)
    if (known) return known
    const one = (i: number): Tensor => this.free(`${name}${i}`, constant === true, { ...place, at: at + i })
    if (call) {
      const made = call.operands.slice(at).map((o, i) => (o ? one(i) : null))
      this.rests.set(name, made)
      return made
    }
    const schema = this.network.schemaOf(kind)?.inputs ?? []
    const most = schema.at(-1)?.variadic ? 3 : schema.length - at
    const count = this.d.int(
      schema[at] && !schema[at].optional ? 1 : this.d.chance(0.8) ? Math.min(1, most) : 0,
      Math.max(most, 0),
    )
    const made = Array.from({ length: count }, (_, i) => one(i))
    this.rests.set(name, made)
    return made
  }

  /** At the number, or at the edge of what is allowed, and now and then beyond. */
  private number(v: Extract<ValueGraph, { type: 'number' }>, { kind, given }: Place): Tensor {
    const schema = this.network.schemaOf(kind)?.inputs ?? []
    // What chooses, and sizes, are of other types than what is reckoned with.
    const dtype = given.find((t, i) => t?.dtype && t.dtype !== 'bool' && !schema[i]?.dtype)?.dtype ?? this.dtype
    const tolerance = v.tolerance ?? NEXT_FLOAT
    const off = this.d.chance(v.tolerance === undefined ? 0.95 : 0.5)
      ? 0
      : this.d.pick([0.99, -0.99, 0.5, this.d.chance(0.2) ? 1.5 : 0])
    const shape = this.d.chance(0.85) ? [] : this.d.pick([[1], [1, 1]])
    const whole = !dtype.includes('float') && !Number.isInteger(v.value)
    if (whole) throw new Misfit(`${v.value} is no ${dtype}`)
    const value = v.value === 0 && this.d.chance(0.05) ? -v.value : v.value * (1 + off * tolerance)
    return this.network.addConstant(ConstantValue.of(dtype, shape, [value]))
  }

  private numbers({ dtype, shape, positive }: OperandChoice): number[] {
    const size = shape.reduce((a, b) => a * b, 1)
    if (dtype === 'bool') return Array.from({ length: size }, () => this.d.int(0, 1))
    if (!dtype.includes('float')) return Array.from({ length: size }, () => this.whole(dtype))
    if (positive) return Array.from({ length: size }, () => this.d.between(0.05, 2))
    const one = this.d.pick([0, 1, -1, 0.5, 2, 1e-5, 1e-12])
    const same = this.d.chance(0.25)
    return Array.from({ length: size }, () => (same ? one : this.d.between(-1.5, 2)))
  }

  /** Where whole numbers are reckoned with, negative and large ones too; else they mean something, as places and sizes do. */
  private whole(dtype: DType): number {
    if (dtype !== this.dtype || this.d.chance(0.5)) return this.d.int(0, 3)
    const isSigned = !dtype.startsWith('u')
    if (this.d.chance(0.9)) return this.d.int(isSigned ? -5 : 0, 9)
    const large = dtype.endsWith('int8') ? 100 : dtype.endsWith('int16') ? 30_000 : 100_000
    return isSigned ? this.d.pick([large, -large]) : large
  }

  private attributes(v: CallGraph, inputs: readonly (Tensor | null)[], call: Call | undefined): Attributes {
    const schema = this.network.schemaOf(v.kind)?.attributes ?? {}
    const found: Record<string, AttributeValue> = {}
    for (const [name, graph] of Object.entries(v.attributes)) {
      if ('literal' in graph) {
        if (schema[name]?.default !== graph.literal || this.d.chance(0.5)) found[name] = graph.literal as AttributeValue
        continue
      }
      if (!('variable' in graph) || this.leftOut.has(graph.variable)) continue
      const isUnknown = Object.keys(schema).length > 0 && !(name in schema)
      const may = (): boolean => (call ? call.attributes[name] === undefined : this.d.chance(0.4))
      if (graph.optional && !this.variables.has(graph.variable) && (isUnknown || may())) {
        this.leftOut.add(graph.variable)
        continue
      }
      const drawn = call?.attributes[name]
      const value =
        this.variables.get(graph.variable) ?? drawn ?? this.variable(graph.variable, name, schema[name], inputs)
      if (value === undefined) continue
      this.variables.set(graph.variable, value)
      found[name] = value
    }
    const known = v.otherAttributes === undefined ? undefined : this.others.get(v.otherAttributes)
    const others: Record<string, AttributeValue> = {}
    for (const [name, a] of Object.entries(schema)) {
      if (name in v.attributes) continue
      const value = known
        ? known[name]
        : call
          ? call.attributes[name]
          : a.required || name === 'group' || this.d.chance(0.4)
            ? attributeFor(name, a, inputs, this.d)
            : undefined
      if (value !== undefined) others[name] = value
    }
    if (v.otherAttributes !== undefined) this.others.set(v.otherAttributes, others)
    return asStored({ ...others, ...found }, schema)
  }

  /** Mostly what conditions name, where they name something. */
  private variable(
    variable: string,
    name: string,
    schema: AttributeSchema | undefined,
    inputs: readonly (Tensor | null)[],
  ): AttributeValue | undefined {
    const named = this.hints.attributes.get(variable) ?? []
    if (named.length > 0 && this.d.chance(0.7)) return this.d.pick(named)
    return attributeFor(name, schema, inputs, this.d)
  }
}

/** Where an operand stands: what stands beside it already, and what its layer was drawn as, if that is drawn as a whole. */
interface Place {
  readonly kind: string
  readonly at: number
  readonly given: readonly (Tensor | null)[]
  readonly call?: Call
}

/** Whether nobody takes any of its results. */
const isUnused = (layer: Layer): boolean => layer.results.every((t) => !t || t.liveUses === 0)

/** How far away the next number is that float32 has. */
const NEXT_FLOAT = 1.2e-7

/** Whether a layer gives a result; one without a name only where its operator must. */
type Given = boolean | 'as needed'

/** A split that is told how many parts it makes, not how large they are. */
function isEvenSplit(v: CallGraph, given: readonly (Tensor | null)[], schema: KindSchema | undefined): boolean {
  return v.kind === 'Split' && given.length === 1 && schema?.attributes['num_outputs'] !== undefined
}

/** As a file holds them: numbers are float32. */
function asStored(attributes: Attributes, schema: KindSchema['attributes']): Attributes {
  const stored = (name: string, value: AttributeValue): AttributeValue =>
    schema[name]?.type === 'FLOAT' && typeof value === 'number' ? Math.fround(value) : value
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, stored(name, value)]))
}
