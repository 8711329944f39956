/** What the words of a rule mean: operators, attributes, types, properties and functions, for completion and help. */
import { knownKinds, onnxDialect, operatorNotes } from '../../dialects/onnx'
import { BITS, domainOf, RULE_FUNCTIONS, RULE_PROPERTIES } from '../../engine'
import type { AttributeSchema, KindSchema } from '../../engine'
import { attributeText } from '../text/value-text'

export interface RuleWord {
  readonly word: string
  readonly type: 'operator' | 'attribute' | 'type' | 'property' | 'function' | 'keyword'
  /** `(X, W, B?)`, `default -1` */
  readonly detail: string
  /** What it does; empty where nothing is known. */
  readonly info: string
}

/** The newest that there is. */
const NEWEST = 1000

export const operatorWords: readonly RuleWord[] = knownKinds.map((kind) => {
  const notes = operatorNotes(kind, NEWEST)
  const schema = onnxDialect.schema(kind, NEWEST)
  const since = notes ? ` Since ${domainOf(kind) || 'ONNX'} operator set ${notes.since}.` : ''
  return {
    word: kind,
    type: 'operator',
    detail: schema ? signature(schema) : '',
    info: `${notes?.summary ?? ''}${since}`.trim(),
  }
})

function signature({ inputs, attributes }: KindSchema): string {
  const operands = inputs.map(({ name, optional, variadic }) => `${variadic ? '…' : ''}${name}${optional ? '?' : ''}`)
  const names = Object.keys(attributes)
  return `${names.length > 0 ? `<${names.join(', ')}>` : ''}(${operands.join(', ')})`
}

/** The attributes of an operator. */
export function attributeWords(kind: string): RuleWord[] {
  const attributes = onnxDialect.schema(kind, NEWEST)?.attributes ?? {}
  return Object.entries(attributes).map(([word, a]) => ({
    word,
    type: 'attribute',
    detail: attributeDetail(a),
    info: '',
  }))
}

function attributeDetail({ type, default: usual, required }: AttributeSchema): string {
  const what = type.toLowerCase()
  if (required) return `${what}, required`
  return usual === undefined ? what : `${what}, default ${attributeText(usual) || '""'}`
}

export const typeWords: readonly RuleWord[] = Object.entries(BITS).map(([word, bits]) => ({
  word,
  type: 'type',
  detail: bits === 0 ? '' : `${bits} bits`,
  info: '',
}))

export const propertyWords: readonly RuleWord[] = Object.entries(RULE_PROPERTIES).map(([word, info]) => ({
  word,
  type: 'property',
  detail: '',
  info,
}))

const every = (word: string): RuleWord => ({
  word,
  type: 'function',
  detail: '(a < b)',
  info: `whether the comparison holds of ${word} elements`,
})

export const functionWords: readonly RuleWord[] = [
  ...Object.entries(RULE_FUNCTIONS).map(([word, f]): RuleWord => ({
    word,
    type: 'function',
    detail: `(${f.arguments})`,
    info: f.does,
  })),
  every('all'),
  every('any'),
  {
    word: 'choose',
    type: 'function',
    detail: '(a < b, x, y)',
    info: 'x where the comparison holds, else y; element by element of lists',
  },
]

const KEYWORDS: Readonly<Record<string, string>> = {
  rule: 'begins a rule: its name in quotes, what it claims, its benefit',
  where: 'conditions, all of which must hold',
  none: 'an operand, or attribute, that is absent',
  given: 'whether an optional operand or attribute is there',
  operator: 'declares operators that nobody knows and that are meant: operator com.microsoft.New',
  let: 'a form that both sides may use: let half(x) = Mul(x, 0.5)',
  exact: 'it claims results that are equal to the bit',
  rounding: 'it claims results that are equal up to rounding; meant where nothing is said',
  approximation: 'it claims results that are near enough, and is off unless chosen',
  benefit: 'rules of higher benefit are tried first',
  opset: 'version of the operator set',
  inf: 'what is above all numbers; -inf is below them',
  example: 'a network on which the rule has to match, or must not: example matches { … }',
  and: 'both conditions hold',
  or: 'one of the conditions holds',
  not: 'the condition does not hold; of what is not known neither it nor its opposite does',
  in: 'is one of a list',
}

export const keywordWords: readonly RuleWord[] = Object.entries(KEYWORDS).map(([word, info]) => ({
  word,
  type: 'keyword',
  detail: '',
  info,
}))

const BY_WORD = new Map(
  [...operatorWords, ...typeWords, ...functionWords, ...keywordWords].map((w) => [w.word, w] as const),
)

/** What a word means where it stands: `x.rank` is a property, `axis` behind `Softmax<` an attribute. */
export function meaningOf(word: string, kind: string | null): RuleWord | null {
  const property = /^\w+\.(\w+)$/.exec(word)?.[1]
  const known = property && propertyWords.find((p) => p.word === property)
  if (known) return known
  return (kind === null ? undefined : attributeWords(kind).find((a) => a.word === word)) ?? BY_WORD.get(word) ?? null
}
