/** A network, or a layer of it, has no form in ONNX; the message says which and why. */
export class RaiseError extends Error {
  override readonly name = 'RaiseError'
}

export function cannotRaise(reason: string): never {
  throw new RaiseError(reason)
}
