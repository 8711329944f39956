import type { AttributeGraph, Condition, RuleExample, RuleGraph, Statement, Term, ValueGraph } from './graph'
import { usualType } from './other-notations'
import { RESERVED_WORDS } from './reserved-words'

/** The text of a rule; reading it back gives the same rule. */
export function printRule(rule: RuleGraph): string {
  const facts = [rule.claim, rule.benefit === undefined ? undefined : `benefit ${number(rule.benefit)}`]
  const header = [`rule "${rule.name}"`, ...facts.filter((f) => f !== undefined)].join(' ')
  const declared = rule.operators ? [`operator ${rule.operators.join(', ')}`] : []
  const lines = [header, ...declared, ...rule.left.map(printStatement)]
  for (const { right, where } of [rule, ...(rule.otherwise ?? [])]) {
    lines.push('=>', ...right.map(printStatement))
    if (where.length > 0) lines.push(`where ${where.map((c) => condition(c, 0)).join(',\n      ')}`)
  }
  for (const e of rule.examples ?? []) lines.push(...example(e))
  return lines.join('\n') + '\n'
}

function example({ expected, title, network }: RuleExample): string[] {
  const head = ['example', expected, ...(title ? [`"${title}"`] : []), '{'].join(' ')
  return ['', head, ...network.split('\n').map((line) => (line === '' ? '' : `  ${line}`)), '}']
}

/** One statement as it is written in a rule. */
export function printStatement(s: Statement): string {
  return `${s.shared ? '&' : ''}${s.folded ? '@' : ''}${printResults(s)} = ${printValue(s.value)}`
}

/** The results of a statement as they are written in a rule: `y, _, s?`. */
export function printResults({ names, optional, rest }: Statement): string {
  const one = (n: string | null): string => (n === null ? '_' : optional?.includes(n) ? `${n}?` : n)
  return [...names.map(one), ...(rest === undefined ? [] : [`...${rest}`])].join(', ')
}

/** One value as it is written in a rule. */
export function printValue(v: ValueGraph): string {
  switch (v.type) {
    case 'name':
      return `${v.constant ? '@' : ''}${v.name}${v.optional ? '?' : ''}`
    case 'number':
      return `${number(v.value)}${v.tolerance === undefined ? '' : ` ~ ${number(v.tolerance)}`}${typeText(v)}`
    case 'absent':
      return 'none'
    case 'computed':
      return `{${printTerm(v.term)}}${typeText(v)}`
    case 'rest':
      return `...${v.constant ? '@' : ''}${v.name}`
    case 'either':
      return `(${v.of.map(printValue).join(' | ')})`
    case 'call': {
      const named = Object.entries(v.attributes).map(([k, a]) => `${k}=${printAttribute(a)}`)
      const attributes = v.otherAttributes === undefined ? named : [`...$${v.otherAttributes}`, ...named]
      const list = attributes.length > 0 ? `<${attributes.join(', ')}>` : ''
      const kinds = v.kinds && v.kinds.length > 0 ? `:(${v.kinds.join(' | ')})` : ''
      return `${v.kind}${kinds}${v.maybe ? '?' : ''}${v.ordered ? '!' : ''}${list}(${v.operands.map(printValue).join(', ')})`
    }
  }
}

const typeText = ({ dtype }: { readonly dtype?: string }): string => (dtype === undefined ? '' : `: ${dtype}`)

/** An attribute's value as it is written in a rule. */
export function printAttribute(a: AttributeGraph): string {
  if ('computed' in a) return `{${printTerm(a.computed)}}`
  if ('absent' in a) return 'none'
  return 'variable' in a ? `$${a.variable}${a.optional ? '?' : ''}` : literal(a.literal)
}

function literal(x: unknown): string {
  if (Array.isArray(x)) return `[${x.map(literal).join(', ')}]`
  return typeof x === 'string' ? `"${x}"` : typeof x === 'number' ? number(x) : String(x)
}

function number(x: number): string {
  if (Object.is(x, -0)) return '-0'
  return String(x).replace('e+', 'e').replace('Infinity', 'inf')
}

/** @param level how tightly what stands around binds: 0 nothing, 1 or, 2 and, 3 not */
function condition(c: Condition, level: number): string {
  switch (c.type) {
    case 'compare':
      return `${printTerm(c.left)} ${c.op} ${printTerm(c.right)}`
    case 'holds':
      return printTerm(c.term)
    case 'given':
      return `given ${c.attribute ? '$' : ''}${c.name}`
    case 'not':
      return `not ${condition(c.of, 3)}`
    case 'or':
      return inParentheses(c.of.map((x) => condition(x, 1)).join(' or '), level > 1)
    case 'and':
      return inParentheses(c.of.map((x) => condition(x, 2)).join(' and '), level > 2)
  }
}

const inParentheses = (text: string, needed: boolean): string => (needed ? `(${text})` : text)

export function printCondition(c: Condition): string {
  return condition(c, 0)
}

/** Without quotes where it is read as the same. */
function word(x: string): string {
  const isPlain = /^[A-Za-z_]\w*$/.test(x) && usualType(x) === x && !RESERVED_WORDS.has(x)
  return isPlain ? x : JSON.stringify(x)
}
export function printTerm(t: Term): string {
  switch (t.type) {
    case 'literal':
      return typeof t.value === 'string'
        ? word(t.value)
        : typeof t.value === 'number'
          ? number(t.value)
          : String(t.value)
    case 'list':
      return `[${t.of.map(printTerm).join(', ')}]`
    case 'attribute':
      return `$${t.name}`
    case 'property':
      return `${t.of}.${t.name}${t.index === undefined ? '' : `[${t.index}]`}`
    case 'inferred':
      return `${printValue(t.of)}.${t.name}`
    case 'arithmetic':
      return `(${printTerm(t.left)} ${t.op} ${printTerm(t.right)})`
    case 'pick':
      return `${printTerm(t.of)}[${printTerm(t.at)}]`
    case 'slice':
      return `${printTerm(t.of)}[${t.from ? printTerm(t.from) : ''}:${t.to ? printTerm(t.to) : ''}]`
    case 'function':
      return `${t.name}(${t.of.map(printTerm).join(', ')})`
    case 'every':
      return `${t.of}(${printCondition(t.condition)})`
    case 'choose':
      return `choose(${printCondition(t.condition)}, ${printTerm(t.yes)}, ${printTerm(t.no)})`
    case 'default':
      return `(${printTerm(t.of)} ?? ${printTerm(t.otherwise)})`
    case 'opset':
      return 'opset'
  }
}
