import type { Place } from './places'

/** A rule is well-formed text, yet means nothing that can be matched, or nothing that may be made. */
export class RuleError extends Error {
  override readonly name = 'RuleError'

  constructor(
    /** What is wrong, without its place. */
    readonly reason: string,
    /** Where it stands, where the rule was read from text. */
    readonly place: Place | null = null,
    /** What was probably meant in place of the word that stands there. */
    readonly instead: string | null = null,
  ) {
    super(place ? `line ${place.line}, column ${place.column}: ${reason}` : reason)
  }
}
