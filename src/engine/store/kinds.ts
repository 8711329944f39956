import type { LayerNode } from './nodes'

/** Layers of one kind. */
interface Kind<L> {
  readonly number: number
  count: number
  last: L | null
}

/**
 * The layers of each kind, in no particular order. Links in the layers themselves and not an array a kind: an array of a hundred
 * thousand is copied a dozen times while it grows.
 */
export class Kinds<L extends LayerNode> {
  private readonly known = new Map<string, Kind<L>>()

  add(layer: L): void {
    const { kind } = layer.record
    let of = this.known.get(kind)
    if (!of) this.known.set(kind, (of = { number: this.known.size, count: 0, last: null }))
    layer.kindNumber = of.number
    layer.prevOfKind = of.last
    if (of.last) of.last.nextOfKind = layer
    of.last = layer
    of.count++
  }

  delete(layer: L): void {
    const of = this.known.get(layer.record.kind)!
    const { prevOfKind: prev, nextOfKind: next } = layer
    if (prev) prev.nextOfKind = next
    if (next) next.prevOfKind = prev
    else of.last = prev
    layer.prevOfKind = layer.nextOfKind = null
    of.count--
  }

  /** Any layer of the kind; the others follow by `prevOfKind`. */
  lastOf(kind: string): L | null {
    return this.known.get(kind)?.last ?? null
  }

  count(kind: string): number {
    return this.known.get(kind)?.count ?? 0
  }

  /** The kinds that occur, sorted. */
  names(): string[] {
    return [...this.known]
      .filter(([, { count }]) => count > 0)
      .map(([kind]) => kind)
      .sort()
  }
}
