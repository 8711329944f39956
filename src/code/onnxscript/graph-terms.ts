/** Conditions of a rule that are made here, and what others ask. */
import { printCondition } from '../../engine'
import type { CompareOp, Condition, Term } from '../../engine'

export const valueOf = (of: string, name: string): Term => ({ type: 'property', of, name })

export const functionOf = (name: string, of: readonly Term[]): Term => ({ type: 'function', name, of })

export function compared(left: Term, op: CompareOp, right: Term | number | string): Condition {
  return { type: 'compare', op, left, right: typeof right === 'object' ? right : { type: 'literal', value: right } }
}

/** The same for conditions that are the same. */
export const conditionKey = (c: Condition): string => printCondition(c)

/** Whether a condition that has to hold limits the rank of a value. */
export const isRankAsked = (name: string, where: readonly Condition[]): boolean =>
  where.some((c) => asks(c, name, 'rank') && c.op !== '>' && c.op !== '>=' && c.op !== '!=')

/** Whether it has to have one element. */
export const isSizeAsked = (name: string, where: readonly Condition[]): boolean =>
  where.some((c) => asks(c, name, 'size') && c.op === '==')

function asks(c: Condition, of: string, property: string): c is Extract<Condition, { type: 'compare' }> {
  return c.type === 'compare' && c.left.type === 'property' && c.left.of === of && c.left.name === property
}
