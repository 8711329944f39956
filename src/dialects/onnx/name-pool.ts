/** Names that are taken, and fresh ones made of them: in constant time however many share a stem. */
export class NamePool {
  private readonly taken: Set<string>
  private readonly next = new Map<string, number>()

  constructor(taken: Iterable<string> = []) {
    this.taken = new Set(taken)
  }

  has(name: string): boolean {
    return this.taken.has(name)
  }

  add(name: string): void {
    this.taken.add(name)
  }

  /** Takes `name`, or the first of `name_1`, `name_2`, ... that is free. */
  fresh(name: string): string {
    let out = name
    let n = this.next.get(name) ?? 0
    while (this.taken.has(out)) out = `${name}_${++n}`
    if (n > 0) this.next.set(name, n)
    this.taken.add(out)
    return out
  }

  [Symbol.iterator](): Iterator<string> {
    return this.taken[Symbol.iterator]()
  }
}
