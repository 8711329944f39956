/** A rewrite asks for something that is not known of this match, or gives what does not fit: it gives up. */
export class NotKnownError extends Error {
  override readonly name: string = 'NotKnownError'
}

/** What it would make cannot be, whatever else is known: the rule asks too little of what it matches. */
export class ImpossibleError extends NotKnownError {
  override readonly name = 'ImpossibleError'
}
