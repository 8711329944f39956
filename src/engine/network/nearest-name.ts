/** The name that was probably meant: the one that fewest letters have to change for, at most a third of them. */
export function nearest(name: string, known: readonly string[]): string | null {
  let best: string | null = null
  let least = Math.max(1, Math.floor(name.length / 3)) + 1
  for (const other of known) {
    if (Math.abs(other.length - name.length) >= least) continue
    const distance = distanceOf(name.toLowerCase(), other.toLowerCase())
    if (distance < least) [best, least] = [other, distance]
  }
  return best
}

/** How many letters have to be put in, taken out, changed or swapped with the next one (Damerau and Levenshtein). */
function distanceOf(a: string, b: string): number {
  let before: readonly number[] = []
  let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let k = 1; k <= b.length; k++) {
      const plain = Math.min(row[k]! + 1, next[k - 1]! + 1, row[k - 1]! + (a[i - 1] === b[k - 1] ? 0 : 1))
      const isSwapped = i > 1 && k > 1 && a[i - 1] === b[k - 2] && a[i - 2] === b[k - 1]
      next.push(isSwapped ? Math.min(plain, before[k - 2]! + 1) : plain)
    }
    before = row
    row = next
  }
  return row.at(-1)!
}
