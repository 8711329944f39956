/** What stands for Python's values while a rule's functions are followed. */
import type { Condition } from './conditions'
import type { MadeLayer, Operand } from './layers'
import type { PythonFile } from './python-file'
import type { SyntaxNode } from './syntax'

/** Where a value is not None; without it always. */
interface Maybe {
  readonly given?: Condition
}

/** A number, a list or a word that a rule reckons with. */
export interface TermValue extends Maybe {
  readonly type: 'term'
  readonly text: string
  /** A list, as Python compares it; `each` stands for its elements one by one, as numpy and loops do. */
  readonly is: 'number' | 'list' | 'each'
  /** Whether it stands in one dimension; of a constant's numbers that is a condition. */
  readonly flat?: Condition
  /** Surely whole. */
  readonly whole?: boolean
  /** The same number, so many times. */
  readonly filled?: { readonly value: string; readonly count: string }
}

/** Numbers of several dimensions: constants, and what is worked out of them. */
export interface TensorValue extends Maybe {
  readonly type: 'tensor'
  /** As an operand; null where it is told as numbers only. */
  readonly operand: Operand | null
  /** As numbers; null where only a layer gives them. */
  readonly numbers: Value | null
  readonly shape: Value | null
  /** As a rule writes it: float32, or $to. */
  readonly dtype: string | null
}

export interface ListValue {
  readonly type: 'list'
  items: Value[]
  /** In how many loops it was made. */
  readonly depth: number
}

export interface SelfValue {
  readonly type: 'self'
  readonly owner: ClassValue
  readonly fields: Map<string, Value>
}

export interface ClassValue {
  readonly type: 'class'
  readonly file: PythonFile
  readonly node: SyntaxNode
}

export interface FunctionValue {
  readonly type: 'function'
  readonly file: PythonFile
  readonly node: SyntaxNode
  readonly scope: Scope | null
  readonly self: SelfValue | null
  /** The class that it stands in. */
  readonly owner: ClassValue | null
}

export type Value = Maybe &
  (
    | { readonly type: 'none' }
    | { readonly type: 'bool'; readonly is: Condition }
    | { readonly type: 'number'; readonly value: number }
    | { readonly type: 'string'; readonly value: string }
    /** Names and messages: nothing may depend on them. */
    | { readonly type: 'opaque'; readonly at: SyntaxNode }
    | ListValue
    | { readonly type: 'dictionary'; readonly entries: Map<string, Value> }
    | TermValue
    | TensorValue
    /** `[[0], [1], …]` */
    | { readonly type: 'column'; readonly of: TermValue }
    /** Several items of a list, of which only the match knows how many. */
    | { readonly type: 'spread'; readonly of: TermValue }
    /** Elements of several lists side by side, all at once. */
    | { readonly type: 'zipped'; readonly parts: readonly Value[]; readonly length: string }
    /** A type, by its name or as the variable that holds it. */
    | { readonly type: 'dtype'; readonly text: string }
    | { readonly type: 'value'; readonly of: Operand }
    | { readonly type: 'node'; readonly of: MadeLayer }
    | { readonly type: 'inputs'; readonly of: MadeLayer; readonly from: number; readonly to: number }
    /** How many operands a layer has. */
    | { readonly type: 'count'; readonly of: Extract<Value, { type: 'inputs' }> }
    | { readonly type: 'attribute'; readonly name: string; readonly text: string }
    | { readonly type: 'attributes'; readonly of: MadeLayer; readonly set: Map<string, Value> }
    | { readonly type: 'uses'; readonly of: Operand }
    | { readonly type: 'user'; readonly of: Operand }
    | { readonly type: 'result-of-check' }
    | { readonly type: 'failed' }
    | { readonly type: 'op' }
    | { readonly type: 'context' }
    /** A parameter of the pattern, of which it is not known yet whether it is a value or an attribute. */
    | { readonly type: 'parameter'; readonly name: string }
    | SelfValue
    | ClassValue
    | { readonly type: 'super'; readonly of: FunctionValue }
    | FunctionValue
    | { readonly type: 'method'; readonly of: Value; readonly name: string }
    /** What Python, numpy or onnxscript bring along, by its name. */
    | { readonly type: 'builtin'; readonly name: string }
    /** What a loop has left behind. */
    | { readonly type: 'lost'; readonly name: string }
  )

export interface Scope {
  readonly names: Map<string, Value>
  readonly parent: Scope | null
  readonly of: FunctionValue
  /** In how many loops it was made. */
  readonly depth: number
}

export interface Arguments {
  readonly given: readonly Value[]
  readonly named: ReadonlyMap<string, Value>
}

export const NONE: Value = { type: 'none' }
export const number = (value: number): Value => ({ type: 'number', value })
export const truth = (c: Condition): Value => ({ type: 'bool', is: c })
