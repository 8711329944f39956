/** From so many elements on, looking each of them over costs more than a hash. */
const LARGE = 8

/**
 * A set that is a list while it has few elements: what one rewrite touches is most often two or three layers, and a hash table for
 * each of them is a large part of what the rewrite costs.
 */
export class SmallSet<T> {
  /** The elements, in order of adding. */
  readonly list: T[] = []
  private hashed: Set<T> | null = null

  has(x: T): boolean {
    return this.hashed ? this.hashed.has(x) : this.list.includes(x)
  }

  /** Whether it is new. */
  add(x: T): boolean {
    if (this.has(x)) return false
    this.list.push(x)
    if (this.hashed) this.hashed.add(x)
    else if (this.list.length > LARGE) this.hashed = new Set(this.list)
    return true
  }
}
