/** Conditions as they are put together, and as a rule writes them. */
export type Condition =
  | { readonly op: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly op: 'not'; readonly of: Condition }
  /** A comparison; `opposite` where there is one. */
  | { readonly op: 'is'; readonly text: string; readonly opposite?: string }

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

export function compared(a: string, sign: string, b: string): Condition {
  const opposite = OPPOSITE[sign]
  return { op: 'is', text: `${a} ${sign} ${b}`, ...(opposite && { opposite: `${a} ${opposite} ${b}` }) }
}

export const is = (text: string): Condition => ({ op: 'is', text })

export function not(c: Condition): Condition {
  if (c.op === 'not') return c.of
  if (c.op !== 'is') return c.op === 'all' ? any(...c.of.map(not)) : all(...c.of.map(not))
  return c.opposite === undefined ? { op: 'not', of: c } : { op: 'is', text: c.opposite, opposite: c.text }
}

export function all(...given: readonly Condition[]): Condition {
  const of = given.flatMap((c) => (c.op === 'all' ? c.of : [c]))
  if (of.some(isFalse)) return FALSE
  return of.length === 1 ? of[0]! : { op: 'all', of }
}

export function any(...given: readonly Condition[]): Condition {
  const of = given.flatMap((c) => (c.op === 'any' ? c.of : [c]))
  if (of.some(isTrue)) return TRUE
  return of.length === 1 ? of[0]! : { op: 'any', of }
}

/** One for each that must hold, each once. */
export function written(c: Condition): string[] {
  const parts = c.op === 'all' ? c.of : [c]
  return [...new Set(parts.map(text))]
}

function text(c: Condition): string {
  if (c.op === 'is') return c.text
  if (c.op === 'not') return `not ${c.of.op === 'is' && /^\w+\.\w+$/.test(c.of.text) ? c.of.text : `(${text(c.of)})`}`
  const inner = c.of.map((p) => (p.op === 'all' || p.op === 'any' ? `(${text(p)})` : text(p)))
  return inner.join(c.op === 'all' ? ' and ' : ' or ')
}
