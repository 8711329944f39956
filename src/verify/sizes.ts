import { dimValue } from '../dialects/onnx'
import type { Dim, Shape } from '../engine'

/**
 * Numbers for the symbolic sizes of one run: equal names get equal numbers, and an expression over names what it comes to.
 * Distinct sizes tell apart what must not be mixed up; some models want them equal, so there is a second choice.
 */
export class Sizes {
  private readonly chosen: Map<string, number>

  /** @param known numbers that are given for some of the names */
  constructor(
    private readonly kind: 'distinct' | 'equal',
    known: ReadonlyMap<string, number> = new Map(),
  ) {
    this.chosen = new Map(known)
  }

  shape(shape: Shape): number[] {
    return shape.map((d) => this.size(d))
  }

  size(dim: Dim): number {
    if (typeof dim === 'number') return dim
    if (dim === null) return this.kind === 'distinct' ? 3 : 1
    const value = dimValue(dim, (name) => this.named(name))
    return value !== null && value > 0 ? value : this.named(dim)
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
