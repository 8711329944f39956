/** Long work of the page in slices, so that whoever waits for its thread comes in between. */

import { nextTask } from '../protocol/next-task'

/** Lets whatever waits on this thread come first. */
export const yieldThread = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

/** Milliseconds after which others get a chance. */
const SLICE = 8

/** Does work that yields every few milliseconds. */
export async function inSlices<T>(work: Iterator<void, T>): Promise<T> {
  let since = performance.now()
  for (;;) {
    const next = work.next()
    if (next.done) return next.value
    if (performance.now() - since < SLICE) continue
    await nextTask()
    since = performance.now()
  }
}
