// Every check there is, one after the other; each tool counts as one test. The last line is `N passed, N failed`.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const temp = mkdtempSync(path.join(tmpdir(), 'graft-test-'))
let passed = 0
let failed = 0

function run(name, command, ...args) {
  console.log(`\n== ${name}`)
  const started = Date.now()
  const [program, ...first] = command === 'node' ? [process.execPath] : ['npx', '--no-install', command]
  const { status } = spawnSync(program, [...first, ...args], { stdio: ['ignore', 'inherit', 'inherit'] })
  console.log(`== ${name}: ${status === 0 ? 'ok' : 'FAILED'}, ${((Date.now() - started) / 1000).toFixed(1)} s`)
  return status === 0
}

function check(name, command, ...args) {
  if (run(name, command, ...args)) passed++
  else failed++
}

/** Runs tests and adds up what they say; a run that ends without saying anything is one failure. */
function tests(name, ...args) {
  const report = path.join(temp, `${name}.json`)
  const ok = run(name, 'vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args)
  if (!existsSync(report)) return void failed++
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'))
  passed += numPassedTests
  failed += Math.max(numFailedTests, ok ? 0 : 1)
}

check('format', 'prettier', '--check', '--log-level', 'warn', '.')
check('lint', 'eslint', '.', '--max-warnings', '0')
check('types of the engine', 'tsc', '-p', 'src/engine')
check('types', 'tsc', '-p', '.')
check('dead code', 'knip')
check('circles of imports', 'node', 'scripts/import-circles.mjs')
tests('unit')
check('build', 'node', 'scripts/build.mjs')
if (existsSync('test/e2e/vitest.config.ts')) tests('browser', '--config', 'test/e2e/vitest.config.ts')

rmSync(temp, { recursive: true, force: true })
console.log(`\n${passed} passed, ${failed} failed`)
process.exit(failed > 0 ? 1 : 0)
