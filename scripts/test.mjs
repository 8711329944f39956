// Every check there is; each tool counts as one test. The last line is `N passed, N failed`.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const temp = mkdtempSync(path.join(tmpdir(), 'graft-test-'))
let passed = 0
let failed = 0

/** @param live says what the program says at once; else all of it is told when it ends, so that two beside each other can be read */
async function run(name, live, command, ...args) {
  if (live) console.log(`\n== ${name}`)
  const started = Date.now()
  const [program, ...first] = command === 'node' ? [process.execPath] : ['npx', '--no-install', command]
  const child = spawn(program, [...first, ...args], {
    stdio: ['ignore', live ? 'inherit' : 'pipe', live ? 'inherit' : 'pipe'],
  })
  const said = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => said.push(data))
  const status = await new Promise((ended) => child.on('close', ended).on('error', () => ended(1)))
  if (!live) console.log(`\n== ${name}\n${Buffer.concat(said).toString().trimEnd()}`)
  console.log(`== ${name}: ${status === 0 ? 'ok' : 'FAILED'}, ${((Date.now() - started) / 1000).toFixed(1)} s`)
  return { status: status ?? 1, isSilent: said.length === 0 }
}

/** @param tools what is checked; where that is two in one process, its exit code is 8 for the first, 16 for the second, or both */
async function check(tools, command, ...args) {
  const list = [tools].flat()
  const { status, isSilent } = await run(list.join(' and '), false, command, ...args)
  // The test of the package need not build again. It wants a build that has nothing to say, and makes its own where this one had.
  if (tools === 'build' && status === 0 && isSilent) process.env['GRAFT_BUILT'] = 'yes'
  const told = list.length > 1 && [8, 16, 24].includes(status)
  list.forEach((_, i) => (status === 0 || (told && !(status & (8 << i))) ? passed++ : failed++))
}

/** Checks that keep one core busy each: two at a time, in their order. */
async function checks(...list) {
  const next = async () => {
    for (let one = list.shift(); one; one = list.shift()) await check(...one)
  }
  await Promise.all([next(), next()])
}

/** Runs tests and adds up what they say; a run that ends without saying anything is one failure. */
async function tests(name, ...args) {
  const report = path.join(temp, `${name}.json`)
  const { status } = await run(
    name,
    true,
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...args,
  )
  if (!existsSync(report)) return void failed++
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
  passed += numPassedTests
  failed += Math.max(numFailedTests, status === 0 ? 0 : 1)
  const tried = testResults.flatMap((file) => file.assertionResults)
  for (const { status, fullName, failureMessages } of tried)
    if (status === 'passed' && failureMessages.length > 0)
      console.log(`== PASSED ONLY WHEN TRIED AGAIN: ${fullName}\n${failureMessages[0]}`)
}

await checks(
  [['lint', 'types'], 'node', 'scripts/lint-and-types.mjs'],
  ['build', 'node', 'scripts/build.mjs'],
  ['format', 'prettier', '--check', '--log-level', 'warn', '.'],
  ['types of the engine', 'tsc', '-p', 'src/engine'],
  ['dead code', 'knip'],
  ['circles of imports', 'node', 'scripts/import-circles.mjs'],
)
await tests('unit')
if (existsSync('test/e2e/vitest.config.ts')) await tests('browser', '--config', 'test/e2e/vitest.config.ts')

rmSync(temp, { recursive: true, force: true })
console.log(`\n${passed} passed, ${failed} failed`)
process.exit(failed > 0 ? 1 : 0)
