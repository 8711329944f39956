import type { CallGraph, Term } from './graph'
import { partsOfTerm } from './graph'
import { FUNCTIONS } from './functions'
import { inferredType } from './inferred'
import type { RuleMatch } from './rule-match'
import { compareEach, eachNumber, isUnknown } from './value'
import type { Value } from './value'

/** The value of a term under what a match binds. */
export function evaluate(t: Term, match: RuleMatch): Value {
  switch (t.type) {
    case 'literal':
      return t.value
    case 'list':
      return t.of.map((x) => evaluate(x, match))
    case 'attribute': {
      const value = match.attributes.get(t.name)
      return typeof value === 'object' && !Array.isArray(value) ? undefined : (value as Value)
    }
    case 'property':
      return property(t, match)
    case 'inferred':
      return typeProperty(t.of, t.name, match)
    case 'arithmetic':
      return arithmetic(t.op, evaluate(t.left, match), evaluate(t.right, match))
    case 'pick':
      return picked(evaluate(t.of, match), evaluate(t.at, match))
    case 'slice':
      return sliced(evaluate(t.of, match), t.from && evaluate(t.from, match), t.to && evaluate(t.to, match))
    case 'function':
      return FUNCTIONS[t.name]?.of(t.of.map((x) => evaluate(x, match)))
    case 'every':
      return compareEach(t.of, t.op, evaluate(t.left, match), evaluate(t.right, match))
    case 'default': {
      const value = evaluate(t.of, match)
      return isUnknown(value) && isAbsent(t.of, match) ? evaluate(t.otherwise, match) : value
    }
    case 'opset':
      return match.root.network.opsets[''] ?? 1
  }
}

/** Whether a term speaks of an operand or attribute that is not given. What is given and not known has no default. */
function isAbsent(t: Term, match: RuleMatch): boolean {
  if (t.type === 'property') return match.isAbsent(t.of)
  if (t.type === 'attribute') return !match.attributes.has(t.name)
  return partsOfTerm(t).some((x) => isAbsent(x, match))
}

function arithmetic(op: Extract<Term, { type: 'arithmetic' }>['op'], a: Value, b: Value): Value {
  if (op === '++') {
    const [x, y] = [a, b] as readonly [Value, Value]
    return Array.isArray(x) && Array.isArray(y) ? [...(x as readonly Value[]), ...(y as readonly Value[])] : undefined
  }
  return eachNumber(a, b, (p, q) =>
    op === '+' ? p + q : op === '-' ? p - q : op === '*' ? p * q : op === '/' ? p / q : p % q,
  )
}

/** Places count from the end where they are negative; one that is not there gives nothing. */
function picked(of: Value, at: Value): Value {
  if (!Array.isArray(of)) return undefined
  const list = of as readonly Value[]
  const one = (i: Value): Value => (typeof i === 'number' && Number.isInteger(i) ? list.at(i) : undefined)
  return Array.isArray(at) ? (at as readonly Value[]).map(one) : one(at)
}

function sliced(of: Value, from: Value, to: Value): Value {
  const isPlace = (x: Value): x is number | undefined => x === undefined || Number.isInteger(x)
  return Array.isArray(of) && isPlace(from) && isPlace(to) ? (of as readonly Value[]).slice(from, to) : undefined
}

function typeProperty(call: CallGraph, name: string, match: RuleMatch): Value {
  const type = inferredType(call, match)
  const shape = type?.shape ?? undefined
  if (name === 'dtype') return type?.dtype
  if (name === 'shape') return shape
  return name === 'rank' ? shape?.length : sizeOf(shape)
}

const sizeOf = (shape: readonly Value[] | null | undefined): Value =>
  shape?.every((d) => typeof d === 'number') ? shape.reduce<number>((a, d) => a * Number(d), 1) : undefined

function property(t: Extract<Term, { type: 'property' }>, match: RuleMatch): Value {
  const x = match.optional(t.of)
  if (!x) return undefined
  switch (t.name) {
    case 'dtype':
      return x.dtype
    case 'rank':
      return x.rank
    case 'shape':
      return t.index === undefined ? x.shape : x.shape?.at(t.index)
    case 'size':
      return sizeOf(x.shape)
    case 'uses':
      return x.liveUses
    case 'kind':
      return x.parent?.kind
    case 'value': {
      const values = x.value?.isAvailable && x.value.isNumeric ? x.value.numbers() : undefined
      return t.index !== undefined ? values?.[t.index] : values?.length === 1 ? values[0] : values && Array.from(values)
    }
    case 'isConstant':
      return x.isConstant
    case 'isInput':
      return x.isNetworkInput()
    case 'isOutput':
      return x.isNetworkOutput()
    default:
      return undefined
  }
}
