import type { Term } from './graph'
import type { RuleMatch } from './rule-match'

/** What a term comes to; null and undefined where something in it is not known. */
export type Value = number | string | boolean | null | undefined | readonly Value[]

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
    case 'arithmetic': {
      const [a, b] = [evaluate(t.left, match), evaluate(t.right, match)]
      if (typeof a !== 'number' || typeof b !== 'number') return undefined
      return t.op === '+' ? a + b : t.op === '-' ? a - b : t.op === '*' ? a * b : t.op === '/' ? a / b : a % b
    }
  }
}

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
      return x.shape?.every((d) => typeof d === 'number')
        ? x.shape.reduce<number>((a, d) => a * Number(d), 1)
        : undefined
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
