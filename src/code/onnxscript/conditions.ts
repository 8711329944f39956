/** Conditions as they are put together, and as a rule writes them. */
export type Condition =
  | { readonly op: 'all'; readonly of: readonly Condition[] }
  | { readonly op: 'any'; readonly of: readonly Condition[] }
  | { readonly op: 'not'; readonly of: Condition }
  /** It holds of all elements, or of any. */
  | { readonly op: 'every'; readonly of: Condition }
  | { readonly op: 'some'; readonly of: Condition }
  /** A comparison; `opposite` where there is one; `each` where it is of the elements of lists. */
  | { readonly op: 'is'; readonly text: string; readonly opposite?: string; readonly each?: boolean }

export const TRUE: Condition = { op: 'all', of: [] }
export const FALSE: Condition = { op: 'any', of: [] }

export const isTrue = (c: Condition): boolean => c.op === 'all' && c.of.length === 0
export const isFalse = (c: Condition): boolean => c.op === 'any' && c.of.length === 0

const OPPOSITE: Readonly<Record<string, string>> = {
  '==': '!=',
  '!=': '==',
  '<': '>=',
  '>=': '<',
  '>': '<=',
  '<=': '>',
}

export function compared(a: string, sign: string, b: string, each = false): Condition {
  const opposite = OPPOSITE[sign]
  const texts = { text: `${a} ${sign} ${b}`, ...(opposite && { opposite: `${a} ${opposite} ${b}` }) }
  return { op: 'is', ...texts, ...(each && { each }) }
}

export const is = (text: string, each = false): Condition => ({ op: 'is', text, ...(each && { each }) })

export function not(c: Condition): Condition {
  if (c.op === 'not') return c.of
  if (c.op === 'every' || c.op === 'some') return { op: c.op === 'every' ? 'some' : 'every', of: not(c.of) }
  if (c.op === 'all') return any(...c.of.map(not))
  if (c.op === 'any') return all(...c.of.map(not))
  return c.opposite === undefined ? { op: 'not', of: c } : { ...c, text: c.opposite, opposite: c.text }
}

export function all(...given: readonly Condition[]): Condition {
  const of = once(given.flatMap((c) => (c.op === 'all' ? c.of : [c])))
  if (of.some(isFalse)) return FALSE
  return of.length === 1 ? of[0]! : { op: 'all', of }
}

export function any(...given: readonly Condition[]): Condition {
  const of = once(given.flatMap((c) => (c.op === 'any' ? c.of : [c])))
  if (of.some(isTrue)) return TRUE
  return of.length === 1 ? of[0]! : { op: 'any', of }
}

/** That a condition on elements holds of all of them, or of any; one that is of no elements is itself. */
export function ofElements(op: 'every' | 'some', of: Condition): Condition {
  return isEach(of) ? { op, of } : of
}

export function isEach(c: Condition): boolean {
  if (c.op === 'is') return c.each === true
  if (c.op === 'every' || c.op === 'some') return false
  return c.op === 'not' ? isEach(c.of) : c.of.some(isEach)
}

/** Any of several that must hold, with what all of them ask for said once. */
export function anyOfMany(ways: readonly Condition[]): Condition {
  const parts = ways.map((c) => (c.op === 'all' ? c.of : [c]))
  const common = (parts[0] ?? []).filter((c) =>
    parts.every((p) => p.some((d) => conditionText(d) === conditionText(c))),
  )
  const isCommon = new Set(common.map(conditionText))
  const rest = parts.map((p) => all(...p.filter((c) => !isCommon.has(conditionText(c)))))
  return all(...common, any(...rest))
}

/** One for each that must hold, each once. */
export function written(c: Condition): string[] {
  const parts = c.op === 'all' ? c.of : [c]
  return [...new Set(parts.map(conditionText))]
}

export function conditionText(c: Condition): string {
  if (c.op === 'is') return c.text
  if (c.op === 'every' || c.op === 'some') return `${c.op === 'every' ? 'all' : 'any'}(${conditionText(c.of)})`
  if (c.op === 'not') return `not ${c.of.op === 'is' && BARE.test(c.of.text) ? c.of.text : `(${conditionText(c.of)})`}`
  if (c.of.length === 0) return c.op === 'all' ? 'true' : 'false'
  const inner = c.of.map((p) => (p.op === 'all' || p.op === 'any' ? `(${conditionText(p)})` : conditionText(p)))
  return inner.join(c.op === 'all' ? ' and ' : ' or ')
}

/** What `not` takes without parentheses. */
const BARE = /^(\w+\.\w+|given \$?\w+|known\([\w.$]+\))$/

function once(given: readonly Condition[]): Condition[] {
  const seen = new Set<string>()
  return given.filter((c) => {
    const text = conditionText(c)
    if (seen.has(text)) return false
    return seen.add(text)
  })
}
