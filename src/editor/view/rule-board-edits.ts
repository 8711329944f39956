/** What a person does on a board, as changes of the rule's text: only the statement that changes is written anew. */
import {
  domainOf,
  operatorOf,
  parseRule,
  renameValue,
  sourceOfRule,
  withoutStatement,
  withStatement,
  withStatementBefore,
} from '../../engine'
import type { AttributeGraph, CallGraph, RuleSourceText, SourceSide, Statement, ValueGraph } from '../../engine'
import { onnxDialect } from '../../dialects/onnx'
import type { BoardPath } from './rule-board'

/** It cannot be done: why, for the person. */
export class BoardError extends Error {}

type Call = CallGraph
type Side = BoardPath['outcome']

export function sideOf(source: RuleSourceText, outcome: Side): SourceSide {
  const side = outcome === null ? source.left : source.right[outcome]
  if (!side) throw new BoardError('this side is not there any more')
  return side
}

/** The value at a place. */
export function valueAt(source: RuleSourceText, { outcome, statement, path }: BoardPath): ValueGraph {
  let v: ValueGraph | undefined = sideOf(source, outcome).statements[statement]?.value
  for (const i of path) v = v?.type === 'call' ? v.operands[i] : v?.type === 'either' ? v.of[i] : v
  if (!v) throw new BoardError('what is meant is not there any more')
  return v
}

/** Changes the layer at a place. */
export function changeCall(text: string, at: BoardPath, change: (call: Call) => ValueGraph): string {
  return changed(text, at, (v) => {
    if (v.type !== 'call') throw new BoardError('this is no layer')
    return change(v)
  })
}

export const setKind = (text: string, at: BoardPath, kind: string): string =>
  changeCall(text, at, ({ kinds: _, ...call }) => ({ ...call, kind: kind.trim() }))

export const setMaybe = (text: string, at: BoardPath, maybe: boolean): string =>
  changeCall(text, at, ({ maybe: _, ...call }) => ({ ...call, ...(maybe && { maybe }) }))

export const setOrdered = (text: string, at: BoardPath, ordered: boolean): string =>
  changeCall(text, at, ({ ordered: _, ...call }) => ({ ...call, ...(ordered && { ordered }) }))

/** Another form that may stand in the place of a layer, of a value, or beside the forms that are there. */
export function addForm(text: string, at: BoardPath, form: string): string {
  const made = valueIn(form, at.outcome)
  return changed(text, at, (v) => ({ type: 'either', of: v.type === 'either' ? [...v.of, made] : [v, made] }))
}

/** Gives a value another name, on both sides and in the conditions. */
export function setName(text: string, from: string, to: string): string {
  return checked(renameValue(text, from, to.trim()))
}

/** Which results a layer gives, and their names in their order (`y, _, s?`). */
export function setResults(text: string, { outcome, statement }: BoardPath, results: string): string {
  const source = sourceOfRule(text)
  const side = sideOf(source, outcome)
  const s = side.statements[statement]
  if (!s) throw new BoardError('what is meant is not there any more')
  const { names, optional, rest } = resultsIn(results, outcome)
  const { optional: _, rest: __, ...others } = s
  const next = { ...others, names, ...(optional && { optional }), ...(rest !== undefined && { rest }) }
  return checked(withStatement(source, side, statement, next))
}

/** Gives an attribute the value that a text stands for; takes it away for an empty one. */
export function setAttribute(text: string, at: BoardPath, name: string, value: string): string {
  return changeCall(text, at, (call) => {
    const { [name]: _, ...others } = call.attributes
    if (value.trim() === '') return { ...call, attributes: others }
    return { ...call, attributes: { ...call.attributes, [name]: attributeIn(value, at.outcome) } }
  })
}

/** Gives an operand what a text stands for: a name, a number, a whole layer. */
export function setOperand(text: string, at: BoardPath, index: number, value: string): string {
  const made = value.trim() === '' ? null : valueIn(value, at.outcome)
  return withOperand(text, at, index, made)
}

/** Leads a value to an operand. One that has no name gets one. */
export function connect(text: string, from: BoardPath | string, to: BoardPath, index: number): string {
  if (typeof from === 'string') return withOperand(text, to, index, { type: 'name', name: from })
  if (from.outcome !== to.outcome)
    throw new BoardError('a line stays on its side: the other side knows the value by its name')
  const inside = from.statement === to.statement && from.path.every((p, i) => p === to.path[i])
  if (inside && from.path.length <= to.path.length) throw new BoardError('a layer cannot take what it gives')
  const named = nameOf(text, from)
  // What was inside another layer stands before it now: the place of what takes it has moved.
  const moved = named.hoisted && to.statement >= from.statement ? { ...to, statement: to.statement + 1 } : to
  return withOperand(named.text, moved, index, { type: 'name', name: named.name })
}

/** A new layer, with as many operands as it needs: new ones on the left, those that are there on the right. */
export function addLayer(text: string, outcome: Side, kind: string): string {
  const source = sourceOfRule(text)
  const side = sideOf(source, outcome)
  const schema = onnxDialect.schema(kind, domainOf(kind) === '' ? 24 : 1000)
  const needed = Math.max(1, schema?.inputs.filter((i) => !i.optional).length ?? 1)
  const fresh = freshNames(text)
  const known = outcome === null ? [] : namesOn(source.left)
  const operand = (i: number): ValueGraph => ({ type: 'name', name: known[i] ?? known[0] ?? fresh('a') })
  const operands = Array.from({ length: needed }, (_, i) => operand(i))
  const value: Call = { type: 'call', kind, operands, attributes: {} }
  return checked(withStatementBefore(source, side, firstPlaced(side), { names: [fresh(letterOf(kind))], value }))
}

/** Takes a layer out: what used it takes its first operand. */
export function removeAt(text: string, at: BoardPath): string {
  const source = sourceOfRule(text)
  const side = sideOf(source, at.outcome)
  const v = valueAt(source, at)
  const first = v.type === 'call' ? v.operands[0] : v.type === 'either' ? v.of[0] : v
  const statement = side.statements[at.statement]!
  if (at.path.length > 0) {
    if (!first || first.type === 'absent') throw new BoardError('it has no operand that could take its place')
    return changed(text, at, () => first)
  }
  const users = side.statements.flatMap((s, i) => (i !== at.statement && uses(s.value, statement.names) ? [i] : []))
  if (users.length === 0) {
    if (side.statements.length === 1) throw new BoardError('a side needs a layer: change its operator instead')
    return checked(withoutStatement(source, side, at.statement))
  }
  if (first?.type !== 'name') throw new BoardError('what it takes has no name yet: give that a name first')
  let now = text
  for (const user of users) {
    const fresh = sourceOfRule(now)
    const s = sideOf(fresh, at.outcome)
    now = withStatement(fresh, s, user, {
      ...s.statements[user]!,
      value: renamed(s.statements[user]!.value, statement.names, first),
    })
  }
  const last = sourceOfRule(now)
  return checked(withoutStatement(last, sideOf(last, at.outcome), at.statement))
}

/** On the left: whether the layer may be used outside the match. */
export function setShared(text: string, at: BoardPath, shared: boolean): string {
  const named = nameOf(text, at)
  const source = sourceOfRule(named.text)
  const { shared: _, ...statement } = source.left.statements[named.statement]!
  return checked(withStatement(source, source.left, named.statement, { ...statement, ...(shared && { shared }) }))
}

/** On the left: whether an operand must be a constant, or may be absent. */
export function setFlag(text: string, name: string, flag: 'constant' | 'optional', wanted: boolean): string {
  let now = text
  sourceOfRule(text).left.statements.forEach((_, i) => {
    const source = sourceOfRule(now)
    const s = source.left.statements[i]!
    const value = flagged(s.value, name, flag, wanted)
    if (value !== s.value) now = withStatement(source, source.left, i, { ...s, value })
  })
  return checked(now)
}

/** Values by name that a side has, in order. */
export function namesOn(side: SourceSide): string[] {
  const found = new Set<string>()
  const visit = (v: ValueGraph): void => {
    if (v.type === 'name') found.add(v.name)
    if (v.type === 'call') v.operands.forEach(visit)
    if (v.type === 'either') v.of.forEach(visit)
  }
  for (const s of side.statements) {
    visit(s.value)
    for (const n of s.names) if (n !== null) found.add(n)
  }
  return [...found]
}

function withOperand(text: string, at: BoardPath, index: number, value: ValueGraph | null): string {
  return changed(text, at, (v) => {
    if (v.type === 'call') return { ...v, operands: placedAt(v.operands, index, value) }
    if (v.type === 'either') return { ...v, of: placedAt(v.of, index, value) }
    if (value === null) throw new BoardError('it needs a value')
    return value
  })
}

/** Without a value the last operand goes; one before others is given as absent. */
function placedAt(operands: readonly ValueGraph[], index: number, value: ValueGraph | null): ValueGraph[] {
  const next = [...operands]
  while (next.length < index) next.push({ type: 'absent' })
  if (value !== null) next[index] = value
  else if (index === next.length - 1) next.pop()
  else next[index] = { type: 'absent' }
  return next
}

function changed(text: string, { outcome, statement, path }: BoardPath, change: (v: ValueGraph) => ValueGraph): string {
  const source = sourceOfRule(text)
  const side = sideOf(source, outcome)
  const s = side.statements[statement]
  if (!s) throw new BoardError('what is meant is not there any more')
  const value = changedIn(s.value, s.value.type === 'call' || s.value.type === 'either' ? path : [], change)
  return checked(withStatement(source, side, statement, { ...s, value }))
}

function changedIn(v: ValueGraph, path: readonly number[], change: (v: ValueGraph) => ValueGraph): ValueGraph {
  const [at, ...rest] = path
  if (at === undefined) return change(v)
  const list = v.type === 'call' ? v.operands : v.type === 'either' ? v.of : null
  if (!list?.[at]) throw new BoardError('what is meant is not there any more')
  const next = list.map((o, i) => (i === at ? changedIn(o, rest, change) : o))
  return v.type === 'call' ? { ...v, operands: next } : { type: 'either', of: next }
}

/** The name of a value; one that has none gets a statement of its own, with one. */
function nameOf(text: string, at: BoardPath): { text: string; name: string; statement: number; hoisted: boolean } {
  const source = sourceOfRule(text)
  const side = sideOf(source, at.outcome)
  const s = side.statements[at.statement]
  if (!s) throw new BoardError('what is meant is not there any more')
  const [known] = s.names
  if (at.path.length === 0 && known) return { text, name: known, statement: at.statement, hoisted: false }
  const v = valueAt(source, at)
  const name = freshNames(text)(v.type === 'call' ? letterOf(v.kind) : 'v')
  if (at.path.length === 0) {
    const now = withStatement(source, side, at.statement, { ...s, names: [name, ...s.names.slice(1)] })
    return { text: checked(now), name, statement: at.statement, hoisted: false }
  }
  const value = changedIn(s.value, at.path, () => ({ type: 'name', name }))
  const first = withStatement(source, side, at.statement, { ...s, value })
  const second = sourceOfRule(first)
  const now = withStatementBefore(second, sideOf(second, at.outcome), at.statement, { names: [name], value: v })
  return { text: checked(now), name, statement: at.statement, hoisted: true }
}

function uses(v: ValueGraph, names: readonly (string | null)[]): boolean {
  if (v.type === 'name') return names.includes(v.name)
  if (v.type === 'call') return v.operands.some((o) => uses(o, names))
  return v.type === 'either' && v.of.some((o) => uses(o, names))
}

function renamed(v: ValueGraph, names: readonly (string | null)[], by: ValueGraph): ValueGraph {
  if (v.type === 'name') return names.includes(v.name) ? by : v
  if (v.type === 'call') return { ...v, operands: v.operands.map((o) => renamed(o, names, by)) }
  return v.type === 'either' ? { ...v, of: v.of.map((o) => renamed(o, names, by)) } : v
}

/** The same object where nothing in it has the name. */
function flagged(v: ValueGraph, name: string, flag: 'constant' | 'optional', wanted: boolean): ValueGraph {
  if (v.type === 'name' && v.name === name) {
    const { [flag]: had, ...rest } = v
    return (had === true) === wanted ? v : { ...rest, ...(wanted && { [flag]: true }) }
  }
  const list = v.type === 'call' ? v.operands : v.type === 'either' ? v.of : []
  const next = list.map((o) => flagged(o, name, flag, wanted))
  if (next.every((o, i) => o === list[i])) return v
  return v.type === 'call' ? { ...v, operands: next } : { type: 'either', of: next }
}

/** What a text stands for, as an operand. @throws RuleSyntaxError */
function valueIn(text: string, outcome: Side): ValueGraph {
  return operandOf(probe(`(${text})`, outcome)).operands[0]!
}

function attributeIn(text: string, outcome: Side): AttributeGraph {
  return operandOf(probe(`<value=${text}>(x)`, outcome)).attributes['value']!
}

/** @throws RuleSyntaxError */
function resultsIn(text: string, outcome: Side): Statement {
  const [whole, last] = [`${text} = K(x)`, 'y_of_all']
  const rule =
    outcome === null ? `${whole}\n${last} = K(x)\n=>\n${last} = x` : `${last} = K(x)\n=>\n${whole}\n${last} = x`
  const { left, right } = parseRule(rule)
  return (outcome === null ? left : right)[0]!
}

/** A rule with one layer that ends so, on the side in question. */
function probe(end: string, outcome: Side): Statement {
  const rule = outcome === null ? `y = K${end}\n=>\ny = x` : `y = K(x)\n=>\ny = K${end}`
  const { left, right } = parseRule(rule)
  return (outcome === null ? left : right).at(-1)!
}

function operandOf({ value }: Statement): Call {
  if (value.type !== 'call') throw new BoardError('this is no operand')
  return value
}

/** A text that can be read again: what cannot is not handed on. @throws RuleSyntaxError */
function checked(text: string): string {
  sourceOfRule(text)
  return text
}

function firstPlaced(side: SourceSide): number {
  const at = side.spans.findIndex((s) => s !== null)
  if (at < 0) throw new BoardError('all of this side comes from a let: change it in the text')
  return at
}

const letterOf = (kind: string): string => operatorOf(kind).charAt(0).toLowerCase() || 'v'

function freshNames(text: string): (base: string) => string {
  const known = new Set(text.match(/[A-Za-z_]\w*/g))
  return (base) => {
    for (let n = 1; ; n++) {
      const name = `${base}${n}`
      if (known.has(name)) continue
      known.add(name)
      return name
    }
  }
}
