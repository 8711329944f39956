/** Why an ONNX operator has no counterpart among TensorRT's layers, here or anywhere: it becomes a plugin that says so. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported'
}

export function unsupported(reason: string): never {
  throw new Unsupported(reason)
}

/** A model that is too damaged to be lowered; the message says of what, and what to do. */
export class LoweringError extends Error {
  override readonly name = 'LoweringError'
}
