import { defineConfig } from 'vitest/config'

/** Browser tests, against the built app in `dist`. Two files at a time: a page that waits for an animation leaves a core to the other. */
export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  test: {
    include: ['test/e2e/*.test.ts'],
    environment: 'node',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
})
