import { codeErrorOf } from '../code'
import type { PatternError } from '../engine'

/** What went wrong in a pattern, with its line where the pattern is code in a file. */
export function failureText(error: PatternError): string {
  const { place } = codeErrorOf(error)
  return place ? `${error.message} (line ${place.line} of its file)` : error.message
}
