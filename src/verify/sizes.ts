import type { Dim, Shape } from '../engine'

/**
 * Numbers for the symbolic sizes of one run: equal names get equal numbers, and an expression over names what it comes to.
 * Distinct sizes tell apart what must not be mixed up; some models want them equal, so there is a second choice.
 */
export class Sizes {
  private readonly chosen = new Map<string, number>()

  constructor(private readonly kind: 'distinct' | 'equal') {}

  shape(shape: Shape): number[] {
    return shape.map((d) => this.size(d))
  }

  size(dim: Dim): number {
    if (typeof dim === 'number') return dim
    if (dim === null) return this.kind === 'distinct' ? 3 : 1
    const plain = /^[A-Za-z_][\w.]*$/.test(dim)
    return plain ? this.named(dim) : (evaluated(dim, (name) => this.named(name)) ?? this.named(dim))
  }

  private named(name: string): number {
    let n = this.chosen.get(name)
    if (n === undefined) {
      const isBatch = /batch|^n$/i.test(name)
      n = this.kind === 'equal' ? (isBatch ? 1 : 16) : isBatch ? 2 : DISTINCT[this.chosen.size % DISTINCT.length]!
      this.chosen.set(name, n)
    }
    return n
  }
}

const DISTINCT = [8, 6, 10, 12, 5, 7]

/** What an expression of shape inference comes to: `2*batch*seq + 1`, `floor((h + 2)/2)`, `min(4, n)`. */
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
    if ((token === 'floor' || token === 'min') && take('(')) {
      const x = sum()
      if (token === 'floor') return closed(Math.floor(x))
      return take(',') ? closed(Math.min(x, sum())) : NaN
    }
    return named(token)
  }
  const closed = (x: number): number => (take(')') ? x : NaN)
  const value = sum()
  return at === tokens.length && Number.isInteger(value) && value > 0 ? value : null
}
