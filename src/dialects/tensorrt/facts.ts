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

export const factsOf = (properties: Readonly<Record<string, unknown>>): FileFacts => ({
  ...NONE,
  ...(properties[FACTS] as FileFacts | undefined),
})
