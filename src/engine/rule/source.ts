/** The text of a rule and what stands where in it, so that one statement or condition can be written anew and all else stays. */
import type { Outcome, RuleGraph, Statement } from './graph'
import { tokenize } from './lexer'
import type { Token } from './lexer'
import { parseRule } from './parse'
import { placeOf } from './places'
import { printStatement } from './print'

/** A part of the text, by offsets. */
interface Span {
  readonly from: number
  readonly to: number
}

/** One condition as it is written. */
export interface ConditionText extends Span {
  readonly text: string
}

/** One side: the left, or what stands behind one `=>` with its conditions. */
export interface SourceSide {
  readonly statements: readonly Statement[]
  /** null for a statement that a `let` made: it stands nowhere by itself. */
  readonly spans: readonly (Span | null)[]
  readonly conditions: readonly ConditionText[]
  /** Where a further condition would stand. */
  readonly end: number
}

export interface RuleSourceText {
  readonly text: string
  readonly graph: RuleGraph
  readonly left: SourceSide
  /** One for each `=>`. */
  readonly right: readonly SourceSide[]
}

interface Placed extends Token {
  readonly from: number
  readonly to: number
}

/** @throws RuleSyntaxError */
export function sourceOfRule(text: string): RuleSourceText {
  const graph = parseRule(text)
  const tokens = placedTokens(text)
  const offset = offsets(text)
  const arrows = tokens.flatMap((t, i) => (t.text === '=>' && t.type === 'symbol' ? [i] : []))
  const last = tokens.findIndex((t) => t.type === 'example' || t.type === 'end')
  const outcomes: Outcome[] = [graph, ...(graph.otherwise ?? [])]
  const side = (statements: readonly Statement[], from: number, to: number): SourceSide => {
    const where = tokens.findIndex((t, i) => i >= from && i < to && t.type === 'name' && t.text === 'where')
    const starts = statements.map((s) => {
      const place = placeOf(s)
      return place && offset(place.line, place.column)
    })
    const edge = where < 0 ? to : where
    return {
      statements,
      spans: starts.map((start) => (start === null ? null : spanFrom(tokens, start, starts, edge))),
      conditions: where < 0 ? [] : conditionsIn(text, tokens.slice(where + 1, to)),
      end: (tokens[to - 1] ?? tokens[0]!).to,
    }
  }
  return {
    text,
    graph,
    left: side(graph.left, 0, arrows[0]!),
    right: outcomes.map(({ right }, i) => side(right, arrows[i]! + 1, arrows[i + 1] ?? last)),
  }
}

/** The text with another statement in the place of one. @throws Error where that stands nowhere by itself */
export function withStatement(source: RuleSourceText, side: SourceSide, index: number, by: Statement): string {
  const span = spanOf(side, index)
  return spliced(source.text, span, printStatement(by))
}

/** The text with a statement before the one of an index. */
export function withStatementBefore(source: RuleSourceText, side: SourceSide, index: number, added: Statement): string {
  const { from } = spanOf(side, index)
  return spliced(source.text, { from, to: from }, `${printStatement(added)}\n`)
}

/** The text without a statement, and without the line that it leaves empty. */
export function withoutStatement(source: RuleSourceText, side: SourceSide, index: number): string {
  const { text } = source
  const { from, to } = spanOf(side, index)
  const rest = /^[ \t]*;?[ \t]*\n?/.exec(text.slice(to))![0]
  const isAlone = /(^|\n)[ \t]*$/.test(text.slice(0, from)) && rest.endsWith('\n')
  return spliced(text, { from, to: isAlone ? to + rest.length : to }, '')
}

/** The text with another condition in the place of one; without it where `by` is empty. */
export function withCondition(source: RuleSourceText, side: SourceSide, index: number, by: string): string {
  const { conditions } = side
  const now = conditions[index]
  if (!now) throw new Error(`there is no condition ${index}`)
  if (by.trim() !== '') return spliced(source.text, now, by.trim())
  const next = conditions[index + 1]
  const before = conditions[index - 1]
  if (next) return spliced(source.text, { from: now.from, to: next.from }, '')
  if (before) return spliced(source.text, { from: before.to, to: now.to }, '')
  const start = source.text.lastIndexOf('where', now.from)
  const bare = source.text.slice(0, start).trimEnd().length
  return spliced(source.text, { from: bare, to: now.to }, '')
}

/** The text with one more condition. */
export function withMoreConditions(source: RuleSourceText, side: SourceSide, condition: string): string {
  const last = side.conditions.at(-1)
  const at = last?.to ?? side.end
  const begin = last ? ',\n      ' : '\nwhere '
  return spliced(source.text, { from: at, to: at }, `${begin}${condition.trim()}`)
}

function spanOf(side: SourceSide, index: number): Span {
  const span = side.spans[index]
  if (!span) throw new Error('this layer comes from a let: change it in the text')
  return span
}

const spliced = (text: string, { from, to }: Span, by: string): string => text.slice(0, from) + by + text.slice(to)

/** From where a statement begins to its last token before the next one, or before the end of its side. */
function spanFrom(tokens: readonly Placed[], start: number, starts: readonly (number | null)[], edge: number): Span {
  const next = Math.min(...starts.filter((s) => s !== null && s > start).map(Number), Infinity)
  let to = start
  for (let i = 0; i < edge; i++) {
    const t = tokens[i]!
    if (t.from >= start && t.from < next && t.text !== ';') to = t.to
  }
  return { from: start, to }
}

/** Conditions stand between commas that are in no bracket. */
function conditionsIn(text: string, tokens: readonly Placed[]): ConditionText[] {
  const found: ConditionText[] = []
  let depth = 0
  let first: Placed | null = null
  let last: Placed | null = null
  const end = (): void => {
    if (first && last) found.push({ from: first.from, to: last.to, text: text.slice(first.from, last.to) })
    first = last = null
  }
  for (const t of tokens) {
    if (t.type === 'symbol' && '([{'.includes(t.text)) depth++
    if (t.type === 'symbol' && ')]}'.includes(t.text)) depth--
    if (depth === 0 && t.type === 'symbol' && t.text === ',') end()
    else {
      first ??= t
      last = t
    }
  }
  end()
  return found
}

function offsets(text: string): (line: number, column: number) => number {
  const starts = [0]
  for (let i = 0; i < text.length; i++) if (text[i] === '\n') starts.push(i + 1)
  return (line, column) => starts[line - 1]! + column - 1
}

function placedTokens(text: string): Placed[] {
  const offset = offsets(text)
  return tokenize(text).map((t) => {
    const from = t.type === 'end' ? text.length : offset(t.line, t.column)
    return { ...t, from, to: t.type === 'end' ? text.length : from + t.text.length }
  })
}
