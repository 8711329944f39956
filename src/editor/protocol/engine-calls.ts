/** Every message between the page and the engine worker. Plain values; engine values go through `packed` and `unpacked...`. */
import type { Sizes } from '../../cost'
import type { GalleryNetwork, Kernel } from '../../dialects/tensorrt'
import type { HistoryId, Kept, LayerId, LogEntry, TensorId } from '../../engine'
import type { Target } from '../../patterns'
import type { Plain } from './codec'
import type { SnapshotPart } from './snapshot-codec'
import type { Compared } from './comparison'
import type { KeptSteps, RestoreRequest } from './kept-steps'
import type {
  Explanation,
  MadeRule,
  MatchInfo,
  MatchRef,
  Miss,
  Misses,
  OwnRule,
  PatternInfo,
  Preview,
  RuleDiagram,
  RuleReport,
} from './match-info'
import type { Act, MoveStep, Moved, PlanRequest } from './moves'
import type { TimelineNews } from './timeline-news'
import type { CodeCases } from './verify-calls'
import type { Totals } from './totals'

export interface OpenedNetwork {
  readonly dialect: string
  readonly exporter: string
  /** Operator set of the default domain, as it came and as it is now; 0 for none. */
  readonly opset: readonly [came: number, now: number]
  readonly warnings: readonly string[]
  /** External files that the model names and that were not given. */
  readonly missingExternal: readonly string[]
  readonly patterns: readonly PatternInfo[]
  readonly timeline: TimelineNews
  /** What it held as it came. */
  readonly totals: Totals
}

/** What was read is opened for a target. */
export interface OpenRequest {
  readonly target: Target
  readonly rules: readonly OwnRule[]
  /** The history to bring back; a network that it does not fit is not opened. */
  readonly restore?: RestoreRequest
}

/** Where a network comes from: a model's file with the files that hold its weights, an engine's own account, or one that Graft builds itself. */
export type OpenSource =
  | {
      readonly type: 'file'
      readonly file: Blob
      readonly name: string
      /** By the names that the model calls them. */
      readonly weights: ReadonlyMap<string, Blob>
      /** An ONNX model is lowered into the layers of this dialect. */
      readonly dialect?: 'tensorrt'
    }
  /** The layers of a built TensorRT engine, and the times that they take. */
  | { readonly type: 'engine'; readonly layers: Blob; readonly profile: File | null; readonly name: string }
  | { readonly type: 'built'; readonly id: GalleryNetwork }

/** A network as ONNX, or in TensorRT's layers: as a `.graft-trt` file, or as a script that builds it. */
export type ExportFormat = 'onnx' | 'graft-trt' | 'python'

/** One rewrite that was done and undone. */
export interface TriedOut {
  readonly rootName: string
  readonly removed: number
  readonly added: number
  /** What `cutStep` made of it. */
  readonly region: Plain
}

export interface HistoryCalls {
  /** The network of another file, to compare with: the port leads to the worker that read it. */
  readonly other: { readonly args: MessagePort; readonly result: null }
  /** The network now against another point of its history, or against the other file. */
  readonly compare: { readonly args: { base: HistoryId | 'file' }; readonly result: Compared }
  readonly name: { readonly args: { node: HistoryId; name: string | null }; readonly result: Moved }
  readonly bookmark: { readonly args: { node: HistoryId; wanted: boolean }; readonly result: Moved }
  readonly nameBranch: { readonly args: { first: HistoryId; name: string | null }; readonly result: Moved }
  /** Deletes a point and all behind it; where the network stands there it goes to the point before first. */
  readonly drop: { readonly args: { node: HistoryId; called: string }; readonly result: Moved }
  /** Counts what steps cost anew with these sizes. */
  readonly sizes: { readonly args: { said: Sizes }; readonly result: Moved }
  /** Brings back what was deleted last. */
  readonly restore: { readonly args: null; readonly result: Moved }
}

export interface EngineCalls extends HistoryCalls {
  /** Reads a model, and tells which files it keeps weights in that were not given. Nothing is open before `open` is called. */
  readonly read: { readonly args: { source: OpenSource }; readonly result: readonly string[] }
  /** The kernels of a built engine, of its files. */
  readonly kernels: { readonly args: { layers: Blob; profile: Blob | null }; readonly result: readonly Kernel[] }
  readonly open: { readonly args: OpenRequest; readonly result: OpenedNetwork }
  /** The network as it is now without its layers and tensors, which are told as `part`s before. */
  readonly snapshot: { readonly args: null; readonly result: Plain }
  /** Counts the matches of all patterns, from now on: until somebody looks at the network, nothing is in the way of its picture. */
  readonly count: { readonly args: null; readonly result: null }
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
  /** Whether these acts are what the target's library does to the network as it came, from its first step on. */
  readonly isLibraryRun: { readonly args: { target: Target; acts: readonly Act[] }; readonly result: boolean }
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
  /** A rule whose left side is what these layers are. */
  readonly ruleOf: {
    readonly args: { layers: readonly LayerId[]; chosen: ReadonlyMap<string, Kept> }
    readonly result: MadeRule
  }
  /** These layers as a small network in text; or why not. */
  readonly exampleOf: {
    readonly args: { layers: readonly LayerId[] }
    readonly result: { readonly text: string } | { readonly refused: string }
  }
  /** What one rewrite does, and what it touched, cut out; nothing of it is done. null where the pattern does not match there. */
  readonly tryOut: { readonly args: { label: string; root: LayerId }; readonly result: TriedOut | null }
  readonly checkRule: { readonly args: { text: string }; readonly result: RuleReport }
  /**
   * Takes up a file of patterns, which runs in the sandbox that the port leads to, in place of the one that had its label.
   * The draft's own label makes it the pattern that is being written.
   */
  readonly startCode: {
    readonly args: { label: string; text: string; port: MessagePort }
    readonly result: RuleReport
  }
  /** What a file of patterns is to be tried on, from where it matches now. */
  readonly codeCases: { readonly args: { label: string }; readonly result: CodeCases }
  /** The sandbox of a label is gone: nothing is asked of it any more. */
  readonly endCode: { readonly args: { label: string; why: string }; readonly result: null }
  /** A way for the verify worker to ask for what it compares. */
  readonly connect: { readonly args: MessagePort; readonly result: null }
  readonly seek: { readonly args: { node: HistoryId }; readonly result: Moved }
  readonly visit: { readonly args: { node: HistoryId }; readonly result: Moved }
  /** The tree, and what is not known yet of its steps. */
  readonly kept: { readonly args: { known: HistoryId }; readonly result: KeptSteps }
  /** The steps from the start to the cursor as trace JSON. */
  readonly trace: { readonly args: null; readonly result: Uint8Array }
  /** Which value at one point of the history each of these at another is, or what has taken its place; it may not be there. */
  readonly pairs: {
    readonly args: { from: HistoryId; to: HistoryId; tensors: readonly TensorId[] }
    readonly result: readonly (readonly [from: TensorId, to: TensorId])[]
  }
  /** The moves from one point to another, which are not made. */
  readonly path: { readonly args: { from: HistoryId; to: HistoryId }; readonly result: readonly MoveStep[] }
  /** The files by name: the model, and one beside it for weights that it cannot hold. */
  readonly exportModel: {
    readonly args: { name: string; format: ExportFormat }
    readonly result: ReadonlyMap<string, Blob>
  }
}

export interface EngineEvents {
  /** Some layers or tensors of the network, in order: so many that nobody is held up by reading them. */
  readonly part: SnapshotPart
  readonly progress: { readonly stage: string; readonly fraction: number }
  /** How often patterns match; so many at a time that the page is not drawn for each. */
  readonly counts: ReadonlyMap<string, number>
  /** Matches of a search; those before `from` were told already, all others are void. */
  readonly found: { readonly search: number; readonly from: number; readonly matches: readonly MatchInfo[] }
  /** How many rewrites the plan that is under way has made. */
  readonly planned: { readonly rewrites: number }
  /** What a pattern has said since it was last told. */
  readonly log: { readonly label: string; readonly lines: readonly LogEntry[] }
  /** A file of patterns is at work in its sandbox, or is no longer. */
  readonly codeBusy: { readonly label: string; readonly busy: boolean }
  /** A file of patterns did what it must not, or did not answer: it is off from now on, and its sandbox is to be taken down. */
  readonly codeFailed: { readonly label: string; readonly reason: string; readonly line: number | null }
  readonly problem: { readonly title: string; readonly detail: string }
}
