import { defineConfig } from 'vitest/config'

/** Browser tests, against the built app in `dist`: two files at a time, each in a browser of its own, and waiting only for what is seen. */
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
