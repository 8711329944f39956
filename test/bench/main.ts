/**
 * npm run bench [-- what]: the engine's workloads, then models, beside ONNX Runtime, then what a person feels in the browser.
 * `what` is a workload (W9), W for all of them, the beginning of a model's name, or one of models, fresh (and the beginning of a model's name), picture, tensorrt, browser,
 * large (a model of 1.2 GB in the page; only where it is asked for). Node runs with
 * a young generation of 256 MB, and makes every object there: what one run keeps would else teach the compiler to make the next
 * run's in the old one, from fresh pages.
 */
import { execFileSync } from 'node:child_process'
import { measureBrowser } from './browser'
import { LIBRARY_WORKLOADS } from './library-workloads'
import { benchFresh } from './fresh'
import { benchWorkloads } from './measure'
import { measureLargeModel } from './large-model'
import { benchModels, benchOrt } from './models'
import { benchPicture } from './picture'
import { benchTensorrt } from './tensorrt'
import { WORKLOADS } from './workloads'

const only = process.argv[2] ?? ''
const workloads = [...WORKLOADS, ...LIBRARY_WORKLOADS].filter(
  (w) => only === '' || only === 'W' || w.name.split(' ')[0] === only,
)
const ours = benchWorkloads(workloads)
if (only === '' || only === 'W') await benchOrt(ours)
if (only === '' || only === 'fresh') benchFresh(process.argv[3])
if (!only.startsWith('W') && !['browser', 'picture', 'fresh', 'large', 'tensorrt'].includes(only))
  await benchModels(only === 'models' ? '' : only)
if (only === '' || only === 'tensorrt') benchTensorrt()
if (only === '' || only === 'picture') await benchPicture()
if (only === '' || only === 'browser') await benchBrowser()
if (only === 'large') await benchLarge()
console.log(`peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`)

/** Measures the built app; builds it first. */
async function benchBrowser(): Promise<void> {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' })
  console.log('\nbrowser, 1440x900, software rendering')
  for (const { what, value, unit } of await measureBrowser()) console.log(`${what.padEnd(56)} ${value} ${unit}`)
}

/** Measures the built app with a file of 1.2 GB; builds it first. */
async function benchLarge(): Promise<void> {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' })
  for (const { what, value, unit } of await measureLargeModel())
    console.log(`${what.padEnd(64)} ${unit === 'ms' ? value.toFixed(0) : value.toFixed(2)} ${unit}`)
}
