/** What the parts that follow Python ask of each other. */
import type { Condition } from './conditions'
import type { LeftSide, Operand } from './layers'
import { Untold } from './syntax'
import type { SyntaxNode } from './syntax'
import type { Arguments, ListValue, Scope, Value } from './values'

export interface Machine {
  readonly left: LeftSide
  /** Which side the layers of `op` belong to. */
  readonly side: 'left' | 'right'
  /** Where a condition leads: both ways are followed, one after the other. */
  decide(c: Condition): boolean
  /** It would go wrong in Python otherwise: there the rule does not hold. */
  assume(c: Condition): void
  /** A value that is not None, from here on. */
  sure(v: Value): Value
  evaluate(node: SyntaxNode, scope: Scope): Value
  call(f: Value, args: Arguments, at: SyntaxNode): Value
  condition(v: Value, at: SyntaxNode): Condition
  /** What is asked for under a condition, and what it needs there. */
  asking<T>(under: Condition, ask: () => T): { readonly assumed: readonly Condition[]; readonly result: T }
  /** A member of a class, an object of one, or what it builds on; null for other values. */
  ownMember(of: Value, name: string, at: SyntaxNode): Value | null
  /** Changes something, so that it can be taken back. */
  change(now: () => void, back: () => void): void
  readonly depth: number
  /** All elements are gone through at once. */
  readonly isInLoop: boolean
  /** A parameter of the pattern as an operand, or as an attribute, of which it is one from then on. */
  parameterAsValue(name: string): Operand
  parameterAsAttribute(name: string): string
  /** What a check and a replacement get under a name. */
  bind(name: string, v: Value): void
  operandIn(v: Value): Operand
  /** Layers that work out constants. */
  reckon(name: string, given: readonly Value[]): Value | null
  /** What a loop leaves behind. */
  note(event: LoopEvent): void
  /** A list that a loop over what only the match knows fills; false outside of such. */
  appendInLoop(list: ListValue, v: Value): boolean
  textOf(node: SyntaxNode): string
}

/** What a body of a loop does to what stands outside of it. */
export type LoopEvent =
  /** A name, or a field, that is another one for each element: nobody can say what it is afterwards. */
  | { readonly type: 'lost'; readonly place: string; readonly write: (v: Value) => void }
  | { readonly type: 'append'; readonly list: ListValue; readonly value: Value }
  /** `list[i] = v`; `[v, *list]` */
  | {
      readonly type: 'put'
      readonly place: string
      readonly index: string
      readonly value: Value
      readonly before: Value
      readonly write: (v: Value) => void
    }
  | {
      readonly type: 'prepend'
      readonly place: string
      readonly value: Value
      readonly before: Value
      readonly write: (v: Value) => void
    }

/** One way through Python: what has to hold for it, and where it ends. */
export interface Way {
  readonly conditions: readonly Condition[]
  readonly failed: boolean
  readonly returned: Value | null
  readonly events: readonly LoopEvent[]
}

/** Ends a way on which the rule does not hold. */
export class Failed extends Error {}

export const untold = (m: Machine, node: SyntaxNode, what = 'is worked out by code'): Untold =>
  new Untold(`${m.textOf(node).replace(/\s+/g, ' ').slice(0, 60).trim()} ${what}`, node)
