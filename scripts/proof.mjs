/**
 * npm run proof [-- name] [--minutes N] [--restart]: statements tried on thousands of seeded instances, more than `npm test` has time for.
 * Each `test/proof/*.proof.ts` exports `proofs`. A run that is stopped, or whose minutes are over, goes on next time where it ended;
 * what failed is tried again first. Exit code 1 where an instance fails, takes too long, or memory passes 1 GB.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { bundle } from './run.mjs'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const { values, positionals } = parseArgs({
  options: { minutes: { type: 'string' }, restart: { type: 'boolean' } },
  allowPositionals: true,
})
const minutes = values.minutes === undefined ? Infinity : Number(values.minutes)
if (!(minutes > 0)) throw new Error(`--minutes: expected a number above 0, found ${values.minutes}`)
const ends = performance.now() + minutes * 60_000
const folder = path.join(root, 'node_modules', '.cache', 'graft', 'proof')
mkdirSync(folder, { recursive: true })

let failures = 0
for (const file of readdirSync(path.join(root, 'test/proof')).filter((f) => f.endsWith('.proof.ts'))) {
  const { proofs } = await import(pathToFileURL(await bundle(`test/proof/${file}`)).href)
  for (const proof of proofs) if (proof.name.includes(positionals[0] ?? '')) await prove(proof)
}
const peak = process.resourceUsage().maxRSS / 1024
console.log(`${failures} failed, peak memory ${peak.toFixed(0)} MB`)
process.exitCode = failures > 0 || peak > 1024 ? 1 : 0

/** Tries the instances that are left. */
async function prove({ name, instances, run, seconds = 2 }) {
  const state = path.join(folder, `${name.replaceAll(/\W+/g, '-')}.json`)
  let { next, failed } = values.restart ? { next: 1, failed: [] } : read(state)
  let slowest = 0
  const attempt = async (seed) => {
    const began = performance.now()
    try {
      await run(seed)
    } catch (error) {
      return error
    } finally {
      slowest = Math.max(slowest, performance.now() - began)
    }
    const took = (performance.now() - began) / 1000
    return took > seconds ? new Error(`it took ${took.toFixed(1)} s`) : null
  }
  const keep = () => writeFileSync(state, JSON.stringify({ next, failed }))
  const complain = (seed, error) => console.error(`${name}, seed ${seed}: ${error?.stack ?? error}`)
  const still = []
  for (const seed of failed) {
    const error = await attempt(seed)
    if (error) still.push(seed)
    if (error) complain(seed, error)
  }
  failed = still
  for (; next <= instances && performance.now() < ends; next++) {
    const error = await attempt(next)
    if (error) failed.push(next)
    if (error) complain(next, error)
    if (next % 100 === 0) keep()
  }
  keep()
  failures += failed.length
  const tried = Math.min(next - 1, instances)
  console.log(`${name}: ${tried} of ${instances} tried, ${failed.length} failed, slowest ${slowest.toFixed(0)} ms`)
}

function read(state) {
  try {
    return JSON.parse(readFileSync(state, 'utf8'))
  } catch {
    return { next: 1, failed: [] }
  }
}
