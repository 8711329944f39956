/** Reads of Python's syntax, and what of it a rule can say. */
import type { parser } from '@lezer/python'

export type SyntaxNode = ReturnType<typeof parser.parse>['topNode']

/** A part of a file that a rule cannot say, and where it stands. */
export class Untold extends Error {
  constructor(
    readonly what: string,
    readonly at: SyntaxNode,
  ) {
    super(what)
  }
}

/** A number, a text or a list of them, as a rule writes it. */
export function literal(text: string, node: SyntaxNode): string {
  const plain = text
    .replace(/^\((.*),?\)$/s, '[$1]')
    .replace(/\s+/g, ' ')
    .replace(/,\s*\]$/, ']')
    .replace(/'([^'"]*)'/g, '"$1"')
  if (/^-?[\d.]+(e[-+]?\d+)?$/i.test(plain) || /^"[^"]*"$/.test(plain)) return plain
  if (/^\[(\s*(-?[\d.]+(e[-+]?\d+)?|"[^"]*")\s*,?)*\]$/i.test(plain)) return plain
  const number = arithmetic(plain)
  if (number !== null) return number
  if (plain === 'True' || plain === 'False') return plain === 'True' ? '1' : '0'
  throw new Untold(`${text.slice(0, 60)} is worked out by code`, node)
}

/** `1 / 6` as a number; null for anything else. */
export function arithmetic(text: string): string | null {
  const found = /^(-?[\d.]+)\s*([-+*/])\s*(-?[\d.]+)$/.exec(text.trim())
  if (!found) return null
  const [a, b] = [Number(found[1]), Number(found[3])]
  const value = found[2] === '+' ? a + b : found[2] === '-' ? a - b : found[2] === '*' ? a * b : a / b
  return Number.isFinite(value) ? String(value) : null
}

export function childrenOf(node: SyntaxNode | null): SyntaxNode[] {
  const found: SyntaxNode[] = []
  for (let child = node?.firstChild ?? null; child; child = child.nextSibling) found.push(child)
  return found
}

export function callsIn(top: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = []
  top.cursor().iterate((ref) => {
    if (ref.name === 'CallExpression') found.push(ref.node)
  })
  return found
}
