import { tokenize } from './lexer'
import type { Token } from './lexer'
import { RuleError } from './rule-error'

/** A name that a value may have. */
const PLAIN = /^[a-z_]\w*$/
const RESERVED = new Set('rule where none given let opset example and or not in true false all any'.split(' '))

/**
 * A rule's text in which a value has another name, wherever it is spoken of: both sides and conditions. Examples have names of their own,
 * attributes and attribute variables too.
 * @throws RuleError where the name is none, or another value has it; RuleSyntaxError where the text is no rule
 */
export function renameValue(text: string, from: string, to: string): string {
  if (to === from) return text
  if (!PLAIN.test(to) || RESERVED.has(to)) throw new RuleError(`${to} is no name of a value: write one as x or scale`)
  const tokens = tokenize(text)
  const places = tokens.filter((t, i) => isValue(tokens, i) && ownerOf(t) === from)
  const isTaken = tokens.some((t, i) => isValue(tokens, i) && ownerOf(t) === to)
  if (isTaken) throw new RuleError(`${to} stands for another value already`)
  const lines = text.split('\n')
  for (const { line, column, text: found } of places.reverse()) {
    const before = lines[line - 1]!
    lines[line - 1] =
      before.slice(0, column - 1) + to + found.slice(from.length) + before.slice(column - 1 + found.length)
  }
  return lines.join('\n')
}

/** `x` of `x.shape`. */
const ownerOf = ({ text }: Token): string => text.split('.')[0]!

/** Whether a name stands for a value there: no operator, function, keyword, attribute, nor a variable of one. */
function isValue(tokens: readonly Token[], at: number): boolean {
  const { type, text } = tokens[at]!
  const [before, after] = [tokens[at - 1]?.text, tokens[at + 1]?.text]
  if (type !== 'name' || !PLAIN.test(text.split('.')[0]!) || RESERVED.has(text)) return false
  if (before === '$' || after === '(' || (before === '...' && tokens[at - 2]?.text === '<')) return false
  return !(after === '=' && isInAngles(tokens, at))
}

/** Whether a place lies in the attributes of a layer, and not in a term of theirs. */
function isInAngles(tokens: readonly Token[], at: number): boolean {
  let braces = 0
  for (let i = at - 1; i > 0; i--) {
    const { text } = tokens[i]!
    if (text === '}' || text === ')' || text === ']') braces++
    else if (text === '{' || text === '(' || text === '[') {
      if (braces === 0) return false
      braces--
    } else if (text === '<' && braces === 0)
      return /^(?:[\w.]*\.)?[A-Z]\w*$|^\?$/.test(tokens[i - 1]!.text) || tokens[i - 2]?.text === '$'
    else if (text === '=>' || text === 'where') return false
  }
  return false
}
