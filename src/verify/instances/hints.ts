import type { AttributeValue, Condition, DType, RuleGraph, Term } from '../../engine'
import { callsIn, codeOf, partsOfTerm, termsOfCondition } from '../../engine'

export type NamedValue = number | readonly number[]

export interface Hints {
  readonly dtypes: DType[]
  readonly ranks: number[]
  /** What constants are held to, by their names. */
  readonly values: Map<string, NamedValue[]>
  /** What attribute variables are held to. */
  readonly attributes: Map<string, AttributeValue[]>
  /** Values that conditions ask numbers of: only constants have them. */
  readonly held: Set<string>
  /** Values that must not be constants. */
  readonly computed: Set<string>
}

/** The types, ranks and numbers that conditions speak of: most of what they name is what they allow. */
export function hintsOf(conditions: readonly Condition[]): Hints {
  const found: Hints = {
    dtypes: [],
    ranks: [],
    values: new Map(),
    attributes: new Map(),
    held: new Set(),
    computed: new Set(),
  }
  const visit = (c: Condition): void => {
    if (c.type === 'not' && c.of.type === 'holds' && c.of.term.type === 'property' && c.of.term.name === 'isConstant')
      found.computed.add(c.of.term.of)
    if (c.type === 'and' || c.type === 'or') return c.of.forEach(visit)
    if (c.type !== 'compare') return
    noteValue(c, found.values)
    noteAttribute(c, found.attributes)
    if (c.left.type !== 'property') return
    const of = c.right.type === 'list' ? c.right.of : [c.right]
    const values = of.flatMap((t) => (t.type === 'literal' ? [t.value] : []))
    if (c.op !== '==' && c.op !== 'in') return
    if (c.left.name === 'dtype') found.dtypes.push(...(values as DType[]))
    if (c.left.name === 'rank') found.ranks.push(...values.filter((x) => typeof x === 'number'))
  }
  conditions.forEach(visit)
  for (const t of conditions.flatMap(termsOfCondition)) noteHeld(t, found.held)
  return { ...found, dtypes: found.dtypes.filter((t) => t !== 'bfloat16') }
}

function noteHeld(t: Term, into: Set<string>): void {
  if (t.type === 'property' && t.name === 'value') into.add(t.of)
  partsOfTerm(t).forEach((x) => noteHeld(x, into))
}

/** `c.value == 6`, `c.value == [1, -1]`, `abs(c.value - 6) <= 0.001` */
function noteValue(c: Extract<Condition, { type: 'compare' }>, into: Map<string, NamedValue[]>): void {
  const near = c.left.type === 'function' && c.left.name === 'abs' ? c.left.of[0] : null
  const [of, wanted] = near?.type === 'arithmetic' && near.op === '-' ? [near.left, near.right] : [c.left, c.right]
  if (of?.type !== 'property' || of.name !== 'value') return
  const value = literalOf(wanted)
  if (value !== null) into.set(of.of, [...(into.get(of.of) ?? []), value])
}

/** `$a == "tanh"`, `$p == [1, 0]`, `$to in [float16, float32]`; what it must not be too, which is near. */
function noteAttribute(c: Extract<Condition, { type: 'compare' }>, into: Map<string, AttributeValue[]>): void {
  if (c.left.type !== 'attribute' || c.op === '<' || c.op === '>') return
  const of = c.op === 'in' && c.right.type === 'list' ? c.right.of : [c.right]
  const values = of.flatMap((t): AttributeValue[] => {
    if (t.type === 'literal' && typeof t.value === 'string') return [codeOf(t.value) ?? t.value]
    const value = literalOf(t)
    return value === null ? [] : [value]
  })
  into.set(c.left.name, [...(into.get(c.left.name) ?? []), ...values])
}

function literalOf(t: Term): NamedValue | null {
  if (t.type === 'literal') return typeof t.value === 'number' ? t.value : null
  if (t.type === 'arithmetic' && t.op === '-' && t.left.type === 'literal' && t.left.value === 0) {
    const of = literalOf(t.right)
    return typeof of === 'number' ? -of : null
  }
  const items = t.type === 'list' ? t.of.map(literalOf) : []
  return items.length > 0 && items.every((x) => typeof x === 'number') ? items : null
}

/** Ranks that the operators of a rule take. */
export function ranksFor(rule: RuleGraph): readonly number[] {
  const kinds = operatorsOf(rule)
  const has = (...names: string[]): boolean => kinds.some((k) => names.some((n) => k.includes(n)))
  if (has('Gemm')) return [2]
  if (has('DepthToSpace', 'SpaceToDepth', 'Resize')) return [4]
  if (has('Conv', 'Pool', 'BatchNorm', 'InstanceNorm')) return [4, 3]
  return has('MatMul') ? [2, 3] : [1, 2, 3, 4, 0]
}

/** Operators that take true and false, or do not look at what they move. */
const TRUTH = /^(And|Or|Xor|Not|Identity|Expand|Reshape|Squeeze|Unsqueeze|Transpose|Flatten|Concat|Slice|Gather|Tile)$/

/** Types that the operators of a rule take: floats, but for those that take none. */
export function typesFor(rule: RuleGraph): readonly DType[] {
  const kinds = operatorsOf(rule)
  const has = (of: RegExp): boolean => kinds.some((k) => of.test(k))
  if (kinds.every((k) => TRUTH.test(k)) && has(/^(And|Or|Xor|Not)$/)) return ['bool']
  if (has(/^Bitwise/)) return ['int32', 'uint8', 'int64']
  if (has(/^BitShift$/)) return ['uint8', 'uint32', 'uint64']
  if (has(/^Mod$/)) return ['int32', 'int64']
  if (has(/^(ConvInteger|MatMulInteger|QLinear)/)) return ['uint8']
  if (!kinds.every((k) => ANY_NUMBER.test(k))) return FLOATS
  const small: readonly DType[] = kinds.every((k) => SMALL_TOO.test(k)) ? ['int8', 'uint8', 'uint64'] : []
  return [...FLOATS, ...FLOATS, 'int32', 'int64', ...small]
}

const FLOATS: readonly DType[] = ['float32', 'float32', 'float16', 'float64']

/** Operators that take whole numbers as well, which are rounded otherwise and go round. */
const ANY_NUMBER =
  /^(Add|Sub|Mul|Div|Neg|Abs|Sign|Max|Min|Clip|Relu|Sum|Where|Equal|Less|Greater|LessOrEqual|GreaterOrEqual|Identity|Cast|Concat|Split|Slice|Gather|Reshape|Transpose|Squeeze|Unsqueeze|Expand|Tile|Flatten|Pad|MatMul|ReduceSum|ReduceMax|ReduceMin|ReduceProd|ReduceMean|CumSum)$/

/** Those of them that runtimes have for bytes and without a sign, too. */
const SMALL_TOO =
  /^(Abs|Sign|Max|Min|Clip|Mod|Where|Equal|Less|Greater|LessOrEqual|GreaterOrEqual|Identity|Cast|Concat|Split|Slice|Gather|Reshape|Transpose|Squeeze|Unsqueeze|Expand|Tile|Flatten|Pad)$/

/** The operators of a left side, without their domains. */
const operatorsOf = (rule: RuleGraph): string[] =>
  callsIn(rule.left).map(({ kind }) => kind.slice(kind.lastIndexOf('.') + 1))
