import { BaseSequencer } from 'vitest/node'
import type { TestSpecification } from 'vitest/node'
import { defineConfig } from 'vitest/config'

/** Files that take longer than their size says: in a fresh clone nothing else is known of them, and the last one runs alone. */
const LONG = /\/(kept|motion|play)\.test\.ts$/

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return [...sorted.filter((f) => LONG.test(f.moduleId)), ...sorted.filter((f) => !LONG.test(f.moduleId))]
  }
}

/** Browser tests, against the built app in `dist`. Two files at a time: a page that waits for an animation leaves a core to the other. */
export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  test: {
    include: ['test/e2e/*.test.ts'],
    environment: 'node',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // Files of a worker share its browser: see `browser.ts`.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // What passes the second time only is told loudly at the end of `npm test`: a race is a fault, be it of the test or the page.
    retry: process.env['CI'] ? 1 : 0,
  },
})
