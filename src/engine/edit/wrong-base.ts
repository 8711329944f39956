import type { Edit } from './edit'

/** An edit was made for another network, or for this one at another point of its history. Nothing was changed. */
export class WrongBaseError extends Error {
  override readonly name = 'WrongBaseError'

  /**
   * @param edit null where it is not one edit that does not fit, but what they leave
   * @param at the field that is at fault: `from`, `layer.inputs[1]`; of a transaction `edits[2].from`
   */
  constructor(
    readonly edit: Edit | null,
    readonly why: string,
    readonly at = '',
  ) {
    const what = edit ? `this ${edit.type} edit` : 'this transaction'
    super(`${what} was made for another state of the network: ${at === '' ? '' : `${at}: `}${why}`)
  }

  /** The same fault, of the edit at `place` of a transaction. */
  within(place: string): WrongBaseError {
    return new WrongBaseError(this.edit, this.why, this.at === '' ? place : `${place}.${this.at}`)
  }
}
