import { availableParallelism } from 'node:os'
import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'
import { filmPage } from './scripts/film-page.mjs'
import { graftTypes } from './scripts/graft-types.mjs'
import { ruleGuide } from './scripts/rule-guide.mjs'
import { sandbox } from './scripts/sandbox-page.mjs'

/** The dev server injects inline scripts, which the page's own policy forbids; the built page keeps its policy. */
const relaxPolicyInDev: Plugin = {
  name: 'graft:relax-policy-in-dev',
  apply: 'serve',
  transformIndexHtml: (html, context) =>
    context.server ? html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '') : html,
}

/** How long a machine takes to build is nothing that a build is to warn of. */
const quiet = { bundlerTimings: false }

/** Asked for by tests alone: a build need not load what runs them. */
const sequencer = async () =>
  (await import('./scripts/longest-first.mjs')).longestFirst(
    'package',
    'verify/instances',
    'interruption',
    'wrong-rules',
    'verify/models',
    'drawn-operators',
    'interpreter',
    'gallery',
    'autosave',
    'live',
  )

export default defineConfig({
  base: './',
  plugins: [react(), relaxPolicyInDev, filmPage(), sandbox(), ruleGuide()],
  worker: { format: 'es', plugins: () => [graftTypes()], rolldownOptions: { checks: quiet } },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 4500,
    license: { fileName: 'licenses.md' },
    rolldownOptions: { checks: quiet },
  },
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: ['test/e2e/**', 'node_modules/**', 'dist/**'],
    environment: 'node',
    // Only a hang should end a test: machines differ, and timings are never asserted.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Two at a time, also on two cores: vitest would leave one of them idle. Files share what they import, which is most of their time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    isolate: false,
    ...(process.env['VITEST'] && { sequence: { sequencer: await sequencer() } }),
    // A function runs for milliseconds here: V8 waits longer before it optimizes one. A fifth less time for the patterns' tests.
    execArgv: ['--interrupt-budget=1000000'],
  },
})
