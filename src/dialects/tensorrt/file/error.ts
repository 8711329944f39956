/** A network that cannot be written as a file of TensorRT's; the message says what of it, and why. */
export class NetworkFileError extends Error {
  override readonly name = 'NetworkFileError'
}
