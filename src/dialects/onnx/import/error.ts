/**
 * A model that cannot be opened. The message says what is wrong, where, and what the reader can do about it.
 */
export class OnnxImportError extends Error {
  override readonly name = 'OnnxImportError'
  constructor(
    readonly problem: string,
    /** The node, tensor or byte at fault; empty where it is the file as a whole. */
    readonly where: string,
    readonly remedy: string,
  ) {
    super(`${problem}${where ? ` (${where})` : ''}. ${remedy}`)
  }
}

export const REEXPORT = 'Export the model again, or run it through the ONNX checker to see what else is wrong with it.'
export const DOWNLOAD_AGAIN = 'The file is damaged or incomplete: copy or download it again.'
