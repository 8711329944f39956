/** npm run bench [-- what]: the engine's workloads, then models, beside ONNX Runtime. `what` begins names: W9, bert, W, models. */
import { LIBRARY_WORKLOADS } from './library-workloads'
import { benchWorkloads } from './measure'
import { benchModels, benchOrt } from './models'
import { WORKLOADS } from './workloads'

const only = process.argv[2] ?? ''
const workloads = [...WORKLOADS, ...LIBRARY_WORKLOADS].filter((w) => w.name.startsWith(only))
const ours = benchWorkloads(workloads)
if (only === '' || only === 'W') await benchOrt(ours)
if (!only.startsWith('W')) await benchModels(only === 'models' ? '' : only)
console.log(`peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`)
