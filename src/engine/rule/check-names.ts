import { checkWhere } from './check-where'
import type { Bound } from './check-where'
import type { AttributeGraph, RuleGraph, Term, ValueGraph } from './graph'
import { partsOfTerm } from './graph'
import { placeOf } from './places'
import { RuleError } from './rule-error'
import { termFault, whyNoNumber } from './sorts'

/**
 * Whether the right side and the conditions speak only of what the left binds, or the right defined before.
 * @throws RuleError with the place of the first name that does not
 */
export function checkNames(graph: RuleGraph): void {
  const bound = new Names(graph)
  checkWhere(graph.where, bound)
  new RightNames(graph, bound).check()
}

/** What a left side binds. */
class Names implements Bound {
  readonly values = new Set<string>()
  readonly rests = new Set<string>()
  readonly attributes = new Set<string>()
  readonly others = new Set<string>()

  constructor(graph: RuleGraph) {
    for (const s of graph.left) {
      for (const n of s.names) if (n !== null) this.values.add(n)
      if (s.rest !== undefined) this.rests.add(s.rest)
    }
    for (const s of graph.left) this.collect(s.value)
    this.checkDistinct(graph.name)
  }

  private collect(v: ValueGraph): void {
    if (v.type === 'name') this.values.add(v.name)
    if (v.type === 'rest') this.rests.add(v.name)
    if (v.type === 'either') v.of.forEach((x) => this.collect(x))
    if (v.type !== 'call') return
    for (const a of Object.values(v.attributes)) if ('variable' in a) this.attributes.add(a.variable)
    if (v.otherAttributes !== undefined) this.others.add(v.otherAttributes)
    v.operands.forEach((x) => this.collect(x))
  }

  private checkDistinct(rule: string): void {
    const both = [...this.rests].find((name) => this.values.has(name))
    if (both !== undefined)
      throw new RuleError(`rule ${rule} uses ${both} for one value and ...${both} for several: name one of them anew`)
    const twice = [...this.others].find((name) => this.attributes.has(name))
    if (twice !== undefined)
      throw new RuleError(
        `rule ${rule} uses $${twice} for one attribute and ...$${twice} for several: name one of them anew`,
      )
  }
}

class RightNames {
  private readonly known: Set<string>

  constructor(
    private readonly graph: RuleGraph,
    private readonly bound: Names,
  ) {
    this.known = new Set(bound.values)
  }

  check(): void {
    for (const s of this.graph.right) {
      this.value(s.value)
      for (const n of s.names) if (n !== null) this.known.add(n)
    }
  }

  private unbound(name: string, at: object): never {
    throw new RuleError(
      `the right side of rule ${this.graph.name} uses ${name}, which the left side does not bind`,
      placeOf(at),
    )
  }

  private value(v: ValueGraph): void {
    const { rests, others } = this.bound
    if (v.type === 'name' && !this.known.has(v.name)) {
      if (rests.has(v.name))
        throw new RuleError(`${v.name} stands for several operands: write ...${v.name}`, placeOf(v), `...${v.name}`)
      this.unbound(v.name, v)
    }
    if (v.type === 'rest' && !rests.has(v.name)) this.unbound(`...${v.name}`, v)
    if (v.type === 'computed') {
      this.term(v.term, true)
      const why = whyNoNumber(v.term, rests)
      if (why) throw new RuleError(why, placeOf(v) ?? placeOf(v.term))
    }
    if (v.type !== 'call') return
    if (v.kind.startsWith('$')) this.unbound(v.kind, v)
    if (v.otherAttributes !== undefined && !others.has(v.otherAttributes)) this.unbound(`...$${v.otherAttributes}`, v)
    for (const a of Object.values(v.attributes)) this.attribute(a, v)
    v.operands.forEach((x) => this.value(x))
  }

  private attribute(a: AttributeGraph, at: object): void {
    if ('variable' in a) this.variable(a.variable, at)
    if ('computed' in a) this.term(a.computed, false)
  }

  private variable(name: string, at: object): void {
    if (this.bound.others.has(name))
      throw new RuleError(`$${name} stands for several attributes: write ...$${name}`, placeOf(at))
    if (!this.bound.attributes.has(name)) this.unbound(`$${name}`, at)
  }

  /** @param isConstant it becomes one: then a word in it is no value */
  private term(t: Term, isConstant: boolean): void {
    if (t.type === 'attribute') this.variable(t.name, t)
    if (t.type === 'property' && !this.bound.values.has(t.of) && !this.bound.rests.has(t.of)) this.unbound(t.of, t)
    const fault = termFault(t, this.bound.rests)
    if (fault) {
      const places = [t, ...partsOfTerm(t)].map(placeOf)
      throw new RuleError(fault.why, places.find((x) => x !== null) ?? null)
    }
    if (t.type === 'every' || t.type === 'choose') checkWhere([t.condition], this.bound)
    if (t.type === 'every') return
    if (t.type === 'choose') return [t.yes, t.no].forEach((x) => this.term(x, isConstant))
    if (t.type === 'function' && t.name === 'tensor') return this.term(t.of[0]!, false)
    if (t.type === 'inferred') this.value(t.of)
    if (isConstant && t.type === 'literal' && typeof t.value === 'string') {
      const hint = this.known.has(t.value)
        ? `write a property of it, as ${t.value}.value`
        : 'the left side binds no such size'
      throw new RuleError(`${t.value} is no number: ${hint}`, placeOf(t))
    }
    partsOfTerm(t).forEach((x) => this.term(x, isConstant))
  }
}
