/** One proof: a statement that is tried on many instances, each made from its number alone. */
export interface Proof {
  readonly name: string
  /** How many there are, numbered from 1. */
  readonly instances: number
  /** @throws where the statement does not hold for an instance */
  readonly run: (seed: number) => unknown
  /** An instance that takes longer is a failure. Default 2. */
  readonly seconds?: number
}
