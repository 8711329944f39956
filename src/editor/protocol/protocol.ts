/** Every message between the page and its workers. Plain values; engine values go through `toPlain` and `fromPlain`. */
import type { FailureAbout, HistoryId, LayerId, TensorId } from '../../engine'
import type { GroupPath } from '../../layout'
import type { Exactness, Target } from '../../patterns'
import type { Verdict } from '../../verify'
import type { OwnRule } from '../engine-worker/catalogue'
import type { Ghosts, HistoryCalls, Timeline } from './protocol-history'
import type { PackedScene } from './scene-codec'
import type { KeptSteps, RestoreRequest } from '../engine-worker/session-steps'
import type { Totals } from '../view/totals'

/** A snapshot, a transaction or another engine value as `toPlain` made it. */
export type Plain = { readonly plain: unknown }

// -- the engine worker ---------------------------------------------------------------------------------------------------

export interface PatternInfo {
  readonly label: string
  readonly family: string
  /** The rewrite as an equation. */
  readonly equation: string
  readonly type: 'rewriter' | 'analyzer'
  readonly benefit: number
  readonly exactness: Exactness | null
  /** What it takes for granted, in words; empty for nothing. */
  readonly assumes: string
  /** Off unless chosen. */
  readonly optIn: boolean
  /** The text of a rule of one's own. */
  readonly rule?: string
}

/** A pattern that is to take part in a run. */
export interface Wanted {
  readonly label: string
  readonly benefit: number
}

/** A place where a pattern nearly matches. */
export interface Miss {
  readonly root: LayerId
  readonly rootName: string
  /** The pattern's part that found no counterpart. */
  readonly part: string
  /** The layer that stopped it; null where there is none. */
  readonly layer: LayerId | null
  readonly layerName: string
  readonly expected: string
  readonly found: string
  readonly about: FailureAbout
  /** Expected against found, in words. */
  readonly reason: string
  /** Part name and layer, in the order in which the matcher walked. */
  readonly matched: readonly (readonly [string, LayerId])[]
  /** How many parts the pattern has. */
  readonly parts: number
}

/** How a part of a rule fared. `open`: the search did not get there; `value`: an operand that may be anything. */
export type BoardState = 'matched' | 'stopped' | 'open' | 'value'

export interface RuleDiagramNode {
  readonly part: string
  readonly title: string
  /** Constants and attributes. */
  readonly detail: string
  /** The layer that plays the part, or that stood in its place; null for none. */
  readonly layer: LayerId | null
  readonly state: BoardState
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The left side of a rule, drawn. */
export interface RuleDiagram {
  /** Operands before what takes them. */
  readonly nodes: readonly RuleDiagramNode[]
  /** Indices of the ends. */
  readonly edges: readonly (readonly [from: number, to: number])[]
  readonly width: number
  readonly height: number
}

/** Misses with one cause. */
export interface MissGroup {
  readonly key: string
  readonly count: number
  /** The nearest of them. */
  readonly places: readonly Miss[]
}

/** Where a pattern does not match: what is worth a look, and the places where it has little more than its root. */
export interface Misses {
  /** Nearest first. */
  readonly near: readonly MissGroup[]
  readonly far: {
    /** Of places. */
    readonly count: number
    /** Most parts that matched at any of them. */
    readonly most: number
    readonly groups: readonly MissGroup[]
  }
}

/** What a pattern says at a layer. `nothing`: it takes no notice of the layer, nor gives a reason. */
export type Explanation =
  | { readonly type: 'match'; readonly match: MatchInfo }
  | { readonly type: 'miss'; readonly miss: Miss }
  | { readonly type: 'nothing' }

/** What is to be said of the text of a rule. Lines and columns count from 1. */
export type RuleReport =
  | { readonly type: 'good'; readonly name: string; readonly count: number; readonly more: boolean }
  | { readonly type: 'bad'; readonly message: string; readonly line: number; readonly column: number }

/** A network without its layers and tensors, which were told in parts before. */
export interface OpenedNetwork {
  readonly snapshot: Plain
  readonly dialect: string
  readonly exporter: string
  /** Operator set of the default domain, as it came and as it is now; 0 for none. */
  readonly opset: readonly [came: number, now: number]
  readonly warnings: readonly string[]
  /** External files that the model names and that were not given. */
  readonly missingExternal: readonly string[]
  readonly patterns: readonly PatternInfo[]
  readonly timeline: Timeline
  /** What it held as it came. */
  readonly totals: Totals
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

export interface NewLayerInfo {
  readonly id: LayerId
  readonly kind: string
  readonly name: string
  /** Shape of its first result. */
  readonly result: string
}

/** A match by what it is: a pattern at a layer. */
export interface MatchRef {
  readonly pattern: string
  readonly root: LayerId
}

/** What applying a match would do. Nothing of it has been done. */
export interface Preview {
  readonly label: string
  readonly root: LayerId
  readonly rootName: string
  readonly removed: readonly { readonly id: LayerId; readonly kind: string }[]
  readonly added: readonly NewLayerInfo[]
  /** Ends of the values that new layers take and give. */
  readonly links: readonly (readonly [from: LayerId, to: LayerId])[]
  /** The other matches that would be gone, of those that were asked about. */
  readonly taken: readonly MatchRef[]
}

/** Where a network comes from: the bytes of an ONNX file, or one that Graft builds itself. */
export interface OpenRequest {
  readonly source: OpenSource
  readonly target: Target
  readonly rules: readonly OwnRule[]
  /** The history to bring back; a network that it does not fit is not opened. */
  readonly restore?: RestoreRequest
}

export type OpenSource =
  | { readonly type: 'onnx'; readonly bytes: Uint8Array; readonly name: string }
  | { readonly type: 'built'; readonly id: 'gpt-attention' }

/** A step as it can be done again: a pattern at a layer, or a prune without one. */
export interface Act {
  readonly label: string
  readonly root: LayerId | null
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

export interface PlanRequest {
  readonly wanted: readonly Wanted[]
  /** The whole library: in stages, and what is dead cleared away at the end. */
  readonly whole: boolean
  /** Only at layers in this module scope; everywhere without it. */
  readonly scope?: string
}

export interface EngineCalls extends HistoryCalls {
  readonly open: { readonly args: OpenRequest; readonly result: OpenedNetwork }
  /** Tells every match of these patterns as `found`, one pattern after the other; false where another search took its place. */
  readonly search: { readonly args: { labels: readonly string[]; search: number }; readonly result: boolean }
  /** No search is wanted any more. */
  readonly endSearch: { readonly args: null; readonly result: null }
  /** What a match would do; null where it no longer matches. `others`: which of these would be gone? */
  readonly preview: {
    readonly args: { label: string; root: LayerId; others: readonly MatchRef[] }
    readonly result: Preview | null
  }
  /** Applies one match; nothing moves where it no longer matches. */
  readonly apply: { readonly args: { label: string; root: LayerId }; readonly result: Moved }
  /**
   * Rewrites until nothing matches any more or `stop` is called, then goes back to where it began: what was done lies
   * ahead.
   */
  readonly plan: { readonly args: PlanRequest; readonly result: Moved }
  /** Ends the plan that is under way between two rewrites. */
  readonly stop: { readonly args: null; readonly result: null }
  /** Does these acts again, as far as they can be, then goes back: they lie ahead of the cursor. */
  readonly replay: { readonly args: { acts: readonly Act[] }; readonly result: Moved }
  /** Takes out what is dead, as a step. */
  readonly prune: { readonly args: null; readonly result: Moved }
  /** The patterns for another target, or with other rules of one's own. */
  readonly offer: {
    readonly args: { target: Target; rules: readonly OwnRule[] }
    readonly result: readonly PatternInfo[]
  }
  readonly misses: { readonly args: { label: string }; readonly result: Misses }
  readonly explain: { readonly args: { label: string; layer: LayerId }; readonly result: Explanation }
  /** The pattern's left side, with how far the match got. */
  readonly board: { readonly args: { label: string; miss: Miss }; readonly result: RuleDiagram }
  readonly checkRule: { readonly args: { text: string }; readonly result: RuleReport }
  /** A way for the verify worker to ask for what it compares. */
  readonly connect: { readonly args: MessagePort; readonly result: null }
  readonly seek: { readonly args: { node: HistoryId }; readonly result: Moved }
  /** The tree, and what is not known yet of its steps. */
  readonly kept: { readonly args: { known: HistoryId }; readonly result: KeptSteps }
  /** The steps from the start to the cursor as trace JSON. */
  readonly trace: { readonly args: null; readonly result: Uint8Array }
  /** The moves from one point to another, which are not made. */
  readonly path: { readonly args: { from: HistoryId; to: HistoryId }; readonly result: readonly MoveStep[] }
  readonly exportModel: { readonly args: null; readonly result: Uint8Array }
}

export interface EngineEvents {
  /** Some layers or tensors of the network that is being opened, in order: so many that nobody is held up by reading them. */
  readonly part: { readonly list: 'layers' | 'tensors'; readonly items: Plain }
  readonly progress: { readonly stage: string; readonly fraction: number }
  readonly count: { readonly label: string; readonly count: number }
  /** Matches of a search; those before `from` were told already, all others are void. */
  readonly found: { readonly search: number; readonly from: number; readonly matches: readonly MatchInfo[] }
  /** How many rewrites the plan that is under way has made. */
  readonly planned: { readonly rewrites: number }
  readonly problem: { readonly title: string; readonly detail: string }
}

// -- the verify worker ---------------------------------------------------------------------------------------------------

export interface VerifyCalls {
  /** Where the engine worker answers `EvidenceCalls`. */
  readonly connect: { readonly args: MessagePort; readonly result: null }
  readonly step: { readonly args: { node: HistoryId }; readonly result: Verdict }
  /** The network as it came against the network as it is now. */
  readonly whole: { readonly args: null; readonly result: Verdict }
}

/** What the engine worker gives other workers. */
export interface EvidenceCalls {
  /** The network as it is now. */
  readonly snapshot: { readonly args: null; readonly result: Plain }
  /** The network as it came, and the way from there to where it is now. */
  readonly start: { readonly args: null; readonly result: { snapshot: Plain; steps: readonly MoveStep[] } }
  /** What `cutStep` made of a step. */
  readonly region: { readonly args: { node: HistoryId }; readonly result: Plain }
  readonly models: { readonly args: null; readonly result: { readonly before: Uint8Array; readonly after: Uint8Array } }
}

export type NoEvents = Readonly<Record<never, never>>

// -- the layout worker ---------------------------------------------------------------------------------------------------

export interface Drawn {
  readonly scene: PackedScene
  readonly open: readonly GroupPath[]
}

export interface FollowRequest {
  readonly steps: readonly MoveStep[]
  readonly close: boolean
  /** Revision of the scene that the page has. */
  readonly since?: number
}

export interface LayoutCalls {
  /** Asks for the network at a port where the engine worker answers `EvidenceCalls`, and draws it. */
  readonly load: { readonly args: MessagePort; readonly result: Drawn }
  /** Opens exactly these groups. */
  readonly setOpen: { readonly args: { open: readonly GroupPath[] }; readonly result: Drawn }
  readonly openAll: { readonly args: null; readonly result: Drawn }
  readonly closeAll: { readonly args: null; readonly result: Drawn }
  /** Opens whatever must be open for these layers to be seen, or for their group `upTo`. */
  readonly reveal: { readonly args: { layers: readonly LayerId[]; upTo?: GroupPath }; readonly result: Drawn }
  /**
   * Follows the network; what a step did not touch keeps its place. Of a scene that the page still has, it is given what is
   * new `since` then.
   */
  readonly follow: { readonly args: FollowRequest; readonly result: Drawn }
  /** Closes the gaps that steps left open. */
  readonly closeGaps: { readonly args: null; readonly result: Drawn }
  /** The network as it is, with what is gone drawn among it. Changes nothing of what is remembered. */
  readonly compare: { readonly args: { ghosts: Ghosts }; readonly result: Drawn }
  /** Lays everything out afresh. `untidy` brings back the picture before, as long as nothing else happened. */
  readonly tidy: { readonly args: null; readonly result: Drawn }
  readonly untidy: { readonly args: null; readonly result: Drawn }
  /** Interrupts the layout of another view: its call fails with LayoutCancelled, and the picture stays as it was. */
  readonly stop: { readonly args: null; readonly result: null }
}

export type LayoutEvents = NoEvents
