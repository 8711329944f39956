/** A change of the rule's text, which may be refused with a reason. */
export type Change = (text: string) => string
