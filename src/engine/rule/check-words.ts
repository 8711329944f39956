import type { AttributeSchema } from '../network/dialect'
import type { Schemas } from '../network/schemas'
import { attributeVariables, failName, leftFault } from './check-operators'
import { nearest } from '../network/nearest-name'
import { codeOf } from './dtype-codes'
import type { Condition, RuleGraph, Term, ValueGraph } from './graph'
import { partsOfTerm } from './graph'
import { placeOf } from './places'
import { RuleError } from './rule-error'

/**
 * Holds the words of conditions against what is known of operators: the kinds that they name, what an attribute may be, and layers whose
 * type they ask for.
 * @throws RuleError with the place of the first that is wrong
 */
export function checkWords(rule: RuleGraph, schemas: Schemas): void {
  const words = new Words(schemas, attributeVariables(rule, schemas), rule.operators)
  rule.where.forEach((c) => words.condition(c))
}

class Words {
  constructor(
    private readonly schemas: Schemas,
    private readonly attributes: ReadonlyMap<string, AttributeSchema>,
    private readonly declared: readonly string[] | undefined,
  ) {}

  condition(c: Condition): void {
    if (c.type === 'and' || c.type === 'or') c.of.forEach((x) => this.condition(x))
    if (c.type === 'not') this.condition(c.of)
    if (c.type === 'holds') this.term(c.term)
    if (c.type !== 'compare') return
    this.beside(c.left, c.right)
    this.beside(c.right, c.left)
    this.term(c.left)
    this.term(c.right)
  }

  private term(t: Term): void {
    if (t.type === 'inferred') this.layer(t.of)
    if (t.type === 'every' || t.type === 'choose') this.condition(t.condition)
    partsOfTerm(t).forEach((x) => this.term(x))
  }

  private layer(v: ValueGraph): void {
    if (v.type !== 'call') return
    failName({ kind: v.kind, at: v }, this.schemas, this.declared)
    const fault = leftFault(v, this.schemas)
    if (fault !== null) throw new RuleError(fault, placeOf(v))
    v.operands.forEach((x) => this.layer(x))
  }

  /** What a property or an attribute is compared with. */
  private beside(of: Term, t: Term): void {
    if (t.type === 'list') return t.of.forEach((x) => this.beside(of, x))
    if (t.type !== 'literal') return
    if (of.type === 'property' && of.name === 'kind' && typeof t.value === 'string')
      failName({ kind: t.value, at: t }, this.schemas, this.declared)
    const known = of.type === 'attribute' ? this.attributes.get(of.name) : undefined
    if (of.type === 'attribute' && known) this.attribute(of.name, known, t)
  }

  private attribute(name: string, { type, values }: AttributeSchema, t: Extract<Term, { type: 'literal' }>): void {
    const { value } = t
    const isText = type === 'STRING' || type === 'STRINGS'
    const fail = (why: string, near: string | null = null): never => {
      throw new RuleError(`$${name} ${why}${near === null ? '' : `: do you mean ${near}?`}`, placeOf(t), near)
    }
    if (typeof value === 'number' && isText) fail(`is a string, and never ${value}`)
    if (typeof value !== 'string' || codeOf(value) !== undefined) return
    if (!isText) fail(`is a number, and never ${value}`)
    if (values && !values.includes(value)) fail(`is one of ${values.join(', ')}`, nearest(value, values))
  }
}
