import { uniform } from '../random'

/** Choices from a seed: the same seed makes the same ones. */
export class Draw {
  private readonly next: () => number

  constructor(seed: number) {
    this.next = uniform(seed)
    // Seeds that lie near each other begin alike.
    for (let i = 0; i < 3; i++) this.next()
  }

  chance(p: number): boolean {
    return this.next() < p
  }
  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }
  between(low: number, high: number): number {
    return low + this.next() * (high - low)
  }
  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.next() * from.length)]!
  }
  /** A few of them, in their order; maybe none, maybe all. */
  some<T>(from: readonly T[]): T[] {
    return from.filter(() => this.chance(0.5))
  }
  shuffled<T>(from: readonly T[]): T[] {
    const list = [...from]
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.int(0, i)
      ;[list[i], list[j]] = [list[j]!, list[i]!]
    }
    return list
  }
  /**
   * Sizes of a shape: small, and 1 now and then, which broadcasts; one in a while is 0, as that of a batch of nothing. Some are equal
   * all of them: there a layer over another axis, or of what is transposed, has the same shape and other numbers.
   */
  dims(rank: number, largest = 4): number[] {
    if (this.chance(0.25)) return Array<number>(rank).fill(this.chance(0.15) ? 1 : this.int(2, largest))
    const sizes = Array.from({ length: rank }, () => (this.chance(0.15) ? 1 : this.int(2, largest)))
    return rank > 0 && this.chance(0.05) ? sizes.with(this.int(0, rank - 1), 0) : sizes
  }
  /** `f(a, b)` or `f(b, a)`. */
  either(f: string, a: string, b: string): string {
    return this.chance(0.5) ? `${f}(${a}, ${b})` : `${f}(${b}, ${a})`
  }
  /** A float type, mostly float32. */
  float(): 'float32' | 'float16' | 'float64' {
    return this.chance(0.8) ? 'float32' : this.pick(['float16', 'float16', 'float64'])
  }
}
