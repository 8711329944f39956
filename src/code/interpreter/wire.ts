/** What is said between an interpreter and its host: JSON, with bytes beside it. */

/** Bytes that travel beside the text, or stay where they are and are read in parts. */
export interface Beside {
  readonly $beside: number
  readonly size: number
  readonly stays: boolean
}

const isBeside = (x: unknown): x is Beside => typeof x === 'object' && x !== null && '$beside' in x

/** @param put takes bytes, or a file, and gives their number */
export function toText(value: unknown, put: (bytes: Uint8Array | Blob) => number): string {
  const isFile = (x: unknown): x is Blob => typeof Blob === 'function' && x instanceof Blob
  return JSON.stringify(value, (_key, x: unknown) => {
    if (x instanceof Uint8Array) return { $beside: put(x), size: x.length, stays: false } satisfies Beside
    if (isFile(x)) return { $beside: put(x), size: x.size, stays: true } satisfies Beside
    return x
  })
}

/** @param get gives what lies beside */
export function fromText(text: string, get: (beside: Beside) => unknown): unknown {
  return JSON.parse(text, (_key, x: unknown) => (isBeside(x) ? get(x) : x)) as unknown
}
