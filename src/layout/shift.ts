/**
 * A map of heights made of steps: from each step on, everything lies lower; or, by a negative amount, higher, and the
 * band above the step that closes so collapses to a line.
 */
export class Shift {
  private readonly steps: { readonly from: number; readonly by: number }[] = []

  add(from: number, by: number): void {
    this.steps.push({ from, by })
  }

  /** @param room how far what lay in a band that closes stays away from what was below it */
  of(y: number, room = 0): number {
    let out = y
    for (const { from, by } of this.steps) {
      if (y >= from) out += by
      else if (y > from + by - room) out += from + by - room - y
    }
    return out
  }
}
