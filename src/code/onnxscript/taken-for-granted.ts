/** What rules of onnxscript take for granted of the operators that they write, as conditions. */
import { callsIn, partsOfTerm, Schemas } from '../../engine'
import type { CallGraph, Condition, DType, RuleGraph, Statement, Term, ValueGraph } from '../../engine'
import { onnxDialect } from '../../dialects/onnx'
import { attributesInForce } from './attributes-in-force'
import { batchesOfBoth, rowsBesideBias, rowsToNormalize } from './contrib-granted'
import { compared, conditionKey, functionOf, isRankAsked, isSizeAsked, valueOf } from './graph-terms'

export interface Granted {
  readonly rule: RuleGraph
  /** In words, what was added. */
  readonly added: readonly string[]
}

/** One way that a rule goes. */
interface Way {
  readonly left: readonly Statement[]
  readonly right: readonly Statement[]
  readonly where: readonly Condition[]
}

interface Grant {
  readonly what: string
  readonly asks: (way: Way) => readonly Condition[]
}

/**
 * The rule with what it would be wrong without: its conditions speak of how things are written mostly, and a network that is written
 * otherwise meets them too.
 */
export function withGranted(given: RuleGraph): Granted {
  const { rule, added } = attributesInForce(given)
  const said = new Set(added)
  const more = <T extends Omit<Way, 'left'>>(outcome: T): T => {
    const where = [...outcome.where]
    for (const { what, asks } of GRANTS) {
      const known = new Set(where.map(conditionKey))
      const found = asks({ ...outcome, left: rule.left, where }).filter((c) => !known.has(conditionKey(c)))
      if (found.length > 0) said.add(what)
      where.push(...found)
    }
    return { ...outcome, where }
  }
  const otherwise = rule.otherwise?.map(more)
  return { rule: { ...more(rule), ...(otherwise && { otherwise }) }, added: [...said] }
}

const GRANTS: readonly Grant[] = [
  { what: 'Gemm takes two dimensions, and no more for what it adds', asks: matrices },
  { what: 'the lower bound of Clip is not above the upper one', asks: boundsInOrder },
  { what: 'a bias has one dimension', asks: flatBias },
  { what: 'ConvInteger pads with its zero point', asks: zeroPoint },
  { what: 'a size of 0 is one that Reshape takes from its operand', asks: noEmptySizes },
  { what: 'operators take some types only', asks: typesTaken },
  { what: 'a bias lies along the last axis of what it is added to', asks: rowsBesideBias },
  { what: 'what is normalized has elements', asks: rowsToNormalize },
  { what: 'batches are put last of factors with equally many dimensions', asks: batchesOfBoth },
  { what: 'attributes are float32, too coarse beside float64', asks: coarseAttributes },
]

const NEWEST = Schemas.newest(onnxDialect)

const isName = (v: ValueGraph | undefined): v is Extract<ValueGraph, { type: 'name' }> => v?.type === 'name'

function matrices({ left, right, where }: Way): Condition[] {
  const before = callsIn(left).filter(({ kind }) => kind === 'Gemm')
  const known = new Set(before.flatMap((c) => c.operands.filter(isName).map((v) => v.name)))
  return callsIn(right).flatMap((call) => {
    if (call.kind !== 'Gemm') return []
    return call.operands.flatMap((v, at) => {
      if (!isName(v) || known.has(v.name) || makerOf(v.name, right) || isRankAsked(v.name, where)) return []
      return [compared(valueOf(v.name, 'rank'), at < 2 ? '==' : '<=', 2)]
    })
  })
}

/** One Clip stands for one of which another layer takes the result: it raises last what the other one lowered before. */
function boundsInOrder({ left, right }: Way): Condition[] {
  const clips = left.filter(({ value }) => value.type === 'call' && value.kind === 'Clip').flatMap((s) => s.names)
  const isClip = (v: ValueGraph): boolean =>
    (v.type === 'call' && v.kind === 'Clip') || (isName(v) && clips.includes(v.name))
  if (!callsIn(left).some((c) => c.operands.some(isClip))) return []
  return callsIn(right).flatMap((call) => {
    const [low, high] = call.operands.slice(1).map((v) => numberOf(v, right))
    return call.kind === 'Clip' && low && high ? [compared(low, '<=', high)] : []
  })
}

/** The number that an operand of the right side comes to; null where that is not to be said. */
function numberOf(v: ValueGraph, right: readonly Statement[]): Term | null {
  if (v.type === 'number') return { type: 'literal', value: v.value }
  if (v.type === 'computed') return v.term
  if (isName(v)) {
    const made = makerOf(v.name, right)
    return made ? numberOf(made.value, right) : valueOf(v.name, 'value')
  }
  if (v.type !== 'call' || (v.kind !== 'Max' && v.kind !== 'Min')) return null
  const of = v.operands.map((x) => numberOf(x, right))
  return of.every((t) => t !== null) ? functionOf(v.kind.toLowerCase(), of) : null
}

/** Constants of one element may have as many dimensions as they like; what they are added to gets them too. */
function flatBias({ right, where }: Way): Condition[] {
  return callsIn(right).flatMap((call) => {
    const bias = call.operands[2]
    if (!/^Conv(Transpose)?$/.test(call.kind) || !isName(bias)) return []
    const made = makerOf(bias.name, right)
    const of = [...new Set(made ? leavesOf(made.value, right) : [])]
    return of.filter((name) => isSizeAsked(name, where)).map((name) => compared(valueOf(name, 'rank'), '<=', 1))
  })
}

/** The values of the left side that one of the right comes from. */
function leavesOf(v: ValueGraph, right: readonly Statement[]): string[] {
  if (v.type === 'call') return v.operands.flatMap((x) => leavesOf(x, right))
  if (!isName(v)) return []
  const made = makerOf(v.name, right)
  return made ? leavesOf(made.value, right) : [v.name]
}

function zeroPoint({ left, right }: Way): Condition[] {
  if (!callsIn(left).some(({ kind }) => kind === 'Pad')) return []
  return callsIn(right).flatMap((call) => {
    const point = call.operands[2]
    if (call.kind !== 'ConvInteger' || !isName(point)) return []
    const zero: Term = { type: 'literal', value: 0 }
    return [compared({ type: 'default', of: valueOf(point.name, 'value'), otherwise: zero }, '==', zero)]
  })
}

/** Sizes that are worked out and come to 0 would be those of the operand. */
function noEmptySizes({ right }: Way): Condition[] {
  return callsIn(right).flatMap(({ kind, operands: [x, sizes], attributes: { allowzero } }) => {
    if (kind !== 'Reshape' || !isName(x) || sizes?.type !== 'computed' || allowzero || !asksShape(sizes.term)) return []
    const made = makerOf(x.name, right)
    if (made) return [{ type: 'holds', term: { type: 'every', of: 'all', condition: compared(sizes.term, '!=', 0) } }]
    const shape = valueOf(x.name, 'shape')
    const unknown: Condition = { type: 'not', of: { type: 'holds', term: functionOf('known', [shape]) } }
    const each: Condition = { type: 'or', of: [unknown, compared(shape, '!=', 0)] }
    return [{ type: 'holds', term: { type: 'every', of: 'all', condition: each } }]
  })
}

const asksShape = (t: Term): boolean => (t.type === 'property' && t.name === 'shape') || partsOfTerm(t).some(asksShape)

/** What stands for layers that take whole numbers, too, may take floats alone. */
function typesTaken({ left, right, where }: Way): Condition[] {
  const before = callsIn(left)
  const isAsked = (name: string): boolean => where.some((c) => conditionKey(c).includes(`${name}.dtype`))
  return callsIn(right).flatMap((call) => {
    const [v] = call.operands
    if (!isName(v) || makerOf(v.name, right) || isAsked(v.name) || takes(call, 'int64')) return []
    if (before.some((c) => c.kind === call.kind)) return []
    const users = before.filter((c) => c.operands.some((x) => isName(x) && x.name === v.name))
    const types = FLOATS.filter((dtype) => takes(call, dtype))
    if (users.length === 0 || types.length === 0 || !users.every((c) => takes(c, 'int64'))) return []
    return [
      compared(valueOf(v.name, 'dtype'), 'in', {
        type: 'list',
        of: types.map((value) => ({ type: 'literal', value })),
      }),
    ]
  })
}

const FLOATS = ['float32', 'float16', 'float64', 'bfloat16'] as const

/** Whether a layer takes operands of a type, attributes aside. */
function takes({ kind, operands }: CallGraph, dtype: DType): boolean {
  const inputs = operands.map(() => ({ dtype, shape: null }))
  const fault = NEWEST.of(kind)?.check?.({ kind, attributes: {}, inputs, outputCount: 1, opset: NEWEST.opsetOf(kind) })
  return fault === undefined || fault === null
}

/** Numbers that stood in constants of the type of all else become attributes, or part of what an operator is. */
function coarseAttributes({ left, right }: Way): Condition[] {
  const ofConstants = callsIn(right).flatMap((call) => coarseConstants(call))
  if (callsIn(left).some(hasNumbers)) return ofConstants
  return callsIn(right).flatMap((call) => {
    const [x] = call.operands
    const found = coarseConstants(call)
    if (found.length > 0) return found
    return isName(x) && hasCoarse(call) ? [compared(valueOf(x.name, 'dtype'), '!=', 'float64')] : []
  })
}

/** Constants that become attributes. */
function coarseConstants({ kind, attributes }: CallGraph): Condition[] {
  const terms = Object.entries(attributes).flatMap(([name, a]) => {
    return 'computed' in a && NEWEST.of(kind)?.attributes[name]?.type === 'FLOAT' ? [a.computed] : []
  })
  const names = new Set(terms.flatMap(constantsIn))
  return [...names].map((name) => compared(valueOf(name, 'dtype'), '!=', 'float64'))
}

const constantsIn = (t: Term): string[] =>
  t.type === 'property' && t.name === 'value' ? [t.of] : partsOfTerm(t).flatMap(constantsIn)

/** Operators whose own numbers are float32. */
const COARSE = /^(HardSwish|com\.microsoft\.FastGelu)$/

const hasNumbers = ({ kind }: CallGraph): boolean =>
  COARSE.test(kind) || Object.values(NEWEST.of(kind)?.attributes ?? {}).some((a) => a.type === 'FLOAT')

const hasCoarse = ({ kind, attributes }: CallGraph): boolean =>
  COARSE.test(kind) ||
  Object.entries(attributes).some(([name, a]) => {
    const isFloat = NEWEST.of(kind)?.attributes[name]?.type === 'FLOAT'
    return isFloat && 'literal' in a && typeof a.literal === 'number' && Math.fround(a.literal) !== a.literal
  })

function makerOf(name: string, right: readonly Statement[]): Statement | undefined {
  return right.find((s) => s.names.includes(name))
}
