/** What is open, or being opened, and where it came from. */
import type { Totals } from '../protocol/totals'

/**
 * Where the model on the screen came from. A file of one's own, of so many bytes, is kept beside the session. `dialect`: the ONNX
 * model was lowered into its layers.
 */
export type ModelSource = (
  | { readonly type: 'gallery'; readonly id: string }
  | { readonly type: 'file'; readonly name: string; readonly size: number }
) & { readonly dialect?: 'tensorrt' }

export interface ModelInfo {
  readonly source: ModelSource
  readonly name: string
  readonly fileName: string
  readonly dialect: string
  readonly exporter: string
  /** Operator set of the default domain, as it came and as it is now; 0 for none. */
  readonly opset: readonly [came: number, now: number]
  readonly warnings: readonly string[]
  /** Files of weights that the model asks for and that are not here. */
  readonly missing: readonly string[]
  /** What the network held as it came. */
  readonly totals: Totals
}

export interface Opening {
  readonly name: string
  readonly stage: string
  readonly fraction: number
  /** Files of weights that it waits for. */
  readonly missing?: readonly string[]
}

/** A film is being made. */
export interface Filming {
  readonly stage: string
  readonly fraction: number
  readonly cancel: () => void
}

/** What of the session as it is now lies in the browser's storage; `steps`: all but the model, which is too large for it. */
export type Saved = 'nothing' | 'steps' | 'all'

export interface ModelSlice {
  readonly model: ModelInfo | null
  readonly opening: Opening | null
  readonly filming: Filming | null
  /** Grows with every change to the replica. */
  readonly version: number
  readonly saved: Saved
}

/** What a network that is opened now begins with. */
export const freshModel: Omit<ModelSlice, 'opening' | 'filming' | 'version' | 'saved'> = {
  model: null,
}

export const initialModel: ModelSlice = {
  ...freshModel,
  opening: null,
  filming: null,
  version: 0,
  saved: 'nothing',
}
