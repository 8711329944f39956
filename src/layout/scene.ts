/** The picture of a view: absolute positions, plain values only, ready to be sent to whoever draws it. */
import type { Category, LayerId, TensorId } from '../engine'
import type { Direction } from './flow'
import type { GroupPath } from './frame'
import type { Rect } from './rect'
import type { ItemKey, ItemKind } from './view'

/** What is written on a box. Equal boxes share one face. */
export interface NodeContent {
  /** Kind of a layer, name of a group, an input or an output. */
  readonly title: string
  /** The attributes and constants that matter: `weight [64,256]`, `÷ 1.4142`. */
  readonly detail: string
  /** Shape of the first result, or how many layers a group holds. */
  readonly result: string
  readonly category: Category | 'group' | 'input' | 'output'
  readonly width: number
  readonly height: number
  /** What the layers of a closed group are, in the order of categories. */
  readonly mix?: readonly Share[]
}

export interface Share {
  readonly category: Category
  readonly layers: number
}

export interface SceneNode extends Rect {
  readonly key: ItemKey
  readonly kind: ItemKind
  /** Of a layer item; -1 otherwise. */
  readonly layer: LayerId
  /** Of a group item its own path, otherwise the path of the group around it. */
  readonly group: GroupPath
  readonly open: boolean
  readonly depth: number
  readonly face: NodeContent
}

export interface SceneEdge {
  /** Tells one edge from another from scene to scene: value, ends and operand. */
  readonly key: string
  readonly tensor: TensorId
  readonly from: ItemKey
  readonly to: ItemKey
  readonly points: readonly number[]
}

/** A short line with a value's name, at the port of the node that makes it or uses it. */
export interface SceneStub {
  readonly key: string
  readonly tensor: TensorId
  readonly node: ItemKey
  readonly side: 'in' | 'out'
  readonly x: number
  readonly y: number
  readonly name: string
  readonly count: number
}

export interface Scene {
  /** Frames before what they hold. */
  readonly nodes: readonly SceneNode[]
  readonly edges: readonly SceneEdge[]
  readonly stubs: readonly SceneStub[]
  /** By layer id the index of the node that shows the layer: itself or the closed group around it; -1 for none. */
  readonly anchors: Int32Array
  readonly direction: Direction
  readonly width: number
  readonly height: number
}

export const emptyScene: Scene = {
  nodes: [],
  edges: [],
  stubs: [],
  anchors: new Int32Array(0),
  direction: 'down',
  width: 0,
  height: 0,
}
