/**
 * What is on the canvas for one state of open and closed groups: for each open group its items and the links between
 * them, and for each drawn edge the chain of links that it runs through. Positions come later.
 */
import type { LayerId, TensorId } from '../engine'
import type { GroupPath } from './frame'
import type { Group } from './group'

/** `L7` a layer, `G:encoder/layer.0` a group, `I3` a network input (tensor 3), `O0` the first network output. */
export type ItemKey = string

export type ItemKind = 'layer' | 'group' | 'input' | 'output'

/** One box in the content of an open group. */
export interface Item {
  readonly key: ItemKey
  readonly kind: ItemKind
  /** Its place among the items of its content. */
  readonly index: number
  /** The group that it lies in. */
  readonly home: Group
  /** The layer of a layer item, the tensor of an input, the position of an output; -1 for a group. */
  readonly ref: number
  readonly group: Group | null
  readonly open: boolean
  /** Operand positions for a layer, tensors for a group, in their order from left to right. */
  readonly inPorts: number[]
  /** Tensors that leave it, in order. */
  readonly outPorts: TensorId[]
  /** Those of its ports that only stubs hang on. */
  readonly stubPorts: { readonly in: Set<number>; readonly out: Set<TensorId> }
}

/** Stands for the frame of the group itself at one end of a link: a value that enters or leaves. */
export const FRAME = -1

export interface Link {
  readonly tensor: TensorId
  /** Index of an item, or `FRAME` where the value enters the group. */
  readonly from: number
  /** Index of an item, or `FRAME` where the value leaves the group. */
  readonly to: number
  /** Operand position for a layer, the tensor for a group, 0 for an output or the frame. */
  readonly toPort: number
}

/** The inside of one open group. It is replaced, never changed, when a rewrite changes what is in it. */
export interface Content {
  readonly group: Group
  readonly items: readonly Item[]
  readonly indexOf: ReadonlyMap<ItemKey, number>
  readonly links: readonly Link[]
  readonly linkIndex: ReadonlyMap<string, number>
  readonly entries: readonly TensorId[]
  readonly exits: readonly TensorId[]
  /** Uses that meet here: this is the innermost group that holds both ends. */
  readonly uses: readonly Use[]
  readonly stubs: readonly Stub[]
  /** Uses that meet here and are named though their value has few, because their line would be too long. */
  readonly long: LongUses
}

/** `tensor>item key` of the item that the line would lead to. */
export type LongUses = ReadonlySet<string>

/** One end of what is drawn of a value: an item, the group whose content it lies in, and where on it. */
export interface End {
  readonly key: ItemKey
  readonly home: Group
  /** Operand position for a layer, the tensor for a group, 0 for an output. */
  readonly port: number
}

/** One use of a value that is drawn as an edge. */
export interface Use {
  readonly tensor: TensorId
  readonly from: End
  readonly to: End
}

/** A value that is named at its end instead of being drawn as a line. */
export interface Stub {
  readonly tensor: TensorId
  /** Index of the item it hangs on. */
  readonly item: number
  /** Operand position or tensor on the side of a user, the tensor on the side of its producer. */
  readonly port: number
  readonly side: 'in' | 'out'
  /** Uses that are not drawn; 1 on the side of a user. */
  readonly count: number
}

export interface View {
  /** By group path, parents before children. */
  readonly contents: ReadonlyMap<GroupPath, Content>
}

/** The name of a link in `Content.linkIndex`. */
export const linkName = (tensor: TensorId, from: number, to: number, toPort: number): string =>
  `${tensor}|${from}|${to}|${toPort}`

export const layerKey = (id: LayerId): ItemKey => `L${id}`
export const groupKey = (path: GroupPath): ItemKey => `G:${path}`
export const inputKey = (tensor: TensorId): ItemKey => `I${tensor}`
export const outputKey = (index: number): ItemKey => `O${index}`
