/** Every message to the verify worker, and what it and others ask of the engine worker. Plain values. */
import type { HistoryId, TensorId } from '../../engine'
import type { Claim, GateResult, RuleVerdict, Verdict } from '../../verify'
import type { Plain } from './codec'
import type { SnapshotPart } from './snapshot-codec'
import type { MoveStep } from './moves'
import type { NetworkToRun } from './network-to-run'
import type { ConstantData } from './constant-data'

/** The network as it came and as it is now, which is at a point of its history. */
export interface Sides<T> {
  readonly at: HistoryId
  readonly before: T
  readonly after: T
}

export interface VerifyCalls {
  /** Where the engine worker answers `EvidenceCalls`. */
  readonly connect: { readonly args: MessagePort; readonly result: null }
  readonly step: { readonly args: { node: HistoryId }; readonly result: Verdict }
  /** What `cutStep` made of a rewrite that is not in the history. */
  readonly region: { readonly args: { region: Plain }; readonly result: Verdict }
  /** The network as it came against the network as it is, and where in history that was; null where it could not be had. */
  readonly whole: { readonly args: null; readonly result: WholeVerdict }
  /** The network of another worker, which answers `EvidenceCalls` at this port, against the network as it is. */
  readonly against: { readonly args: MessagePort; readonly result: WholeVerdict }
  /** Tries a rule on so many networks from a seed on; its own examples too, where `examples` is true. */
  readonly testRule: {
    readonly args: {
      readonly text: string
      readonly seed: number
      readonly instances: number
      readonly examples: boolean
      /** Cut out of the open network where it matches: all that there is for layers of TensorRT. */
      readonly networks: readonly Plain[]
    }
    readonly result: RuleTestPart
  }
  /** The same for a file of code, which runs in the sandbox that the port of the first part leads to. */
  readonly testCode: {
    readonly args: {
      readonly port: MessagePort | null
      readonly text: string
      readonly cases: CodeCases
      /** Models that it is tried on where it matches them; for the first part alone. */
      readonly gallery: readonly Blob[]
      readonly seed: number
      readonly instances: number
    }
    readonly result: RuleTestPart
  }
  /** Whether ONNX Runtime opens the network as it is now, written as a model. */
  readonly gate: { readonly args: null; readonly result: GateResult }
}

export interface WholeVerdict {
  /** Where in history the network was; null where that could not be had. */
  readonly at: HistoryId | null
  readonly verdict: Verdict
}

/** Networks that a file of code is tried on: what is cut out of the open network where it matches, and the examples that it carries. */
export interface CodeCases {
  readonly networks: readonly Plain[]
  readonly examples: readonly { readonly expected: 'matches' | 'fails'; readonly network: string }[]
}

/** What some of the networks that were made for a rule say of it. */
export interface RuleTestPart {
  readonly verdict: RuleVerdict
  readonly endless: boolean
  readonly claim: Claim
  readonly instances: number
  readonly matched: number
  readonly compared: number
  readonly largest: number
  readonly reason: string
  /** The smallest network on which it differs, as models before and after. */
  readonly counterexample: {
    readonly kinds: readonly string[]
    readonly before: Uint8Array
    /** null where the rule made no sound network. */
    readonly after: Uint8Array | null
  } | null
  readonly examples: readonly {
    readonly title: string
    readonly line: number
    readonly holds: boolean
    readonly reason: string
  }[]
}

/** What a step is verified by, and whether its pattern claims to be exact. */
export interface Evidence extends Plain {
  readonly exact: boolean
}

/** A network as it came, and the way from there to where it is now. */
export interface Start {
  /** Without its layers and tensors, which are told as `part`s before. */
  readonly rest: Plain
  readonly steps: readonly MoveStep[]
}

export interface EvidenceEvents {
  /** Some of what `start` gives, in order: it is read while the next is written. */
  readonly part: SnapshotPart
}

/** What the engine worker gives other workers. */
export interface EvidenceCalls {
  /** The network as it is now. */
  readonly snapshot: { readonly args: null; readonly result: Plain }
  /** The network as it came, and the way from there to where it is now. */
  readonly start: { readonly args: null; readonly result: Start }
  /** What `cutStep` made of a step. */
  readonly region: { readonly args: { node: HistoryId }; readonly result: Evidence }
  /** A constant of the network as it is now; null for one that is not there. */
  readonly constant: { readonly args: { tensor: TensorId }; readonly result: ConstantData | null }
  /** The network as it is at a point of its history. */
  readonly network: { readonly args: { point: HistoryId }; readonly result: NetworkToRun }
  /** The network as it came and as it is now, to be run piece by piece; null where `models` are small enough. */
  readonly largeSides: {
    readonly args: null
    readonly result: Sides<NetworkToRun> | null
  }
  /** Written as models. */
  readonly models: { readonly args: null; readonly result: Sides<Uint8Array> }
  /** One of the two. TensorRT's layers have no float64, so that what a network of them is compared with is narrowed. */
  readonly model: {
    readonly args: { side: 'before' | 'after' }
    readonly result: { readonly at: HistoryId; readonly bytes: Uint8Array; readonly lacksDoubles: boolean }
  }
}
