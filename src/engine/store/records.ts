/**
 * The plain values that a Network holds. Records are immutable: an edit replaces a record, so that its identity
 * tells every reader whether it changed. Ids are unique within one network and never reused along one line of history.
 */
import type { ConstantValue } from './constant'
import type { DType, Shape } from './types'

export type { Dim, DType, Shape } from './types'

/** A layer by its number, unique in its network. */
export type LayerId = number
/** A tensor by its number, unique in its network. */
export type TensorId = number
/** A use by its number in `Uses`. The operands of one layer have consecutive numbers. */
export type UseId = number

/** Stands in `inputs` for an optional operand that is not given, and in `producer` for "no layer makes this". */
export const ABSENT = -1

/** A nested graph (the body of If, Loop, Scan), kept as its encoded bytes, with the outer tensors that it captures. */
export interface SubgraphValue {
  readonly graph: Uint8Array
  /** Names used inside the body for the layer's last `captures.length` inputs, in their order. */
  readonly captures: readonly string[]
}

/** What an attribute may be: a number, a text, a truth value, a list of numbers or texts, tensors, or a nested graph. */
export type AttributeValue =
  | number
  | string
  | boolean
  | readonly number[]
  | readonly string[]
  | ConstantValue
  | readonly ConstantValue[]
  | SubgraphValue
/** Attributes by name. One that is absent has its kind's default. */
export type Attributes = Readonly<Record<string, AttributeValue>>

/** A functional's argument as FLayerInfo keeps it: tensors by id, the rest as it was given. */
export type FArg =
  null | number | string | boolean | { readonly tensor: TensorId } | readonly FArg[] | { readonly [name: string]: FArg }

/** How a functional was called that made a layer. */
export interface FLayerRecord {
  /** Name of the functional that made the layer. */
  readonly kind: string
  readonly rawInputs: Readonly<Record<string, FArg>>
  readonly rawOutputs: FArg
}

/** A layer as a plain value. */
export interface LayerRecord {
  readonly id: LayerId
  /** Operator type; outside the dialect's default domain with its domain in front: `com.microsoft.Gelu`. */
  readonly kind: string
  /** Unique in the network. */
  readonly name: string
  /** Module path, parts joined by `/`, empty at the top: `encoder/layer.0/attention`. */
  readonly scope: string
  /** Tensor ids by operand position, `ABSENT` for one not given. Values captured by subgraphs stand last. */
  readonly inputs: readonly TensorId[]
  /** Tensor ids by result position, `ABSENT` for an optional result that is not made. */
  readonly outputs: readonly TensorId[]
  readonly attributes: Attributes
  /** Encoding of each attribute where the kind has no schema to tell (ONNX AttributeProto type names). */
  readonly attributeTypes?: Readonly<Record<string, string>>
  /** Names of the layers that this one was made from; empty for a layer that came with the network (E11). */
  readonly origin: readonly string[]
  /** Marked as removed: dangles until it is pruned (E10). */
  readonly removed: boolean
  readonly flayer: FLayerRecord | null
  readonly metadata?: Readonly<Record<string, string>>
}

/** A tensor as a plain value. */
export interface TensorRecord {
  readonly id: TensorId
  readonly name: string
  /** null: unknown. */
  readonly dtype: DType | null
  /** null: rank unknown. */
  readonly shape: Shape | null
  /** The layer that makes it, or `ABSENT` for a network input or a constant. */
  readonly producer: LayerId
  /** Present on constants (initialisers and `Constant` nodes alike). */
  readonly value?: ConstantValue
}

/** One output of a network. */
export interface NetworkOutput {
  /** The public name; it survives whatever tensor stands behind it. */
  readonly name: string
  readonly tensor: TensorId
}

/** Position of one operand: the `index`-th input of `layer`. */
export interface UseRef {
  readonly layer: LayerId
  readonly index: number
}

/** A whole network as plain values. Two networks are equal when their snapshots are. */
export interface NetworkSnapshot {
  readonly name: string
  /** Name of the dialect that knows its kinds: `onnx`, `tensorrt`. */
  readonly dialect: string
  /** Operator set version by domain, '' for the default domain. */
  readonly opsets: Readonly<Record<string, number>>
  /** In network order. */
  readonly layers: readonly LayerRecord[]
  /** By id. */
  readonly tensors: readonly TensorRecord[]
  readonly inputs: readonly TensorId[]
  readonly outputs: readonly NetworkOutput[]
  /** Order of users where it differs from layer order then operand order, by tensor id. */
  readonly users?: Readonly<Record<TensorId, readonly UseRef[]>>
  readonly nextLayerId: LayerId
  readonly nextTensorId: TensorId
  /** What the file said besides its graph (producer, metadata, functions ...); opaque to the engine, never edited. */
  readonly properties: Readonly<Record<string, unknown>>
}
