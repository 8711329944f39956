import { defineConfig } from 'vitest/config'
import { longestFirst } from '../../scripts/longest-first.mjs'

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
    sequence: { sequencer: longestFirst('kept', 'motion', 'play') },
    // What passes the second time only is told loudly at the end of `npm test`: a race is a fault, be it of the test or the page.
    retry: process.env['CI'] ? 1 : 0,
  },
})
