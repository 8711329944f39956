import { mayLeaveOut } from '../network/dialect'
import type { OperandSchema } from '../network/dialect'
import type { Layer, Network, Tensor } from '../network/network'
import type { Attributes, AttributeValue, DType } from '../store/records'
import { compatibleShapes, sameShape } from '../store/shape'
import { Builder } from './build'
import { fitsType } from './attribute-types'
import { sameAttribute } from './compare'
import type { CompiledRule } from './compile'
import { codeOf } from './dtype-codes'
import { droppedAt } from './dropped-attributes'
import { valueText } from './failure-text'
import { NotKnownError } from './not-known'
import type { AttributeGraph, CallGraph, Statement, ValueGraph } from './graph'
import { callsIn, namesIn } from './graph'
import type { RuleMatch } from './rule-match'
import { isUnused, markDangling } from '../network/prune'
import { computed, constantFor, foldedLayer, tensorOf } from './right-constants'
import type { Place } from './right-constants'

/** Makes a rule's right side, and puts its results in the place of the values that they replace. */
export function buildRight(rule: CompiledRule, match: RuleMatch): void {
  new RightSide(rule, match).build()
}

class RightSide {
  private readonly made = new Map<string, Tensor>()
  private readonly layers = new Set<Layer>()
  private readonly b: Builder
  private readonly network: Network

  constructor(
    private readonly rule: CompiledRule,
    private readonly match: RuleMatch,
  ) {
    this.network = match.root.network
    this.b = new Builder(this.network, match)
  }

  build(): void {
    for (const s of this.rule.graph.right) {
      const [first] = s.names
      const replaced = first ? this.match.optional(first)?.dtype : null
      const wanted = placeOf(replaced ?? this.match.root.output()?.dtype ?? 'float32')
      const results = s.folded ? this.folded(s, wanted) : this.statement(s, wanted)
      s.names.forEach((name, i) => {
        const t = results[i]
        if (name !== null && t) this.made.set(name, t)
      })
    }
    const lost = this.rule.open.lostAt(this.match, this.rule.partOf)
    if (lost !== null) throw new NotKnownError(lost)
    for (const [name, next] of this.made) checkShapeKnown(name, next, this.match)
    replaceResults(this.match, this.made, this.layers)
  }

  private statement({ value, names }: Statement, wanted: Place): readonly (Tensor | null)[] {
    if (value.type !== 'call') return this.values(value, wanted)
    return this.call(value, this.resultsOf(value.kind, names), wanted)
  }

  /** Which results a layer gives: those that it may leave out only where somebody asks for them. */
  private resultsOf(kind: string, names: readonly (string | null)[]): readonly boolean[] {
    const schema = this.network.schemaOf(kind)
    return names.map((name, i) => !mayLeaveOut(schema, i) || (name !== null && this.isAskedFor(name)))
  }

  /** A value of the left that is given anew is asked for where others than the match use it, or the right side does. */
  private isAskedFor(name: string): boolean {
    const { graph, replaced } = this.rule
    if (!replaced.has(name) || graph.right.some((s) => namesIn(s.value).includes(name))) return true
    return this.match.optional(name)?.isUsedOnlyBy(new Set(this.match.layers.values())) === false
  }

  /** @param wanted what a constant that stands here is */
  private values(v: ValueGraph, wanted: Place): readonly (Tensor | null)[] {
    switch (v.type) {
      case 'name':
        return [this.made.get(v.name) ?? bound(v.name, this.match)]
      case 'absent':
        return [null]
      case 'number':
      case 'computed':
        return [constantFor(this.b, v, wanted, this.match)]
      case 'rest':
        return this.match.rests.get(v.name) ?? []
      case 'call':
        return this.call(v, ONE_RESULT, wanted)
      case 'either':
        throw new Error('a right side has no alternatives')
    }
  }

  private call(v: CallGraph, results: readonly boolean[], wanted: Place): readonly (Tensor | null)[] {
    this.checkKept(v)
    const operands = this.operands(v, wanted)
    if (operands.length > MOST_OPERANDS)
      throw new NotKnownError(`${v.kind} would take ${operands.length} operands: ${MOST_OPERANDS} are enough`)
    checkGiven(v.kind, operands, this.network)
    const layer = this.b.layer(v.kind, operands, this.attributes(v), results)
    this.layers.add(layer)
    return layer.results
  }

  /** What `@v = …` comes to: worked out now, of constants alone. */
  private folded(s: Statement, wanted: Place): readonly (Tensor | null)[] {
    const fold = (v: ValueGraph, results: number, wanted: Place): readonly (Tensor | null)[] => {
      if (v.type !== 'call') return this.values(v, wanted)
      const operands = this.operands(v, wanted, (x, wanted) => fold(x, 1, wanted))
      checkGiven(v.kind, operands, this.network)
      return foldedLayer(this.b, v.kind, operands, this.attributes(v), results)
    }
    return fold(s.value, s.names.length, wanted)
  }

  /** Constants get the type that their place has of itself, or that of the operand beside them, or the result's. */
  private operands(
    v: CallGraph,
    wanted: Place,
    value: (x: ValueGraph, wanted: Place) => readonly (Tensor | null)[] = (x, w) => this.values(x, w),
  ): (Tensor | null)[] {
    const schema = this.network.schemaOf(v.kind)?.inputs ?? []
    const isConstant = (x: ValueGraph): boolean => x.type === 'number' || x.type === 'computed'
    const made = v.operands.map((x) => (isConstant(x) ? null : value(x, wanted)))
    const beside = made.flatMap((list, i) => (schema[i]?.dtype ? [] : (list ?? []))).find((t) => t?.dtype)
    const usual = beside?.dtype ? placeOf(beside.dtype, schema.length > 0 ? beside.dtype : 'int64') : wanted
    return v.operands.flatMap((x, i) => made[i] ?? value(x, ownPlace(schema[i]) ?? usual))
  }

  private checkKept(v: CallGraph): void {
    const dropped = droppedAt(v, callsIn(this.rule.graph.left), this.rule.partOf, this.match)
    if (dropped) throw new NotKnownError(`${v.kind} would lose ${dropped.name} of ${dropped.layer}`)
  }

  private attributes(v: CallGraph): Attributes {
    const found: Record<string, AttributeValue> = v.otherAttributes === undefined ? {} : this.others(v)
    const schema = this.network.schemaOf(v.kind)?.attributes
    for (const [name, a] of Object.entries(v.attributes)) {
      const type = schema?.[name]?.type
      const given = this.attribute(a)
      if (given === undefined) continue
      const value = type === 'INT' && typeof given === 'string' ? (codeOf(given) ?? given) : given
      if (type && !fitsType(value, type))
        throw new NotKnownError(`${name} of ${v.kind} would be ${valueText(value)}, which is no ${type}`)
      found[name] = value
    }
    return found
  }

  /** undefined for one that is left out. */
  private attribute(a: AttributeGraph): AttributeValue | undefined {
    if ('literal' in a) return a.literal
    if ('computed' in a) return tensorOf(a.computed, this.match) ?? computed(a.computed, this.match)
    if ('absent' in a) return undefined
    return a.optional ? this.match.attributes.get(a.variable) : variable(a.variable, this.match)
  }

  /** What is passed on; to another kind with what the first one has by default, where the other one has something else. */
  private others(v: CallGraph): Record<string, AttributeValue> {
    const others = this.match.otherAttributes.get(v.otherAttributes!)
    if (!others)
      throw new NotKnownError(`...$${v.otherAttributes} is bound by another alternative, or a layer that is missing`)
    const found: Record<string, AttributeValue> = { ...others.given }
    if (others.kind === v.kind) return found
    const [from, to] = [others.kind, v.kind].map((kind) => this.network.schemaOf(kind)?.attributes ?? {})
    for (const name in from) {
      const usual = from[name]!.default
      const isGiven = name in found
      if (!isGiven && usual !== undefined && to![name] && !sameAttribute(usual, to![name].default)) found[name] = usual
      if (!isGiven || to![name] || name in v.attributes) continue
      if (!sameAttribute(found[name], usual)) throw new NotKnownError(`${v.kind} has no attribute ${name}`)
      delete found[name]
    }
    return found
  }
}

/** A rule that hands on more at each rewrite would take all memory before any limit of rewrites ends it. */
const MOST_OPERANDS = 4096

const ONE_RESULT: readonly boolean[] = [true]

const placeOf = (dtype: DType, ofList: DType = 'int64'): Place => ({ dtype, ofList, list: false })

/** What an operand says of constants by itself. */
const ownPlace = (s: OperandSchema | undefined): Place | null =>
  s?.dtype ? { dtype: s.dtype, ofList: s.dtype, list: s.list === true } : null

/**
 * Every value that the rewrite made anew under a name of the match takes over the users of the old one.
 * @param layers of the right side, which have what their text says
 */
export function replaceResults(match: RuleMatch, made: ReadonlyMap<string, Tensor>, layers?: ReadonlySet<Layer>): void {
  const replaced = new Map<Tensor, Tensor>()
  for (const [name, next] of made) {
    const old = match.optional(name)
    if (!old || old === next) continue
    checkType(name, old, next)
    replaced.set(old, next)
  }
  const unused = [...replaced.keys()].filter(isUnused)
  match.root.network.replaceUsesOf(replaced, layers)
  for (const { network, parent } of unused) if (parent) markDangling(network, parent)
}

/**
 * Where a size is not known on both sides, nobody can say that what stands for a value is not larger or smaller: operands may broadcast each other.
 * One operand and constants that cannot stretch it do not, and of an operator that the dialect does not know the rule is to be believed.
 */
function checkShapeKnown(name: string, next: Tensor, match: RuleMatch): void {
  const old = match.optional(name)
  if (!old || old === next) return
  if (!compatibleShapes(old.shape, next.shape) || sameShape(old.shape, next.shape)) return
  // What was known and is not any more could not be worked out: operands that do not go together.
  const isLost = old.shape !== null && next.shape === null
  if ((isLost || mayStretch(match) || isMadeOfLarger(next, match)) && !comesOfUnknownKind(next, match))
    throw new NotKnownError(
      `${name} has shape ${shapeText(old)}, and would get ${shapeText(next)}: it is not known whether that is the same`,
    )
}

/** Whether an operator without a schema has a part in what the right side makes: what it gives is not to be inferred then. */
function comesOfUnknownKind(made: Tensor, match: RuleMatch): boolean {
  const operands = new Set(match.tensors.values())
  const looked = new Set<Tensor>()
  const look = (t: Tensor): boolean => {
    if (t.shape || !t.parent || operands.has(t) || looked.has(t)) return false
    looked.add(t)
    return t.parent.schema === undefined || t.parent.getInputs().some(look)
  }
  return look(made)
}

/** Whether the right side reckons with a constant of its own that has dimensions: what it meets may have fewer. */
function isMadeOfLarger(made: Tensor, match: RuleMatch): boolean {
  const known = new Set<Tensor>(match.tensors.values())
  const look = (t: Tensor): boolean => {
    if (!t.parent || known.has(t)) return false
    known.add(t)
    const schema = t.parent.schema?.inputs ?? []
    return t.parent.operands.some((x, i) => {
      if (!x || known.has(x)) return false
      return x.isConstant ? !schema[i]?.list && (x.rank ?? 1) > 0 : look(x)
    })
  }
  return look(made)
}

const shapeText = ({ shape }: Tensor): string => (shape ? `[${shape.map((d) => d ?? '?').join(', ')}]` : 'unknown')

/** Whether several values of other shapes may meet in a match. */
function mayStretch(match: RuleMatch): boolean {
  const inside = new Set(match.layers.values())
  const operands = new Set([...inside].flatMap((l) => l.getInputs()).filter((t) => !t.parent || !inside.has(t.parent)))
  const data = [...operands].filter((t) => !t.isConstant)
  const rank = data[0]?.rank ?? 0
  return data.length > 1 || [...operands].some((t) => t.value && (t.value.size !== 1 || t.value.shape.length > rank))
}

/** A value of the match; null for an operand that is not given. */
function bound(name: string, match: RuleMatch): Tensor | null {
  const t = match.optional(name)
  if (t === null && !match.isAbsent(name)) throw new NotKnownError(`${name} is bound by another alternative only`)
  return t
}

/** Operands that the match has not must be such as the new layer can do without. */
function checkGiven(kind: string, operands: readonly (Tensor | null)[], network: Network): void {
  const known = network.schemaOf(kind)?.inputs
  if (!known) return
  const count = Math.max(operands.length, known.length)
  for (let i = 0; i < count; i++) {
    const s = known[i] ?? known.at(-1)
    // An operator of nothing but operands as many as there are takes at least one.
    const isMissing = i < operands.length ? operands[i] === null : !s?.variadic || i === 0
    if (s && isMissing && !s.optional) throw new NotKnownError(`operand ${s.name} of ${kind} is not given`)
  }
}

/** A value stands for another only where their types do not contradict each other, whoever uses it. */
function checkType(name: string, old: Tensor, next: Tensor): void {
  if (old.dtype !== null && next.dtype !== null && old.dtype !== next.dtype)
    throw new NotKnownError(`${name} has type ${old.dtype}, and would get ${next.dtype}`)
  if (!compatibleShapes(old.shape, next.shape))
    throw new NotKnownError(`${name} has shape ${valueText(old.shape)}, and would get ${valueText(next.shape)}`)
}

function variable(name: string, match: RuleMatch): AttributeValue {
  const value = match.attributes.get(name)
  if (value === undefined)
    throw new NotKnownError(`$${name} is bound by another alternative, or a layer that is missing`)
  return value
}
