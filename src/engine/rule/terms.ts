import type { Tensor } from '../network/network'
import { ConstantValue } from '../store/constant'
import type { CallGraph, Term } from './graph'
import { partsOfTerm } from './graph'
import { FUNCTIONS } from './functions'
import { inferredType } from './inferred'
import type { RuleMatch } from './rule-match'
import { chosen, ofEach, truthOfEach } from './each'
import { asList, eachNumber, isUnknown } from './value'
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
      if (value instanceof ConstantValue) return numbersOf(value)
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
      return ofEach(t.of, truthOfEach(t.condition, termsUnder(match)))
    case 'choose':
      return chosen(truthOfEach(t.condition, termsUnder(match)), evaluate(t.yes, match), evaluate(t.no, match))
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
    const [x, y] = [asList(a), asList(b)]
    return x && y ? [...x, ...y] : undefined
  }
  return eachNumber(a, b, (p, q) =>
    op === '+' ? p + q : op === '-' ? p - q : op === '*' ? p * q : op === '/' ? p / q : p % q,
  )
}

/** Places count from the end where they are negative; one that is not there gives nothing. */
function picked(of: Value, at: Value): Value {
  const list = asList(of)
  if (!list) return undefined
  const one = (i: Value): Value => (typeof i === 'number' && Number.isInteger(i) ? list.at(i) : undefined)
  return Array.isArray(at) ? (at as readonly Value[]).map(one) : one(at)
}

function sliced(of: Value, from: Value, to: Value): Value {
  const isPlace = (x: Value): x is number | undefined => x === undefined || Number.isInteger(x)
  return isPlace(from) && isPlace(to) ? asList(of)?.slice(from, to) : undefined
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

/** What conditions in terms ask of a match. */
const termsUnder = (match: RuleMatch): Parameters<typeof truthOfEach>[1] => ({
  term: (t) => evaluate(t, match),
  isGiven: ({ name, attribute }) => (attribute ? match.attributes.has(name) : match.optional(name) !== null),
})

/** The numbers of a constant: of one element that number. undefined where nobody has them. */
function numbersOf(value: ConstantValue | null | undefined): number | number[] | undefined {
  const values = value?.isAvailable && value.isNumeric ? value.numbers() : undefined
  return values?.length === 1 ? values[0] : values && Array.from(values)
}

/** A property of a value; of several values (`...c`) that of each. */
function property(t: Extract<Term, { type: 'property' }>, match: RuleMatch): Value {
  const several = match.rests.get(t.of)
  if (!several) return propertyOf(t, match.optional(t.of))
  const each = several.map((x) => propertyOf({ ...t, index: undefined }, x))
  return t.index === undefined ? each : each.at(t.index)
}

function propertyOf(t: { readonly name: string; readonly index?: number | undefined }, x: Tensor | null): Value {
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
      const values = numbersOf(x.value)
      return t.index === undefined ? values : asList(values)?.[t.index]
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
