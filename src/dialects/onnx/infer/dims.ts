/**
 * Arithmetic on sizes that may be symbolic. A symbolic size is a polynomial over names, written in one canonical way, so
 * that equal texts are equal sizes: `2*batch*seq + 1`. What is no polynomial is an atom of its own: `floor((h + 2)/2)`.
 */
import type { Dim } from '../../../engine'

/** Coefficient by monomial; a monomial is its factors, sorted and joined by `*`; '' stands for the constant term. */
type Polynomial = ReadonlyMap<string, number>

/** Longer expressions help nobody and are given up. */
const MAX_LENGTH = 160

export function addDims(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a + b
  return combine(a, b, (p, q) => sum(p, q, 1))
}

export function subDims(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return combine(a, b, (p, q) => sum(p, q, -1))
}

export function mulDims(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a * b
  if (a === 0 || b === 0) return 0
  return combine(a, b, product)
}

/** Rounded down; null where the divisor is zero. */
export function floorDivDims(a: Dim, b: Dim): Dim {
  if (b === 0 || a === null || b === null) return null
  if (typeof a === 'number' && typeof b === 'number') return Math.floor(a / b)
  const exact = divideExactly(a, b)
  return exact ?? atom(`floor(${grouped(a)}/${grouped(b)})`)
}

/** `a / b` where it is a polynomial with integer coefficients, else null. */
export function divideExactly(a: Dim, b: Dim): Dim {
  if (a === null || b === null || b === 0 || isLong(a) || isLong(b)) return null
  if (a === 0) return 0
  const divisor = [...parse(b)]
  const [term] = divisor
  if (!term || divisor.length > 1) return a === b ? 1 : null
  const out = new Map<string, number>()
  for (const [monomial, coefficient] of parse(a)) {
    const factors = remove(monomial, term[0])
    if (factors === null || coefficient % term[1] !== 0) return null
    out.set(factors, coefficient / term[1])
  }
  return render(out)
}

/** The smaller of a known and a symbolic size. */
export function minDims(a: number, b: string): Dim {
  return atom(`min(${a}, ${b})`)
}

/**
 * Of two sizes of which one is the smaller of the other and a number, the other. Where both have to agree, as in
 * broadcasting, they are equal in every run that does not fail.
 */
export function agreedDim(a: string, b: string): string | null {
  if (isMinOf(a, b)) return b
  return isMinOf(b, a) ? a : null
}

function isMinOf(a: string, b: string): boolean {
  return a.startsWith('min(') && a.endsWith(`, ${b})`) && /^\d+$/.test(a.slice(4, a.length - b.length - 3))
}

export function productOf(dims: readonly Dim[]): Dim {
  let out: Dim = 1
  for (const d of dims) out = mulDims(out, d)
  return out
}

function combine(a: Dim, b: Dim, f: (p: Polynomial, q: Polynomial) => Polynomial): Dim {
  return a === null || b === null || isLong(a) || isLong(b) ? null : render(f(parse(a), parse(b)))
}

function isLong(d: string | number): boolean {
  return typeof d === 'string' && d.length > MAX_LENGTH
}

function sum(p: Polynomial, q: Polynomial, sign: number): Polynomial {
  const out = new Map(p)
  for (const [monomial, c] of q) out.set(monomial, (out.get(monomial) ?? 0) + sign * c)
  return out
}

function product(p: Polynomial, q: Polynomial): Polynomial {
  const out = new Map<string, number>()
  for (const [m, c] of p) {
    for (const [n, d] of q) {
      const monomial = [...factorsOf(m), ...factorsOf(n)].sort().join('*')
      out.set(monomial, (out.get(monomial) ?? 0) + c * d)
    }
  }
  return out
}

function factorsOf(monomial: string): string[] {
  return monomial === '' ? [] : split(monomial, '*')
}

function remove(monomial: string, divisor: string): string | null {
  const left = factorsOf(monomial)
  for (const factor of factorsOf(divisor)) {
    const at = left.indexOf(factor)
    if (at < 0) return null
    left.splice(at, 1)
  }
  return left.join('*')
}

function render(p: Polynomial): Dim {
  const terms = [...p].filter(([, c]) => c !== 0).sort(([m], [n]) => (m === '' ? 1 : n === '' ? -1 : m < n ? -1 : 1))
  if (terms.length === 0) return 0
  if (terms.length === 1 && terms[0]![0] === '') return terms[0]![1]
  let text = ''
  for (const [monomial, c] of terms) {
    const size = Math.abs(c)
    const body = monomial === '' ? String(size) : size === 1 ? monomial : `${size}*${monomial}`
    text += text === '' ? (c < 0 ? `-${body}` : body) : `${c < 0 ? ' - ' : ' + '}${body}`
  }
  return atom(text)
}

function atom(text: string): Dim {
  return text.length > MAX_LENGTH ? null : text
}

function grouped(d: string | number): string {
  return typeof d === 'number' || /^[\w.]+$/.test(d) ? String(d) : `(${d})`
}

const parsed = new Map<string, Polynomial>()

function parse(d: string | number): Polynomial {
  if (typeof d === 'number') return new Map([['', d]])
  let p = parsed.get(d)
  if (!p) {
    p = parseText(d)
    if (parsed.size > 4096) parsed.clear()
    parsed.set(d, p)
  }
  return p
}

function parseText(text: string): Polynomial {
  const out = new Map<string, number>()
  for (const term of split(text, ' + ').flatMap(signedTerms)) {
    let coefficient = term.sign
    const factors: string[] = []
    for (const raw of split(term.text, '*')) {
      const negative = raw.startsWith('-')
      const factor = negative ? raw.slice(1) : raw
      if (negative) coefficient = -coefficient
      if (/^\d+$/.test(factor)) coefficient *= Number(factor)
      else factors.push(factor)
    }
    const monomial = factors.sort().join('*')
    out.set(monomial, (out.get(monomial) ?? 0) + coefficient)
  }
  return out
}

function signedTerms(text: string): { text: string; sign: number }[] {
  return split(text, ' - ').map((part, i) => ({ text: part, sign: i === 0 ? 1 : -1 }))
}

/** Splits outside of parentheses. Sums are written with spaces, so that a name like `a+b` stays whole. */
function split(text: string, separator: string): string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++
    else if (text[i] === ')') depth--
    else if (depth === 0 && text.startsWith(separator, i)) {
      parts.push(text.slice(start, i).trim())
      start = i + separator.length
      i = start - 1
    }
  }
  parts.push(text.slice(start).trim())
  return parts
}
