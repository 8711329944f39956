/** What a TensorRT network has beside its layers. */
export interface FileFacts {
  readonly writer: string
  readonly stronglyTyped: boolean
  /** Optimization profiles: by input, [smallest, usual, largest]. */
  readonly profiles: readonly Readonly<Record<string, readonly (readonly number[])[]>>[]
  /** By dimension, of each profile: what inputs were made with. */
  readonly ranges?: Readonly<Record<string, readonly (readonly number[])[]>>
}

/** Key of a network's properties. */
export const FACTS = 'tensorrt'

const NONE: FileFacts = { writer: '', stronglyTyped: true, profiles: [] }

type Ranges = readonly (readonly number[])[]

/** What is wrong with facts of unknown origin; null for nothing. */
export function factsFault(facts: unknown): string | null {
  if (facts === null) return null
  if (!isRecord(facts)) return `its facts are ${typeof facts}, not a record`
  const { writer = '', stronglyTyped = true, profiles = [], ranges = {} } = facts
  if (typeof writer !== 'string') return 'its writer has no name'
  if (typeof stronglyTyped !== 'boolean') return 'whether it is strongly typed is not said'
  if (!Array.isArray(profiles) || !profiles.every(holdsRanges))
    return 'its optimization profiles are no ranges by input'
  return holdsRanges(ranges) ? null : 'its ranges are not by dimension'
}

const isRecord = (x: unknown): x is Readonly<Record<string, unknown>> =>
  typeof x === 'object' && x !== null && !Array.isArray(x)

const holdsRanges = (x: unknown): boolean => isRecord(x) && Object.values(x).every(areRanges)

const areRanges = (x: unknown): x is Ranges =>
  Array.isArray(x) && x.every((range) => Array.isArray(range) && range.every((n) => Number.isSafeInteger(n) && n >= 0))

export const factsOf = (properties: Readonly<Record<string, unknown>>): FileFacts => ({
  ...NONE,
  ...(properties[FACTS] as FileFacts | undefined),
})
