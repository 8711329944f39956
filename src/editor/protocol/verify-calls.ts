/** Every message to the verify worker, and what it and others ask of the engine worker. Plain values. */
import type { HistoryId } from '../../engine'
import type { Verdict } from '../../verify'
import type { Plain } from './codec'
import type { MoveStep } from './moves'

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
