/** In which order patterns and layers are tried. */
import type { Layer, Network } from '../network/network'
import type { PatternRewriter } from '../pattern/pattern'
import type { PatternEntry } from './attempt'

/** Highest benefit first, ties by order of adding (E6). The original sorts the other way round. */
export function byBenefit<P>(entries: readonly PatternEntry<P>[]): PatternEntry<P>[] {
  return [...entries].sort((a, b) => b.benefit - a.benefit)
}

/** The patterns to try on a layer of one network, in their order, worked out once a kind. */
export class PatternsByKind<P extends { accepts(kind: string): boolean } = PatternRewriter> {
  private readonly sorted: readonly PatternEntry<P>[]
  /** By `Layer.kindNumber`. */
  private readonly known: (readonly PatternEntry<P>[] | undefined)[] = []

  constructor(entries: readonly PatternEntry<P>[]) {
    this.sorted = byBenefit(entries)
  }

  /** The patterns to try on a layer, highest benefit first. */
  of(layer: Layer): readonly PatternEntry<P>[] {
    return (this.known[layer.kindNumber] ??= this.ofKind(layer.record.kind))
  }

  /** The patterns to try on layers of a kind, highest benefit first. */
  ofKind(kind: string): readonly PatternEntry<P>[] {
    return this.sorted.filter((e) => e.pattern.accepts(kind))
  }
}

/** Where so large a part of the network is wanted, a walk in order is cheaper than sorting what the kinds list. */
const WALK_FROM = 1 / 16

/** The layers that some pattern begins at, in network order; costs what these kinds occur. */
export function candidates<P extends { accepts(kind: string): boolean }>(
  network: Network,
  patterns: PatternsByKind<P>,
): Layer[] {
  const kinds = network.kinds().filter((k) => patterns.ofKind(k).length > 0)
  let count = 0
  for (const kind of kinds) count += network.countOfKind(kind)
  if (count > network.numLayers * WALK_FROM) {
    const found = new Array<Layer>(count)
    let n = 0
    for (let l = network.store.first; l; l = l.next) if (patterns.of(l).length > 0 && !l.record.removed) found[n++] = l
    found.length = n
    return found
  }
  let found: Layer[] = []
  for (const kind of kinds) found = found.concat(network.layersOfKind(kind))
  return kinds.length > 1 ? network.inOrder(found) : found
}

/** The layers that some pattern begins at, in network order, or shuffled. */
export function firstOrder(network: Network, patterns: PatternsByKind, random?: () => number): Layer[] {
  const layers = candidates(network, patterns)
  if (!random) return layers
  for (let i = layers.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const swap = layers[i]!
    layers[i] = layers[j]!
    layers[j] = swap
  }
  return layers
}
