/** Every message between the page and its workers. Plain values; engine values go through `toPlain` and `fromPlain`. */
import type { HistoryId, LayerId, TensorId } from '../engine'
import type { GroupPath } from '../layout'
import type { PackedScene } from './scene-transfer'

/** A snapshot, a transaction or another engine value as `toPlain` made it. */
export type Plain = { readonly plain: unknown }

// -- the engine worker ---------------------------------------------------------------------------------------------------

export interface PatternInfo {
  readonly label: string
  readonly family: string
  /** The rewrite as an equation. */
  readonly equation: string
  readonly type: 'rewriter' | 'analyzer'
}

export interface OpenedNetwork {
  readonly snapshot: Plain
  readonly dialect: string
  readonly exporter: string
  readonly warnings: readonly string[]
  /** External files that the model names and that were not given. */
  readonly missingExternal: readonly string[]
  readonly patterns: readonly PatternInfo[]
}

export interface MatchInfo {
  readonly pattern: string
  readonly root: LayerId
  readonly rootName: string
  readonly scope: string
  /** Part name and layer, in the order in which the matcher walked. */
  readonly parts: readonly (readonly [string, LayerId])[]
  readonly tensors: readonly (readonly [string, TensorId])[]
  /** What an analyzer says of the layer. */
  readonly value?: number
}

/** Where a network comes from: the bytes of an ONNX file, or one that Graft builds itself. */
export type OpenSource =
  | { readonly type: 'onnx'; readonly bytes: Uint8Array; readonly name: string }
  | { readonly type: 'built'; readonly id: 'gpt-attention' }

/** One row of the timeline. */
export interface StepInfo {
  readonly node: HistoryId
  readonly label: string
  readonly rootName: string
  readonly scope: string
  readonly removed: number
  readonly added: number
  /** The layers of its match. */
  readonly layers: readonly LayerId[]
}

export interface Timeline {
  /** The line through the cursor, from the first step to where redo would lead. */
  readonly steps: readonly StepInfo[]
  /** The point that the network stands at; 0 is the network as it came. */
  readonly cursor: HistoryId
}

/** One move through history. */
export interface MoveStep {
  readonly node: HistoryId
  readonly direction: 'forward' | 'backward'
  /** The point that the move leads to. */
  readonly to: HistoryId
  readonly transaction: Plain
}

export interface Moved {
  readonly steps: readonly MoveStep[]
  readonly timeline: Timeline
}

export interface EngineCalls {
  readonly open: { readonly args: OpenSource; readonly result: OpenedNetwork }
  readonly matches: { readonly args: { label: string }; readonly result: readonly MatchInfo[] }
  /** Applies one match; nothing moves where it no longer matches. */
  readonly apply: { readonly args: { label: string; root: LayerId }; readonly result: Moved }
  /** Rewrites until nothing matches any more, then goes back to where it began: what is ahead can be played. */
  readonly plan: { readonly args: { labels: readonly string[] }; readonly result: Moved }
  readonly seek: { readonly args: { node: HistoryId }; readonly result: Moved }
  readonly exportModel: { readonly args: null; readonly result: Uint8Array }
}

export interface EngineEvents {
  readonly progress: { readonly stage: string; readonly fraction: number }
  readonly count: { readonly label: string; readonly count: number }
  readonly problem: { readonly title: string; readonly detail: string }
}

// -- the layout worker ---------------------------------------------------------------------------------------------------

export interface Drawn {
  readonly scene: PackedScene
  readonly open: readonly GroupPath[]
  /** Counts up with every picture, so that a late one can be told. */
  readonly revision: number
}

export interface LayoutCalls {
  readonly load: { readonly args: { snapshot: Plain; dialect: string }; readonly result: Drawn }
  /** Opens exactly these groups. */
  readonly setOpen: { readonly args: { open: readonly GroupPath[] }; readonly result: Drawn }
  readonly openAll: { readonly args: null; readonly result: Drawn }
  readonly closeAll: { readonly args: null; readonly result: Drawn }
  /** Opens whatever must be open for these layers to be seen, or for their group `upTo`. */
  readonly reveal: { readonly args: { layers: readonly LayerId[]; upTo?: GroupPath }; readonly result: Drawn }
  /** Follows the network; what a step did not touch keeps its place. */
  readonly follow: { readonly args: { steps: readonly MoveStep[] }; readonly result: Drawn }
  /** Lays everything out afresh. */
  readonly tidy: { readonly args: null; readonly result: Drawn }
}

export type LayoutEvents = Readonly<Record<never, never>>
