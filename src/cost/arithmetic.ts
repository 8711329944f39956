/** A number, or null for one that is not known. What is made of an unknown number is unknown. */
export type Amount = number | null

export function times(...factors: readonly Amount[]): Amount {
  let out = 1
  for (const x of factors) {
    if (x === null) return null
    out *= x
  }
  return out
}

export function plus(...terms: readonly Amount[]): Amount {
  let out = 0
  for (const x of terms) {
    if (x === null) return null
    out += x
  }
  return out
}
