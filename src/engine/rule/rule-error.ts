/** A rule is well-formed text, yet means nothing that can be matched. */
export class RuleError extends Error {
  override readonly name = 'RuleError'
}
