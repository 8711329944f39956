/** Numbers for symbolic sizes, as shape inference writes them: `2*batch*seq + 1`, `floor((h + 2)/2)`, `min(4, n)`. */

const PLAIN = /^[A-Za-z_][\w.]*$/
const FUNCTIONS = new Set(['floor', 'min'])

/** The names that a size is made of; one that is no expression is a name itself, whatever it looks like. */
export function namesInDim(dim: string): readonly string[] {
  const known = found.get(dim)
  if (known) return known
  const names = PLAIN.test(dim) || evaluated(dim, () => 1) === null ? [dim] : [...new Set(dim.match(NAME))]
  const out = names.filter((n) => !FUNCTIONS.has(n))
  if (found.size > 4096) found.clear()
  found.set(dim, out)
  return out
}

const NAME = /[A-Za-z_][\w.]*/g
const found = new Map<string, readonly string[]>()

/** What an expression comes to; null for a text that is none, or that comes to no whole number. */
export function dimValue(dim: string, named: (name: string) => number): number | null {
  return PLAIN.test(dim) ? named(dim) : evaluated(dim, named)
}

function evaluated(text: string, named: (name: string) => number): number | null {
  const tokens = text.match(/\d+|[A-Za-z_][\w.]*|[-+*/(),]/g) ?? []
  if (tokens.join('') !== text.replace(/\s/g, '')) return null
  let at = 0
  const take = (t: string): boolean => tokens[at] === t && at++ >= 0
  const sum = (): number => {
    let x = take('-') ? -product() : product()
    for (;;) {
      if (take('+')) x += product()
      else if (take('-')) x -= product()
      else return x
    }
  }
  const product = (): number => {
    let x = factor()
    for (;;) {
      if (take('*')) x *= factor()
      else if (take('/')) x /= factor()
      else return x
    }
  }
  const factor = (): number => {
    const token = tokens[at++] ?? ''
    if (token === '(') return closed(sum())
    if (/^\d/.test(token)) return Number(token)
    if (FUNCTIONS.has(token) && take('(')) {
      const x = sum()
      if (token === 'floor') return closed(Math.floor(x))
      return take(',') ? closed(Math.min(x, sum())) : NaN
    }
    return PLAIN.test(token) ? named(token) : NaN
  }
  const closed = (x: number): number => (take(')') ? x : NaN)
  const value = sum()
  return at === tokens.length && Number.isInteger(value) ? value : null
}
