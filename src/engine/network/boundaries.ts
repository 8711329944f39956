import type { LayerId, LayerRecord, NetworkOutput, TensorId } from '../store/records'

/** Something that a sound network does not have. */
export interface Problem {
  readonly message: string
  readonly layer?: string
  readonly tensor?: string
}

/**
 * What a dialect says of loops and conditionals that stand among the other layers, between boundary layers: of networks that have
 * layers of one of these kinds.
 */
export interface Boundaries {
  readonly kinds: readonly string[]
  of(layers: readonly LayerRecord[]): Enclosures
  /** The layers that the faults of all loops and conditionals follow from, in no particular order: the others need not be looked at. */
  within(graph: BoundaryGraph): Iterable<LayerRecord>
}

/** A network as its boundaries are found in it. Layers that are marked as removed are none of it. */
export interface BoundaryGraph {
  layersOfKind(kind: string): readonly LayerRecord[]
  makerOf(tensor: TensorId): LayerRecord | undefined
  usersOf(tensor: TensorId): readonly LayerRecord[]
}

/** The loops and conditionals of one network. Layers that are marked as removed are none of it. */
export interface Enclosures {
  /** What is wrong with them as a whole. */
  faults(outputs: readonly NetworkOutput[]): Problem[]
  /** Layers that a result needs though no value of theirs leads to it: all of a loop, the condition of a conditional. */
  companions(layer: LayerId): readonly LayerRecord[]
  /** The loops that a layer is computed in turns of, outer ones too. */
  loopsAround(layer: LayerId): ReadonlySet<string>
  /** Where values enter a loop, and where they leave it. */
  loop(name: string): { readonly starts: readonly LayerRecord[]; readonly ends: readonly LayerRecord[] } | undefined
}
