import { dimValue } from '../dialects/onnx'
import type { Dim, Shape } from '../engine'

/**
 * How symbolic sizes are chosen: different ones tell apart what must not be mixed up; some models want them all equal, and some more
 * of them than others: a number is the size of all that is no batch.
 */
export type Sizing = 'distinct' | number

/** In the order in which they are tried: audio is cut into windows of some hundred samples, images are halved five times. */
export const SIZINGS: readonly Sizing[] = ['distinct', 16, 64, 512]

/** Sizes up to this are tried with a batch of one for all that has no name. */
const FEW = 16
/** An input of more elements than this is not made up: where its sizes are chosen here, and where a file states them. */
const MOST = 2 ** 24
const MOST_STATED = 2 ** 27

/** Numbers for the symbolic sizes of one run: equal names get equal numbers, and an expression over names what it comes to. */
export class Sizes {
  private readonly chosen: Map<string, number>

  /** @param known numbers that are given for some of the names */
  constructor(
    private readonly sizing: Sizing,
    known: ReadonlyMap<string, number> = new Map(),
  ) {
    this.chosen = new Map(known)
  }

  /** @throws RangeError where that would be more elements than anybody waits for */
  shape(shape: Shape): number[] {
    const sizes = shape.map((d, axis) => (d === null ? this.nameless(shape, axis) : this.size(d)))
    const count = sizes.reduce((a, b) => a * b, 1)
    if (count > (shape.every((d) => typeof d === 'number') ? MOST_STATED : MOST))
      throw new RangeError(`an input of ${sizes.join('×')} elements is too large to make numbers for`)
    return sizes
  }

  /** A batch, where it is the first or a known size follows; else what is long, as the samples of a sound or the sides of an image. */
  private nameless(shape: Shape, axis: number): number {
    const isLong = this.sizing !== 'distinct' && this.sizing > FEW && axis > 0
    return isLong && shape.slice(axis).every((d) => d === null) ? Number(this.sizing) : this.size(null)
  }

  size(dim: Dim): number {
    if (typeof dim === 'number') return dim
    if (dim === null) return this.sizing === 'distinct' ? 3 : 1
    const value = dimValue(dim, (name) => this.named(name))
    return value !== null && value > 0 ? value : this.named(dim)
  }

  private named(name: string): number {
    let n = this.chosen.get(name)
    if (n === undefined) {
      const isBatch = /batch|^n$/i.test(name)
      if (this.sizing === 'distinct') n = isBatch ? 2 : DISTINCT[this.chosen.size % DISTINCT.length]!
      else n = isBatch ? 1 : this.sizing
      this.chosen.set(name, n)
    }
    return n
  }
}

const DISTINCT = [8, 6, 10, 12, 5, 7]
