/** What a sandbox is asked and answers. Plain values; what it answers is not to be believed before it was read field by field. */
import type { Target } from '../patterns'
import type { FailureAbout, LayerId, LogEntry, TensorId } from '../engine'

/** What a file of patterns holds. */
export interface CodeInfo {
  readonly patterns: readonly {
    readonly label: string
    readonly type: 'rewriter' | 'analyzer'
    readonly benefit: number
    readonly examples: readonly { readonly expected: 'matches' | 'fails'; readonly network: string }[]
  }[]
}

type Named<Id> = readonly (readonly [name: string, id: Id])[]

export interface FoundMatch {
  readonly root: LayerId
  readonly parts: Named<LayerId>
  readonly tensors: Named<TensorId>
  /** An analyzer's number for the root; null for none. */
  readonly value: number | null
}

export interface FoundMiss {
  readonly root: LayerId
  readonly part: string
  readonly layer: LayerId | null
  readonly expected: string
  readonly found: string
  readonly matched: Named<LayerId>
  readonly parts: number
  readonly about: FailureAbout
}

export interface CodeLook {
  readonly matches: readonly FoundMatch[]
  readonly misses: readonly FoundMiss[]
}

/** What a rewrite did in the sandbox, and was undone there: a transaction in its plain form; null where nothing was rewritten. */
export interface CodeStep {
  readonly root: LayerId
  /** null where a pattern that is no code did it: whoever asked has that pattern too. */
  readonly transaction: unknown
  /** The label of who did it, in company; null for the file by itself. */
  readonly by: string | null
}

/** All that takes part in a run, in the order in which patterns of one benefit are tried; the file that is asked is among it. */
export interface Company {
  readonly target: Target
  readonly patterns: readonly (
    | { readonly type: 'library'; readonly label: string; readonly benefit: number }
    | { readonly type: 'rule'; readonly label: string; readonly benefit: number; readonly text: string }
    /** `benefit` null where each of its patterns has its own. */
    | { readonly type: 'code'; readonly label: string; readonly benefit: number | null; readonly text: string }
  )[]
}

/** A network without the data of its larger constants, and these, by the ids of their tensors. */
export interface NetworkForCode {
  readonly snapshot: unknown
  readonly data: readonly (readonly [tensor: TensorId, data: Uint8Array | Blob])[]
}

/** A step of the history, or its undoing. */
export interface MoveForCode {
  readonly transaction: unknown
  readonly forward: boolean
}

export interface CodeCalls {
  readonly load: { readonly args: { readonly source: string }; readonly result: CodeInfo }
  /** The network that it makes. */
  readonly build: { readonly args: { readonly source: string; readonly name: string }; readonly result: BuiltNetwork }
  readonly network: { readonly args: NetworkForCode; readonly result: null }
  readonly follow: { readonly args: { readonly moves: readonly MoveForCode[] }; readonly result: null }
  /** Where the patterns match, and nearly do. */
  readonly look: { readonly args: null; readonly result: CodeLook }
  /** What they make of the match at a root. */
  readonly rewrite: { readonly args: { readonly root: LayerId }; readonly result: CodeStep | null }
  /** All that they rewrite, one after the other, until nothing matches any more: by themselves, or by benefit with all others. */
  readonly plan: {
    readonly args: {
      readonly scope: string
      readonly company?: Company
      /** After so many they stop, whatever is left to do. */
      readonly most?: number
    }
    readonly result: readonly CodeStep[]
  }
}

/** A network that a file made, as the file that holds it, which is read as any other. */
export type BuiltNetwork =
  | { readonly type: 'graft-trt'; readonly text: string; readonly weights: Uint8Array; readonly location: string }
  | { readonly type: 'onnx'; readonly model: Uint8Array }

export interface CodeRequest {
  readonly id: number
  readonly name: keyof CodeCalls
  readonly args: unknown
}

/** `beat`: the sandbox is at work and has not hung. */
export type CodeReply =
  | { readonly type: 'beat' }
  | { readonly type: 'result'; readonly id: number; readonly value: unknown; readonly log: readonly LogEntry[] }
  | {
      readonly type: 'error'
      readonly id: number
      readonly reason: string
      readonly place: { readonly line: number; readonly column: number } | null
      readonly log: readonly LogEntry[]
    }
