import { BITS } from '../store/constant'
import { nearest } from '../network/nearest-name'
import type { Condition, Term, ValueGraph } from './graph'
import { partsOfTerm } from './graph'
import { placeOf } from './places'
import { printCondition } from './print'
import { RuleError } from './rule-error'
import { termFault, whyNeverAlike, whyNoCondition } from './sorts'

/** What a left side binds. */
export interface Bound {
  readonly values: ReadonlySet<string>
  /** Attribute variables, without their `$`. */
  readonly attributes: ReadonlySet<string>
  /** Several attributes under one name. */
  readonly others: ReadonlySet<string>
  /** Several values under one name. */
  readonly rests: ReadonlySet<string>
}

/**
 * Whether conditions speak of what the left side binds. A bare word is a type or a kind, and so stands beside a property that is
 * one; anywhere else a value was meant, and the condition would never hold.
 * @throws RuleError that names the condition
 */
export function checkWhere(conditions: readonly Condition[], bound: Bound): void {
  for (const c of conditions) checkOne(c, bound)
}

function checkOne(c: Condition, bound: Bound): void {
  if (c.type === 'not') return checkOne(c.of, bound)
  if (c.type === 'and' || c.type === 'or') return checkWhere(c.of, bound)
  if (c.type === 'given') return checkGiven(c, bound)
  const terms = new TermCheck(c, bound)
  if (c.type === 'holds') {
    terms.check(c.term, null)
    return terms.fail(c, whyNoCondition(c.term, bound.rests))
  }
  if (c.type !== 'compare') return
  terms.check(c.left, c.right)
  terms.check(c.right, c.left)
  terms.fail(c, whyNeverAlike(c.op, c.left, c.right, bound.rests))
}

function checkGiven(c: Extract<Condition, { type: 'given' }>, bound: Bound): void {
  const isBound = (c.attribute ? bound.attributes : bound.values).has(c.name)
  if (!isBound)
    throw new RuleError(
      `where ${printCondition(c)}: the left side binds no ${c.attribute ? '$' : ''}${c.name}`,
      placeOf(c),
    )
}

class TermCheck {
  constructor(
    private readonly condition: Condition,
    private readonly bound: Bound,
  ) {}

  /** @param why null where nothing is wrong */
  fail(at: object, why: string | null): void {
    if (why !== null) this.wrong(at, why)
  }

  /** @param beside what it is compared with: it says which words mean something */
  check(t: Term, beside: Term | null): void {
    const { values, attributes, rests } = this.bound
    if (t.type === 'property' && !values.has(t.of) && !rests.has(t.of))
      this.wrong(t, `the left side binds no ${t.of}; it has ${[...values].join(', ')}`, nearest(t.of, [...values]))
    if (t.type === 'attribute' && !attributes.has(t.name)) this.wrong(t, `the left side binds no $${t.name}`)
    if (t.type === 'literal' && typeof t.value === 'string') this.word(t, t.value, beside)
    const fault = termFault(t, rests)
    if (fault) this.wrong(fault.at, fault.why)
    if (t.type === 'inferred') this.operands(t.of)
    if (t.type === 'every' || t.type === 'choose') checkOne(t.condition, this.bound)
    if (t.type === 'every') return
    if (t.type === 'choose') return [t.yes, t.no].forEach((x) => this.check(x, beside))
    const inside = t.type === 'list' ? beside : null
    partsOfTerm(t).forEach((x) => this.check(x, inside))
  }

  private operands(v: ValueGraph): void {
    if (v.type === 'name' && !this.bound.values.has(v.name)) this.wrong(v, `the left side binds no ${v.name}`)
    if (v.type === 'rest' && !this.bound.rests.has(v.name)) this.wrong(v, `the left side binds no ...${v.name}`)
    if (v.type !== 'call') return
    if (v.kind.startsWith('$')) this.wrong(v, `the left side binds no ${v.kind}`)
    v.operands.forEach((x) => this.operands(x))
    for (const a of Object.values(v.attributes))
      if ('variable' in a && !this.bound.attributes.has(a.variable))
        this.wrong(v, `the left side binds no $${a.variable}`)
    if (v.otherAttributes !== undefined && !this.bound.others.has(v.otherAttributes))
      this.wrong(v, `the left side binds no ...$${v.otherAttributes}`)
  }

  /** A bare word is a type or a kind, and stands beside what is one; anywhere else a value was meant. */
  private word(t: Term, word: string, beside: Term | null): void {
    const property = beside?.type === 'property' || beside?.type === 'inferred' ? beside.name : null
    if (beside?.type === 'attribute' || property === 'kind') return
    if (property === 'shape') this.wrong(t, `no size is called ${word}: sizes are named as in x.shape == [B, 64]`)
    if (property !== 'dtype') this.noValue(t, word)
    if (!Object.hasOwn(BITS, word)) this.wrong(t, `there is no type ${word}`, nearest(word, Object.keys(BITS)))
  }

  private noValue(t: Term, word: string): never {
    const { values, attributes } = this.bound
    if (attributes.has(word)) this.wrong(t, `an attribute is written $${word}`, null, `$${word}`)
    if (values.has(word))
      this.wrong(t, `${word} is no value to compare: write a property of it, as ${word}.value`, null, `${word}.value`)
    this.wrong(t, `${word} is no value of the left side; write a property of one, as x.rank`)
  }

  private wrong(at: object, why: string, near: string | null = null, instead: string | null = null): never {
    const hint = near === null || why.includes(near) ? '' : `: do you mean ${near}?`
    throw new RuleError(
      `where ${printCondition(this.condition)}: ${why}${hint}`,
      placeOf(at) ?? placeOf(this.condition),
      instead,
    )
  }
}
