import type {
  AttributeValue,
  DType,
  FLayerRecord,
  LayerId,
  LayerRecord,
  Shape,
  TensorId,
  TensorRecord,
  UseRef,
} from '../store/records'

/** The type of a tensor as far as it is known. */
export interface TensorType {
  readonly dtype: DType | null
  readonly shape: Shape | null
}

/**
 * One change to a network: a plain value with the old and the new, so that its inverse needs nothing else. The union is
 * closed; whoever reads edits (undo, animation, worklist, replica, trace) covers all of it.
 *
 * Places in ordered lists are given by what stands before them (`after`, null for the first place): the place holds
 * exactly when edits are undone in reverse order, which is the only order there is.
 */
export type Edit =
  | LayerEdit
  | TensorEdit
  | SetInputEdit
  | {
      readonly type: 'setNetworkInput'
      readonly index: number
      readonly from: TensorId | null
      readonly to: TensorId | null
    }
  | SetNetworkOutputEdit
  | SetAttributeEdit
  | { readonly type: 'setRemoved'; readonly layer: LayerId; readonly from: boolean; readonly to: boolean }
  | {
      readonly type: 'setFLayer'
      readonly layer: LayerId
      readonly from: FLayerRecord | null
      readonly to: FLayerRecord | null
    }
  | { readonly type: 'setTensorType'; readonly tensor: TensorId; readonly from: TensorType; readonly to: TensorType }
  | RenameEdit
  | SetPropertyEdit

/** A layer comes or goes together with the tensors that it makes. */
export interface LayerEdit {
  readonly type: 'addLayer' | 'removeLayer'
  readonly layer: LayerRecord
  readonly outputs: readonly TensorRecord[]
  readonly after: LayerId | null
  /** Place of each operand among the users of its tensor; null where each is the last one, as those of a new layer are. */
  readonly usesAfter: readonly (UseRef | null)[] | null
}

/** A tensor that no layer makes: a constant or a network input. */
export interface TensorEdit {
  readonly type: 'addTensor' | 'removeTensor'
  readonly tensor: TensorRecord
}

/** Operand `index` of a layer becomes another tensor; with the place of the use among the users of both tensors. */
export interface SetInputEdit {
  readonly type: 'setInput'
  readonly layer: LayerId
  readonly index: number
  readonly from: TensorId
  readonly to: TensorId
  readonly fromAfter: UseRef | null
  readonly toAfter: UseRef | null
}

/** null in `from` inserts an output at `index`, null in `to` takes it out. */
export interface SetNetworkOutputEdit {
  readonly type: 'setNetworkOutput'
  readonly index: number
  readonly name: string
  readonly from: TensorId | null
  readonly to: TensorId | null
}

/** An attribute is set, changed or, with null in `to`, taken away. */
export interface SetAttributeEdit {
  readonly type: 'setAttribute'
  readonly layer: LayerId
  readonly name: string
  readonly from: AttributeValue | null
  readonly to: AttributeValue | null
}

/** A layer or a tensor has another name. */
export interface RenameEdit {
  readonly type: 'rename'
  readonly target: 'layer' | 'tensor'
  readonly id: LayerId | TensorId
  readonly from: string
  readonly to: string
}

/** Of what a dialect keeps beside the layers, as the ranges of dimensions that inputs are made with; null for nothing. */
export interface SetPropertyEdit {
  readonly type: 'setProperty'
  readonly name: string
  readonly from: unknown
  readonly to: unknown
}

/** The edit that undoes `edit`. Its own inverse is `edit` again. */
export function invertEdit(edit: Edit): Edit {
  switch (edit.type) {
    case 'addLayer':
      return { ...edit, type: 'removeLayer' }
    case 'removeLayer':
      return { ...edit, type: 'addLayer' }
    case 'addTensor':
      return { ...edit, type: 'removeTensor' }
    case 'removeTensor':
      return { ...edit, type: 'addTensor' }
    case 'setInput':
      return { ...edit, from: edit.to, to: edit.from, fromAfter: edit.toAfter, toAfter: edit.fromAfter }
    case 'setNetworkInput':
      return { ...edit, from: edit.to, to: edit.from }
    case 'setNetworkOutput':
      return { ...edit, from: edit.to, to: edit.from }
    case 'setAttribute':
      return { ...edit, from: edit.to, to: edit.from }
    case 'setRemoved':
      return { ...edit, from: edit.to, to: edit.from }
    case 'setFLayer':
      return { ...edit, from: edit.to, to: edit.from }
    case 'setTensorType':
      return { ...edit, from: edit.to, to: edit.from }
    case 'rename':
      return { ...edit, from: edit.to, to: edit.from }
    case 'setProperty':
      return { ...edit, from: edit.to, to: edit.from }
  }
}

/** The layer that an edit adds, removes or changes; null where it is about a tensor or the network. */
export function layerTouched(edit: Edit): LayerId | null {
  switch (edit.type) {
    case 'addLayer':
    case 'removeLayer':
      return edit.layer.id
    case 'setInput':
    case 'setAttribute':
    case 'setRemoved':
    case 'setFLayer':
      return edit.layer
    case 'rename':
      return edit.target === 'layer' ? edit.id : null
    default:
      return null
  }
}
