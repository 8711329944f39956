/** A rewrite asks for something that is not known of this match, or gives what does not fit: it gives up. */
export class NotKnownError extends Error {
  override readonly name = 'NotKnownError'
}
