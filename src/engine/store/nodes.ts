/** What the store links: a network's Layer and Tensor are nodes, and so are their edits' targets. */
import type { LayerId, LayerRecord, TensorId, TensorRecord } from './records'
import type { UseId } from './records'

export interface LayerNode {
  readonly id: LayerId
  /** Replaced, never changed, by the edits that touch the layer. */
  record: LayerRecord
  /** Number of the first operand in `Uses`. */
  firstOperand: UseId
  /** Network order. */
  prev: this | null
  next: this | null
  /** Grows along the network order while the store says that order keys are valid. */
  order: number
  /** Equal for layers of equal kinds, and small: for tables by kind. */
  kindNumber: number
  /** See `Kinds`. */
  prevOfKind: this | null
  nextOfKind: this | null
  /** It was taken out of the network, and keeps its last record. */
  isDetached: boolean
}

export interface TensorNode {
  readonly id: TensorId
  /** Replaced, never changed, by the edits that touch the tensor. */
  record: TensorRecord
  /** The layer that makes it; null for network inputs and constants. */
  readonly parent: LayerNode | null
  firstUse: UseId
  lastUse: UseId
  /** How many operand positions it fills, those of layers marked as removed not counted. */
  liveUses: number
  /** How many network outputs it stands behind. */
  outputCount: number
  isDetached: boolean
}
