import { BITS } from '../store/constant'
import type { Condition, Term } from './graph'
import { printCondition } from './print'
import { RuleError } from './rule-error'

/** What a left side binds. */
export interface Bound {
  readonly values: ReadonlySet<string>
  /** Attribute variables, without their `$`. */
  readonly attributes: ReadonlySet<string>
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
  if (c.type === 'and' || c.type === 'or') return checkWhere(c.of, bound)
  if (c.type === 'not') return checkOne(c.of, bound)
  const wrong = (why: string): never => {
    throw new RuleError(`where ${printCondition(c)}: ${why}`)
  }
  const checkTerm = (t: Term, beside: Term | null): void => {
    if (t.type === 'property' && !bound.values.has(t.of))
      wrong(`the left side binds no ${t.of}; it has ${[...bound.values].join(', ')}`)
    if (t.type === 'attribute' && !bound.attributes.has(t.name)) wrong(`the left side binds no $${t.name}`)
    if (t.type === 'list') t.of.forEach((x) => checkTerm(x, beside))
    if (t.type === 'arithmetic') [t.left, t.right].forEach((x) => checkTerm(x, null))
    if (t.type === 'literal' && typeof t.value === 'string') checkWord(t.value, beside)
  }
  const checkWord = (word: string, beside: Term | null): void => {
    const property = beside?.type === 'property' ? beside.name : null
    if (beside?.type === 'attribute' || property === 'kind' || property === 'shape') return
    if (property !== 'dtype') wrong(`${word} is no value of the left side; write a property of one, as x.rank`)
    if (!Object.hasOwn(BITS, word)) wrong(`there is no type ${word}`)
  }
  if (c.type === 'holds') checkTerm(c.term, null)
  if (c.type !== 'compare') return
  checkTerm(c.left, c.right)
  checkTerm(c.right, c.left)
}
