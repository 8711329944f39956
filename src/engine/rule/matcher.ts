import { commutes } from '../network/dialect'
import type { Layer } from '../network/network'
import type { Tensor } from '../network/network'
import { MatchFailure } from '../pattern/match'
import type { FailureAbout } from '../pattern/match'
import { AttributeBindings } from './attributes'
import { extraRootCandidates } from './extra-roots'
import { isNumber } from './compare'
import type { CompiledRule } from './compile'
import { checkCondition } from './conditions'
import type { CallGraph, Statement, ValueGraph } from './graph'
import { NearestMiss } from './nearest-miss'
import { printValue } from './print'
import { RuleMatch } from './rule-match'
import { checkUses } from './soundness'
import { attributeMismatch, describe, numberMismatch } from './failure-text'

type Continue = () => boolean

/** So many places a search looks at before it gives up. The library's rules look at 31 at most, on the models of the gallery. */
const MOST_STEPS = 5000

/** Thrown to end a search that looked at too many places. */
const TOO_MANY_STEPS = new Error('too many steps')

/** What text cannot say of a rule: true, or the reason why not. */
export interface RuleChecks {
  /** Of a match. */
  readonly check?: (match: RuleMatch) => true | string
  /** Of the root alone: it is asked before the search, which it saves. */
  readonly checkRoot?: (root: Layer) => true | string
}

const TANGLED = 'alternatives that multiply: the rule gives up here; write them nearer to the root, or fewer of them'

/**
 * Matches one rule at one layer, by backtracking over alternatives, optional layers and the orders of commutative operands.
 * Conditions are part of the search: where they fail, other alternatives are tried. Different layers of a rule match
 * different layers of the network. Recursion is as deep as the rule, never as the network.
 */
export class Matcher {
  private readonly values = new Map<string, Tensor | null>()
  private readonly attributes = new AttributeBindings()
  private readonly rests = new Map<string, readonly (Tensor | null)[]>()
  private readonly layers = new Map<string, Layer>()
  private readonly taken = new Set<Layer>()
  private found: RuleMatch | null = null
  /** null where no reasons are asked for. */
  private readonly nearest: NearestMiss | null

  /** Of numbers without one: results that are equal to the bit come of numbers that are. */
  private readonly tolerance: number | undefined
  private root!: Layer
  private steps = 0

  constructor(
    private readonly rule: CompiledRule,
    private readonly checks: RuleChecks,
    /** Keep the reason of the deepest failure; slower. */
    explain: boolean,
  ) {
    this.nearest = explain ? new NearestMiss(rule.parts) : null
    this.tolerance = rule.graph.claim === 'exact' ? 0 : undefined
  }

  /**
   * The match at one layer, the deepest failure where that is asked for, or null. One matcher serves many layers in turn. A search
   * whose alternatives multiply gives up, and says so with or without being asked.
   */
  run(root: Layer): RuleMatch | MatchFailure | null {
    if (this.nearest === null && !this.isWorthwhile(root)) return null
    this.root = root
    this.found = null
    this.steps = 0
    this.nearest?.begin()
    try {
      return this.statement(this.rule.root, root, () => this.others(0)) ? this.found : (this.nearest?.failure ?? null)
    } catch (error) {
      if (error !== TOO_MANY_STEPS) throw error
      this.clear()
      return new MatchFailure(root, 'search', root, `a search of at most ${MOST_STEPS} steps`, TANGLED)
    } finally {
      // A failed search has unbound everything; a found match, or a check that threw, has not.
      if (this.taken.size > 0) this.clear()
    }
  }

  private isWorthwhile(root: Layer): boolean {
    return this.rule.prefilter.admits(root) && (this.checks.checkRoot?.(root) ?? true) === true
  }

  private clear(): void {
    for (const bound of [this.values, this.attributes, this.rests, this.layers, this.taken]) bound.clear()
  }

  /** Matches the layer of a statement, and binds its results' names. */
  private statement(s: Statement, layer: Layer, next: Continue): boolean {
    for (let i = 0; i < s.names.length; i++) {
      const name = s.names[i]
      const t = layer.output(i)
      if (name && !t && !s.optional?.includes(name))
        return this.nearest !== null && this.fail(name, layer, `a result ${i}`, `${layer.numOutputs} results`)
    }
    return this.alternatives(s.value, layer, () =>
      this.bindResults(s, layer, 0, () => this.bindFurther(s, layer, next)),
    )
  }

  /** `...p = Split(x)` */
  private bindFurther(s: Statement, layer: Layer, next: Continue): boolean {
    if (s.rest === undefined) return next()
    return this.setRest(s.rest, layer.results.slice(s.names.length), next)
  }

  private bindResults(s: Statement, layer: Layer, i: number, next: Continue): boolean {
    if (i >= s.names.length) return next()
    const name = s.names[i]
    const t = layer.output(i)
    if (!name || this.values.get(name) === t) return this.bindResults(s, layer, i + 1, next)
    if (this.values.has(name)) return false
    return this.bind(name, t, () => this.bindResults(s, layer, i + 1, next))
  }

  private alternatives(v: ValueGraph, layer: Layer, next: Continue): boolean {
    if (v.type === 'either') return v.of.some((x) => this.alternatives(x, layer, next))
    return v.type === 'call' && this.call(v, layer, next)
  }

  /** Statements that the root does not lead to are found through the users of a value that they share with what is bound. */
  private others(from: number): boolean {
    const s = this.rule.extraRoots[from]
    if (!s) return this.finish()
    const isBound = s.names.some((n) => n !== null && this.values.has(n))
    if (isBound || (s.rest !== undefined && this.rests.has(s.rest))) return this.others(from + 1)
    for (const layer of extraRootCandidates(s, this.values, this.taken))
      if (this.statement(s, layer, () => this.others(from + 1))) return true
    return (
      this.nearest !== null &&
      this.fail(
        s.names.find((n) => n !== null) ?? '?',
        this.root,
        printValue(s.value),
        'no layer beside the match that fits',
      )
    )
  }

  private finish(): boolean {
    const match = new RuleMatch(
      this.root,
      new Map(this.layers),
      new Map(this.values),
      new Map(this.attributes.values),
      new Map(this.rests),
      new Map(this.attributes.others),
    )
    for (const c of this.rule.graph.where) {
      const why = checkCondition(c, match)
      if (why !== null)
        return this.nearest !== null && this.fail('where', this.root, why.expected, why.found, 'condition')
    }
    const use = checkUses(this.rule, match, this.taken)
    if (use) return this.nearest !== null && this.fail(use.part, use.layer, use.expected, use.found, use.about)
    const ofRoot = this.nearest === null ? true : (this.checks.checkRoot?.(this.root) ?? true)
    const checked = ofRoot === true ? (this.checks.check?.(match) ?? true) : ofRoot
    if (checked !== true)
      return this.nearest !== null && this.fail('check', this.root, 'the precondition of the rule', checked)
    this.found = match
    return true
  }

  /** Matches what stands at an operand. */
  private value(v: ValueGraph, tensor: Tensor | null, part: string, next: Continue): boolean {
    if (++this.steps > MOST_STEPS) throw TOO_MANY_STEPS
    switch (v.type) {
      case 'absent':
        return tensor === null
          ? next()
          : this.nearest !== null && this.fail(part, tensor.parent, 'no operand', describe(tensor))
      case 'number':
        return isNumber(v.value, v.tolerance ?? this.tolerance, tensor) ? next() : this.notNumber(v, tensor, part)
      case 'either':
        return v.of.some((x) => this.value(x, tensor, part, next))
      case 'name':
        return this.named(v, tensor, part, next)
      case 'call': {
        const layer = tensor?.parent
        if (layer && layer.output() === tensor && this.call(v, layer, next)) return true
        if (v.maybe) return this.value(v.operands[0]!, tensor, part, next)
        if (!layer || layer.kind !== v.kind)
          return this.nearest !== null && this.fail(this.rule.partOf.get(v)!, layer ?? null, v.kind, describe(tensor))
        return false
      }
      case 'computed':
      case 'rest':
        return false
    }
  }

  private notNumber(v: Extract<ValueGraph, { type: 'number' }>, tensor: Tensor | null, part: string): false {
    if (!this.nearest) return false
    const { expected, found } = numberMismatch(v, tensor)
    return this.fail(part, tensor?.parent ?? null, expected, found)
  }

  private named(
    v: Extract<ValueGraph, { type: 'name' }>,
    tensor: Tensor | null,
    part: string,
    next: Continue,
  ): boolean {
    if (tensor === null && !v.optional)
      return this.nearest !== null && this.fail(v.name, null, `operand ${v.name}`, 'none')
    if (v.constant && !tensor?.isConstant)
      return (
        this.nearest !== null && this.fail(v.name, tensor?.parent ?? null, `a constant ${v.name}`, describe(tensor))
      )
    const known = this.values.get(v.name)
    if (known !== undefined)
      return known === tensor || isSameConstant(known, tensor)
        ? next()
        : this.nearest !== null &&
            this.fail(v.name, tensor?.parent ?? null, `${v.name}, which is ${describe(known)}`, describe(tensor))
    const definition = this.rule.definitions.get(v.name)
    if (definition) {
      const layer = tensor?.parent
      if (definition.statement.value.type === 'number' || !layer)
        return this.undefinedLayer(definition.statement, v.name, tensor, next)
      if (layer.output(definition.index) !== tensor)
        return (
          this.nearest !== null &&
          this.fail(v.name, layer, `result ${definition.index} of ${layer.kind}`, describe(tensor))
        )
      if (this.statement(definition.statement, layer, next)) return true
      return this.maybeMissing(definition.statement.value, v.name, tensor, part, next)
    }
    return this.bind(v.name, tensor, next)
  }

  /** A value whose definition is no layer of its own, or one that may be missing. */
  private undefinedLayer(s: Statement, name: string, tensor: Tensor | null, next: Continue): boolean {
    if (s.value.type === 'call' && !s.value.maybe)
      return this.nearest !== null && this.fail(name, null, s.value.kind, describe(tensor))
    return this.value(s.value, tensor, name, () => this.bind(name, tensor, next))
  }

  /** A statement whose layer may be missing: its first operand stands for it; or an alternative that is no layer. */
  private maybeMissing(v: ValueGraph, name: string, tensor: Tensor | null, part: string, next: Continue): boolean {
    if (v.type === 'either') return v.of.some((x) => this.maybeMissing(x, name, tensor, part, next))
    if (v.type !== 'call') return this.value(v, tensor, part, () => this.bind(name, tensor, next))
    return v.maybe === true && this.value(v.operands[0]!, tensor, part, () => this.bind(name, tensor, next))
  }

  private bind(name: string, tensor: Tensor | null, next: Continue): boolean {
    this.values.set(name, tensor)
    if (next()) return true
    this.values.delete(name)
    return false
  }

  private call(v: CallGraph, layer: Layer, next: Continue): boolean {
    const part = this.rule.partOf.get(v)!
    if (layer.kind !== v.kind) return this.nearest !== null && this.fail(part, layer, v.kind, layer.kind)
    if (layer.record.removed || this.taken.has(layer))
      return this.nearest !== null && this.fail(part, layer, 'a layer that no other part has taken', layer.name)
    const bound: string[] = []
    const misfit = this.attributes.bind(v, layer, bound)
    if (misfit !== null) {
      if (this.nearest) this.failAttribute(v, layer, part, misfit)
      this.attributes.unbind(bound)
      return false
    }
    this.layers.set(part, layer)
    this.taken.add(layer)
    if (this.inSomeOrder(v, layer, part, next)) return true
    this.layers.delete(part)
    this.taken.delete(layer)
    this.attributes.unbind(bound)
    return false
  }

  /** Operands as they are written, or swapped, or in any order, as far as the kind does not care. */
  private inSomeOrder(v: CallGraph, layer: Layer, part: string, next: Continue): boolean {
    const isEitherWay = v.ordered !== true && commutes(layer.schema, layer.record.attributes)
    const many = v.operands.length > 2 || layer.numInputs > 2 || v.operands.some((o) => o.type === 'rest')
    if (isEitherWay && many && layer.schema?.inputs.at(-1)?.variadic)
      return this.anyOrder(v, layer, part, 0, new Set(), next)
    if (this.operands(v, layer, part, 0, 0, false, next)) return true
    const swap =
      isEitherWay && v.operands.length >= 2 && layer.numInputs >= 2 && v.operands.every((o) => o.type !== 'rest')
    return swap && this.operands(v, layer, part, 0, 0, true, next)
  }

  /** @param i which operand of the rule, and `at` which of the layer */
  private operands(
    v: CallGraph,
    layer: Layer,
    part: string,
    i: number,
    at: number,
    swapped: boolean,
    next: Continue,
  ): boolean {
    const operand = v.operands[i]
    if (!operand) return this.endOfOperands(v, layer, part, at, next)
    if (operand.type === 'rest') {
      // As many as there are, where none follows; else the fewest that leave the others something to match.
      const given = layer.operands.slice(at)
      const most = given.length - v.operands.slice(i + 1).filter((o) => o.type !== 'rest').length
      const isLast = i === v.operands.length - 1
      for (let count = isLast ? Math.max(most, 0) : 0; count <= most || isLast; count++) {
        const taken = given.slice(0, count)
        const then = (): boolean => this.operands(v, layer, part, i + 1, at + count, swapped, next)
        if (this.bindRest(operand.name, operand.constant === true, taken, part, then)) return true
        if (isLast) return false
      }
      return this.nearest !== null && this.fail(part, layer, printValue(v), `${layer.numInputs} operands`)
    }
    const from = swapped && at < 2 ? 1 - at : at
    return this.value(operand, layer.input(from), part, () =>
      this.operands(v, layer, part, i + 1, at + 1, swapped, next),
    )
  }

  private endOfOperands(v: CallGraph, layer: Layer, part: string, at: number, next: Continue): boolean {
    for (let j = at; j < layer.numInputs; j++)
      if (layer.input(j))
        return this.nearest !== null && this.fail(part, layer, `${v.operands.length} operands`, `${layer.numInputs}`)
    const large = stretching(v, layer)
    if (large)
      return this.nearest !== null && this.fail(part, layer, 'a number that leaves the rank as it is', describe(large))
    return next()
  }

  /** Operands of a sum, a minimum or their like: each finds a place of its own, and the rest takes what is left in its order. */
  private anyOrder(
    v: CallGraph,
    layer: Layer,
    part: string,
    i: number,
    used: ReadonlySet<number>,
    next: Continue,
  ): boolean {
    const ordered = v.operands.filter((o) => o.type !== 'rest')
    const operand = ordered[i]
    if (!operand) {
      const left = layer.operands.filter((t, j) => t && !used.has(j))
      const rest = v.operands.find((o) => o.type === 'rest')
      if (rest)
        return this.bindRest(rest.name, rest.constant === true, left, part, () =>
          this.endOfOperands(v, layer, part, Infinity, next),
        )
      if (left.length === 0) return this.endOfOperands(v, layer, part, Infinity, next)
      return this.nearest !== null && this.fail(part, layer, `${ordered.length} operands`, `${layer.numInputs}`)
    }
    for (let j = 0; j < layer.numInputs; j++) {
      if (used.has(j)) continue
      const now = new Set(used).add(j)
      if (this.value(operand, layer.input(j), part, () => this.anyOrder(v, layer, part, i + 1, now, next))) return true
    }
    if (operand.type === 'name' && operand.optional && layer.numInputs === used.size)
      return this.value(operand, null, part, () => this.anyOrder(v, layer, part, i + 1, used, next))
    return (
      this.nearest !== null &&
      this.fail(part, layer, `an operand ${printValue(operand)}`, `${layer.numInputs} operands`)
    )
  }

  /** Several values under one name: always the same ones; those of `...p = Split(x)` are all its results in their order. */
  private bindRest(
    name: string,
    constant: boolean,
    tensors: readonly (Tensor | null)[],
    part: string,
    next: Continue,
  ): boolean {
    const loose = constant ? tensors.find((t) => t && !t.isConstant) : undefined
    if (loose) return this.nearest !== null && this.fail(part, loose.parent, `constants ${name}`, describe(loose))
    const definition = this.rests.has(name) ? undefined : this.rule.restDefinitions.get(name)
    if (definition) {
      const layer = tensors[0]?.parent
      if (!layer)
        return (
          this.nearest !== null && this.fail(name, null, printValue(definition.value), describe(tensors[0] ?? null))
        )
      const results = layer.results.slice(definition.names.length)
      if (results.length !== tensors.length || results.some((t, i) => t !== tensors[i]))
        return this.nearest !== null && this.fail(name, layer, 'all of its results, in their order', 'others')
      return this.statement(definition, layer, next)
    }
    return this.setRest(name, tensors, next)
  }

  private setRest(name: string, tensors: readonly (Tensor | null)[], next: Continue): boolean {
    const known = this.rests.get(name)
    if (known) {
      const isSame = known.length === tensors.length && known.every((t, i) => t === tensors[i])
      return isSame ? next() : this.nearest !== null && this.fail(name, null, `...${name}, as before`, 'others')
    }
    this.rests.set(name, tensors)
    if (next()) return true
    this.rests.delete(name)
    return false
  }

  private failAttribute(v: CallGraph, layer: Layer, part: string, name: string): false {
    const wanted = this.attributes.wanted(v.attributes[name])
    const { expected, found } = attributeMismatch(name, wanted, layer.attribute(name), layer)
    return this.fail(part, layer, expected, found, 'condition')
  }

  /** Called only where reasons are asked for: its texts cost more than the search. */
  private fail(
    part: string,
    layer: Layer | null,
    expected: string,
    found: string,
    about: FailureAbout = 'part',
  ): false {
    this.nearest?.note({ root: this.root, part, layer, expected, found, about }, this.layers)
    return false
  }
}

/** Two constants that hold the same are one value. */
function isSameConstant(a: Tensor | null, b: Tensor | null): boolean {
  const [x, y] = [a?.value, b?.value]
  return x?.isAvailable === true && y !== undefined && x.equals(y)
}

/** A number of more dimensions than all that stands beside it: the result has them too, and the rule says nothing of that. */
function stretching(v: CallGraph, layer: Layer): Tensor | null {
  if (!v.operands.some((o) => o.type === 'number')) return null
  for (const t of layer.operands) {
    const rank = t?.value?.size === 1 ? t.value.shape.length : 0
    if (t && rank > 0 && layer.operands.every((o) => o === t || o === null || (o.rank ?? 0) < rank)) return t
  }
  return null
}
