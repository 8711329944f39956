import type { ConstantValue } from '../engine'

/** Values by the name of a network input or output. */
export type Values = ReadonlyMap<string, ConstantValue>

/** Something that runs ONNX models: ONNX Runtime in Node, in the browser, or a stand-in for a test. */
export interface Runtime {
  /** It opens files by their paths, with weights that lie beside them. */
  readonly opensFiles?: boolean
  /** Bytes of memory that are free; left out where nobody knows. */
  room?(): number
  /**
   * @param model its bytes, or its path
   * @throws Error that says why where the model cannot be loaded
   */
  load(model: Uint8Array | string): Promise<RuntimeSession>
}

export interface RuntimeSession {
  /** @throws Error that says why where the model cannot be run on these values */
  run(feeds: Values): Promise<Values>
  release(): Promise<void>
}
