import type { MatchBindings } from '../edit/transaction'
import type { Layer } from '../network/network'
import type { Tensor } from '../network/network'

const NO_TENSORS: ReadonlyMap<string, Tensor> = new Map()
const NO_BINDINGS: Readonly<Record<string, number>> = {}

/** One place where a pattern matches: which layer plays which part, what goes in, what comes out. */
export class Match {
  private parts: ReadonlyMap<string, Layer> | null

  constructor(
    /** The layer that the pattern was tried on. */
    readonly root: Layer,
    /** Without it the match names only its root. */
    layers: ReadonlyMap<string, Layer> | null = null,
    /** Operands and results by name. */
    readonly tensors: ReadonlyMap<string, Tensor> = NO_TENSORS,
    /** Whatever else the rewrite needs; there is no other state between match and rewrite. */
    readonly data: unknown = null,
  ) {
    this.parts = layers
  }

  /** Layers by the pattern's own names, in the order in which the matcher walked. The root is among them. */
  get layers(): ReadonlyMap<string, Layer> {
    return (this.parts ??= new Map([['root', this.root]]))
  }

  /** The layer that plays a part. @throws Error that names the parts where there is no such one */
  layer(part: string): Layer {
    const layer = this.layers.get(part)
    if (!layer) throw new Error(`the match has no part ${part}: it has ${[...this.layers.keys()].join(', ')}`)
    return layer
  }

  /** The tensor of a name. @throws Error that names those there are where there is no such one */
  tensor(name: string): Tensor {
    const tensor = this.tensors.get(name)
    if (!tensor) throw new Error(`the match has no tensor ${name}: it has ${[...this.tensors.keys()].join(', ')}`)
    return tensor
  }

  /** The bindings by id, to keep with a transaction. */
  get bindings(): MatchBindings {
    if (this.parts === null) return { layers: { root: this.root.id }, tensors: NO_BINDINGS }
    const layers: Record<string, number> = {}
    this.layers.forEach((l, part) => (layers[part] = l.id))
    const tensors: Record<string, number> = {}
    this.tensors.forEach((t, name) => (tensors[name] = t.id))
    return { layers, tensors }
  }

  /** The match of a pattern that names nothing but its root. */
  static ofRoot(root: Layer): Match {
    return new Match(root)
  }

  /** @throws TypeError for a part that is no layer, or no tensor */
  static of(
    root: Layer,
    layers: Readonly<Record<string, Layer>>,
    tensors: Readonly<Record<string, Tensor>> = {},
    data: unknown = null,
  ): Match {
    return new Match(root, partsOf(layers), partsOf(tensors), data)
  }
}

/** @throws TypeError where code that is not typed gives something else */
function partsOf<T extends object>(parts: Readonly<Record<string, T>>): Map<string, T> {
  const out = new Map<string, T>()
  for (const name of Object.keys(parts)) {
    const part: unknown = parts[name]
    if (typeof part !== 'object' || part === null) throw new TypeError(`part ${name} of the match is ${String(part)}`)
    out.set(name, part as T)
  }
  return out
}

/**
 * What kind of thing stopped a match: something else stood where a part was expected; a property was not what a condition
 * needs; or a value that would be swallowed is used outside.
 */
export type FailureAbout = 'part' | 'condition' | 'use'

/** Why a pattern does not match at a layer: how far it got, what stopped it. */
export class MatchFailure {
  constructor(
    /** Layer that the pattern was tried on. */
    readonly root: Layer,
    /** Name of the pattern's part that found no counterpart. */
    readonly part: string,
    /** Layer that stopped it; null where there is none, as behind a network input. */
    readonly layer: Layer | null,
    readonly expected: string,
    readonly found: string,
    /** What had matched until then. */
    readonly matched: ReadonlyMap<string, Layer> = new Map(),
    /** How many parts the pattern has. */
    readonly parts: number = matched.size + 1,
    readonly about: FailureAbout = 'part',
  ) {}

  /** Expected against found, in words. */
  get reason(): string {
    if (this.about === 'use') return this.found
    return this.about === 'condition'
      ? `${this.found}, the rule needs ${this.expected}`
      : `expected ${this.expected}, found ${this.found}`
  }

  /** Part, reason and place in one line. */
  toString(): string {
    const where = this.layer ? ` at ${this.layer.name}` : ''
    return `${this.part}: ${this.reason}${where}`
  }
}

/** `true` is a match that names only its root; `false` a miss without a reason. */
export type MatchResult = boolean | Match | MatchFailure
