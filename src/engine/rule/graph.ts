import type { AttributeValue, DType } from '../store/records'

/**
 * A declarative rule as plain values: its JSON form, and what text, drawing and matcher share.
 * Left side => right side, where conditions hold.
 */
export interface RuleGraph {
  readonly name: string
  /** Operators of a domain that are meant although nobody knows them (`operator com.microsoft.New`). */
  readonly operators?: readonly string[]
  /** Values defined on the left, in order; the last statement holds the root. */
  readonly left: readonly Statement[]
  /** Values made on the right; those that carry a left value's name replace it. */
  readonly right: readonly Statement[]
  readonly where: readonly Condition[]
  /** Other right sides, for where the conditions of those before do not hold; the first whose own do is taken. */
  readonly otherwise?: readonly Outcome[]
  /** What it claims of its results (E13). Without it: equal up to rounding. */
  readonly claim?: RuleClaim
  /** Rules of higher benefit are tried first. */
  readonly benefit?: number
  /** Small networks on which it has to match, or must not. */
  readonly examples?: readonly RuleExample[]
}

/** What becomes of a left side, and when. */
export type Outcome = Pick<RuleGraph, 'right' | 'where'>

/** To the bit, equal up to rounding, or an approximation that is chosen on purpose (E13). */
export type RuleClaim = 'exact' | 'rounding' | 'approximation'
export const RULE_CLAIMS: readonly RuleClaim[] = ['exact', 'rounding', 'approximation']

/** A network in text that belongs to a rule. */
export interface RuleExample {
  readonly expected: 'matches' | 'fails'
  /** What it shows; empty where nothing is said. */
  readonly title: string
  /** In the syntax of test networks: `in x float32[2,3]`, layers, `out y`. */
  readonly network: string
  /** Where it begins in the text of the rule; 0 where it was not read from one. */
  readonly line: number
}

export interface Statement {
  /** Names of the results, null for one without a name. */
  readonly names: readonly (string | null)[]
  readonly value: ValueGraph
  /** The layer may be used outside the match; then it stays (`&t = ...`). */
  readonly shared?: boolean
  /** On the left: named results that the layer may leave out (`y, s? = …`). The right side leaves out what nobody uses by itself. */
  readonly optional?: readonly string[]
  /** On the left: all further results (`a, ...p = Split(x)`). */
  readonly rest?: string
  /** On the right: it is worked out at once, of constants, and leaves one (`@v = Mul(w, s)`). */
  readonly folded?: boolean
}

/** What stands at an operand: on the left something to match, on the right something to make. */
export type ValueGraph =
  /** A value by name; free names are the rule's operands. `constant`: it must be one (`@w`). `optional`: may be absent (`b?`). */
  | { readonly type: 'name'; readonly name: string; readonly constant?: boolean; readonly optional?: boolean }
  | CallGraph
  /**
   * On the left a one-element constant however it is shaped; without `tolerance` (relative) the number rounded to the constant's
   * type. On the right a constant of type `dtype` (`0: int64`), or of the type that the place asks for.
   */
  | { readonly type: 'number'; readonly value: number; readonly tolerance?: number; readonly dtype?: DType }
  | { readonly type: 'either'; readonly of: readonly ValueGraph[] }
  /** Operand not given (`none`). */
  | { readonly type: 'absent' }
  /** On the right: a constant that is worked out from what was bound (`{ 1 / c.value }`); a list becomes int64, as sizes are. */
  | { readonly type: 'computed'; readonly term: Term; readonly dtype?: DType }
  /** Operands as many as there are (`...rest`); `constant`: each of them must be one (`...@c`). */
  | RestGraph

export interface RestGraph {
  readonly type: 'rest'
  readonly name: string
  readonly constant?: boolean
}

export interface CallGraph {
  readonly type: 'call'
  /** `$f` for a kind variable: any of `kinds` on the left, the same one on the right. */
  readonly kind: string
  readonly kinds?: readonly string[]
  readonly operands: readonly ValueGraph[]
  readonly attributes: Readonly<Record<string, AttributeGraph>>
  /** `<...$at>`: on the left it takes all attributes that are not named, on the right it gives them, but for those named there. */
  readonly otherAttributes?: string
  /** On the left: the layer may be missing, its first operand stands for it then (`Cast?(x)`). */
  readonly maybe?: boolean
  /** On the left: operands that may be swapped are matched in this order only (`Add!(x, y)`). */
  readonly ordered?: boolean
}

/**
 * A literal; a variable that takes the value on the left and gives it on the right (`axis=$a`), `optional` where it may be left out
 * on both sides (`perm=$p?`); on the right what a term comes to (`alpha={s.value / 2}`); on the left that it is not given (`none`).
 */
export type AttributeGraph =
  | { readonly literal: Literal }
  | { readonly variable: string; readonly optional?: boolean }
  | { readonly computed: Term }
  | { readonly absent: true }
export type Literal = Exclude<AttributeValue, object> | readonly number[] | readonly string[]

/** A condition on what was bound; `text` is how it was written, for the reason of a failure. */
export type Condition =
  | { readonly type: 'compare'; readonly op: CompareOp; readonly left: Term; readonly right: Term }
  | { readonly type: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly type: 'not'; readonly of: Condition }
  | { readonly type: 'holds'; readonly term: Term }
  /** An optional operand, or with `attribute` an optional attribute, is there (`given b`, `given $p`). */
  | { readonly type: 'given'; readonly name: string; readonly attribute?: boolean }

export type CompareOp = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in'

export type Term =
  | { readonly type: 'literal'; readonly value: number | string | boolean }
  | { readonly type: 'list'; readonly of: readonly Term[] }
  | { readonly type: 'attribute'; readonly name: string }
  /** A property of a value: dtype, rank, shape, size, uses, value, isConstant, isInput, isOutput. `index` picks from a list. */
  | { readonly type: 'property'; readonly of: string; readonly name: string; readonly index?: number }
  /** The type that a layer would have, were it made (`MatMul(a, b).shape`). */
  | { readonly type: 'inferred'; readonly of: CallGraph; readonly name: string }
  /** Element by element on lists; `++` puts lists together. */
  | {
      readonly type: 'arithmetic'
      readonly op: '+' | '-' | '*' | '/' | '%' | '++'
      readonly left: Term
      readonly right: Term
    }
  /** One element of a list, or with a list those at its places (`$p[$q]`). */
  | { readonly type: 'pick'; readonly of: Term; readonly at: Term }
  /** A part of a list (`x.shape[:-1]`). */
  | { readonly type: 'slice'; readonly of: Term; readonly from?: Term; readonly to?: Term }
  | { readonly type: 'function'; readonly name: string; readonly of: readonly Term[] }
  /** Whether a condition holds of elements, all or any of them (`all($p < 4)`). */
  | { readonly type: 'every'; readonly of: 'all' | 'any'; readonly condition: Condition }
  /** One of two, by a condition; element by element where that is of elements (`choose(x.shape == 1, 0, 1)`). */
  | { readonly type: 'choose'; readonly condition: Condition; readonly yes: Term; readonly no: Term }
  /** What stands for something that is absent or not known (`a.value ?? 0`). */
  | { readonly type: 'default'; readonly of: Term; readonly otherwise: Term }
  /** Version of the operator set. */
  | { readonly type: 'opset' }

/** The terms right inside a term. */
export function partsOfTerm(t: Term): readonly Term[] {
  switch (t.type) {
    case 'list':
    case 'function':
      return t.of
    case 'arithmetic':
      return [t.left, t.right]
    case 'every':
      return termsOfCondition(t.condition)
    case 'choose':
      return [...termsOfCondition(t.condition), t.yes, t.no]
    case 'pick':
      return [t.of, t.at]
    case 'slice':
      return [t.of, t.from, t.to].filter((x) => x !== undefined)
    case 'default':
      return [t.of, t.otherwise]
    default:
      return []
  }
}

/** The terms right inside a condition. */
export function termsOfCondition(c: Condition): readonly Term[] {
  if (c.type === 'compare') return [c.left, c.right]
  if (c.type === 'and' || c.type === 'or') return c.of.flatMap(termsOfCondition)
  if (c.type === 'not') return termsOfCondition(c.of)
  return c.type === 'holds' ? [c.term] : []
}

/** The layers of a statement list, those inside others and of all alternatives included. */
export function callsIn(statements: readonly Statement[]): CallGraph[] {
  const found: CallGraph[] = []
  const visit = (v: ValueGraph): void => {
    if (v.type === 'either') v.of.forEach(visit)
    if (v.type !== 'call') return
    found.push(v)
    v.operands.forEach(visit)
  }
  for (const s of statements) visit(s.value)
  return found
}

/** Names of the values that a statement list defines. */
export function definedNames(statements: readonly Statement[]): Set<string> {
  return new Set(statements.flatMap((s) => s.names.filter((n) => n !== null)))
}

/** The values that a value names, those that stand for several included. */
export function namesIn(v: ValueGraph): string[] {
  if (v.type === 'name' || v.type === 'rest') return [v.name]
  if (v.type === 'either') return v.of.flatMap(namesIn)
  return v.type === 'call' ? v.operands.flatMap(namesIn) : []
}

/** A statement whose value is computed from itself, through others or directly; null where there is none. */
export function circularStatement(statements: readonly Statement[]): Statement | null {
  const maker = new Map(statements.flatMap((s) => [...s.names, s.rest].map((name) => [name, s] as const)))
  const ahead = new Map(statements.map((s) => [s, namesIn(s.value).flatMap((name) => maker.get(name) ?? [])] as const))
  for (let before = -1; before !== ahead.size;) {
    before = ahead.size
    for (const [s, needs] of ahead) if (needs.every((n) => !ahead.has(n))) ahead.delete(s)
  }
  const [first] = ahead.keys()
  return first ?? null
}

/** Where a name gets its value: the statement, and which of its results. */
export interface Definition {
  readonly statement: Statement
  readonly index: number
}
