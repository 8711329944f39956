import type { ValueGraph } from './graph'

/** What `let f(x) = …` stands for: its body is read anew wherever it is used. */
export interface Let {
  readonly parameters: readonly string[]
  /** Positions in the text, of tokens. */
  readonly from: number
  readonly to: number
}

/** Names for forms that a rule repeats, and what their parameters stand for where one is being read. */
export class Lets {
  private readonly known = new Map<string, Let>()
  private bound: ReadonlyMap<string, ValueGraph> = new Map()

  define(name: string, what: Let): void {
    this.known.set(name, what)
  }
  of(name: string): Let | undefined {
    return this.known.get(name)
  }
  argument(name: string): ValueGraph | undefined {
    return this.bound.get(name)
  }
  within<T>(bound: ReadonlyMap<string, ValueGraph>, read: () => T): T {
    const before = this.bound
    this.bound = bound
    try {
      return read()
    } finally {
      this.bound = before
    }
  }
}
