import { defineConfig } from 'vitest/config'

/** Browser tests, against the built app in `dist`, one file after the other: a page and its workers keep two cores busy, and two at a time take as long. */
export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  test: {
    include: ['test/e2e/*.test.ts'],
    environment: 'node',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
})
