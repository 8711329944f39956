/** Loops over what only a match knows: all elements are gone through at once. */
import { all, any, conditionText, isTrue, not } from './conditions'
import type { Condition } from './conditions'
import { Failed, untold } from './machine'
import type { LoopEvent, Machine, Way } from './machine'
import { inputAt } from './members'
import type { SyntaxNode } from './syntax'
import { asTerm, chosenTerm, every, lengthText, isSpread, term } from './terms'
import type { Value } from './values'
import { NONE } from './values'

export interface Elements {
  readonly elements: readonly Value[]
  /** One stands for all of them. */
  readonly isSymbolic: boolean
  readonly length: string
}

/** What a loop goes through. */
export function eachOf(m: Machine, v: Value, at: SyntaxNode): Elements {
  const plain = (elements: readonly Value[]): Elements => ({
    elements,
    isSymbolic: false,
    length: String(elements.length),
  })
  if (v.type === 'list' && !isSpread(v)) return plain(v.items)
  if (v.type === 'inputs') return plain(givenInputs(m, v))
  if (v.type === 'uses') return plain([{ type: 'list', items: [{ type: 'user', of: v.of }, NONE], depth: m.depth }])
  if (v.type === 'zipped')
    return { elements: [{ type: 'list', items: [...v.parts], depth: m.depth }], isSymbolic: true, length: v.length }
  const t = asTerm(v)
  if (!t || t.is === 'number') throw untold(m, at)
  const length = lengthText(t.text)
  return { elements: [{ ...t, is: 'each' }], isSymbolic: true, length }
}

/** Inputs as far as a layer has them: each optional one is there or not. */
function givenInputs(m: Machine, v: Extract<Value, { type: 'inputs' }>): Value[] {
  const found = Array.from({ length: Math.max(0, v.to - v.from) }, (_, i) => {
    const { given, ...value } = inputAt(v.of, v.from + i)
    return !given || m.decide(given) ? (value as Value) : NONE
  })
  while (found.at(-1)?.type === 'none') found.pop()
  return found
}

/** Whether one value stands for several operands. */
export const isRest = (v: Value): boolean => v.type === 'value' && v.of.type === 'rest'

/**
 * What the ways through a loop's body come to, for all elements at once. A way that leaves the loop is taken where any element goes
 * it. @returns what the loop returns; null where it ends
 */
export function afterLoop(m: Machine, ways: readonly Way[], index: string, at: SyntaxNode): Value | null {
  const leaving = ways.filter((w) => w.returned !== null || w.failed)
  const staying = ways.filter((w) => !leaving.includes(w))
  if (leaving.length > 0) {
    const stays = every(shorter(not(anyWay(leaving)), anyWay(staying)))
    if (!m.decide(stays)) {
      if (leaving.every((w) => w.failed)) throw new Failed()
      const [first, ...more] = leaving.map((w) => (w.failed ? null : w.returned))
      const isOne = first && PLAIN.has(kindOf(first)) && more.every((r) => r && kindOf(r) === kindOf(first))
      if (!isOne) throw untold(m, at, 'leaves in ways that a rule does not have')
      return first
    }
  }
  for (const target of targetsOf(staying)) settle(m, target, staying, index, at)
  return null
}

const anyWay = (ways: readonly Way[]): Condition => any(...ways.map((w) => all(...w.conditions)))

const shorter = (a: Condition, b: Condition): Condition => (conditionText(a).length < conditionText(b).length ? a : b)

const PLAIN: ReadonlySet<string> = new Set(['none', 'failed', 'true', 'false', 'result-of-check'])
const kindOf = (v: Value): string =>
  v.type === 'bool' ? (isTrue(v.is) ? 'true' : v.is.op === 'any' && v.is.of.length === 0 ? 'false' : '') : v.type

const keyOf = (e: LoopEvent): unknown => (e.type === 'append' ? e.list : `${e.type} ${e.place}`)

function targetsOf(ways: readonly Way[]): LoopEvent[] {
  const seen = new Map<unknown, LoopEvent>()
  for (const e of ways.flatMap((w) => w.events)) if (!seen.has(keyOf(e))) seen.set(keyOf(e), e)
  return [...seen.values()]
}

function settle(m: Machine, target: LoopEvent, ways: readonly Way[], index: string, at: SyntaxNode): void {
  const events = ways.map((w) => w.events.filter((e) => keyOf(e) === keyOf(target)))
  if (target.type === 'lost') return target.write({ type: 'lost', name: target.place })
  if (target.type === 'put') return settlePut(m, target, ways, events as PutEvent[][], index, at)
  const isFrom1 = ways.every(
    (w, i) => (events[i]!.length === 1) === w.conditions.some((c) => conditionText(c) === `${index} > 0`),
  )
  const filled = ways.filter((_, i) => events[i]!.length === 1)
  if (!isFrom1 && filled.length < ways.length) throw untold(m, at, 'fills a list now and then')
  const vector = choice(
    m,
    filled,
    events.filter((e) => e.length === 1).map((e) => (e[0] as { value: Value }).value),
    at,
  )
  const t = asTerm(vector)
  if (!t) throw untold(m, at)
  const whole = t.is === 'each' ? t.text : `(${index} * 0 + ${t.text})`
  const list = term(isFrom1 ? `${whole}[1:]` : whole, 'list')
  if (target.type === 'append') {
    const before = target.list.items
    m.change(
      () => (target.list.items = [...before, { type: 'spread', of: list }]),
      () => (target.list.items = before),
    )
  } else
    target.write({
      type: 'list',
      items: [
        { type: 'spread', of: term(`reversed(${list.text})`, 'list') },
        { type: 'spread', of: listTerm(m, target.before, at) },
      ],
      depth: m.depth,
    })
}

function listTerm(m: Machine, v: Value, at: SyntaxNode): Extract<Value, { type: 'term' }> {
  const t = asTerm(v)
  if (!t) throw untold(m, at)
  return { ...t, is: 'list' }
}

type PutEvent = Extract<LoopEvent, { type: 'put' }>

function settlePut(
  m: Machine,
  target: PutEvent,
  ways: readonly Way[],
  events: readonly (readonly PutEvent[])[],
  index: string,
  at: SyntaxNode,
): void {
  let now = asTerm(target.before)
  if (!now) throw untold(m, at)
  if (events.every((list) => list.every((e) => e.index === index))) {
    const old = { ...now, is: 'each' as const }
    const values = events.map((list): Value => list.at(-1)?.value ?? old)
    now = asTerm(choice(m, ways, values, at))
  } else {
    if (ways.length !== 1) throw untold(m, at, 'sets elements now and then')
    for (const e of events[0]!) {
      const value = asTerm(e.value)
      if (!value) throw untold(m, at)
      now = term(`put(${now!.text}, ${e.index}, ${value.text})`, now!.is)
    }
  }
  target.write({ ...now!, is: 'list' })
}

/** The value of each way, chosen by what leads there. */
function choice(m: Machine, ways: readonly Way[], values: readonly Value[], at: SyntaxNode): Value {
  let found = values.at(-1)!
  for (let i = values.length - 2; i >= 0; i--) {
    const c: Condition = all(...ways[i]!.conditions)
    const next = chosenTerm(c, conditionText(c), values[i]!, found)
    if (!next) throw untold(m, at)
    found = next
  }
  return found
}
