/** W16: real models, side by side with ONNX Runtime's own optimizer in the same run. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import * as ort from 'onnxruntime-node'
import { importOnnx, onnxDialect, upgradeOpset } from '../../src/dialects/onnx'
import { networkFromSnapshot } from '../../src/engine'
import type { NetworkSnapshot } from '../../src/engine'
import { managerOf, onnxLibrary } from '../../src/patterns'
import { workloadFile } from './library-workloads'
import { row, timed, timedAsync } from './measure'

const FOLDERS = ['../shared/models', 'public/models'].filter((f) => existsSync(f))
const OPSET = 23
/** Runs that are not measured, until what is hot has been compiled: so many, and for so many milliseconds; theirs as ours. */
const WARM_UPS = 15
const WARM_FOR = 1000
const RUNS = 7

interface Rewritten {
  readonly nodes: number
  readonly rewrites: number
  /** Milliseconds: opening the file, raising the operator set, building the network, rewriting it. */
  readonly opening: number
  readonly raising: number
  readonly building: number
  readonly rewriting: number
}

function raised(snapshot: NetworkSnapshot): NetworkSnapshot {
  return (snapshot.opsets[''] ?? OPSET) < OPSET ? upgradeOpset(snapshot, OPSET) : snapshot
}

function rewrite(bytes: Uint8Array): Rewritten {
  const { snapshot } = importOnnx(bytes)
  const up = raised(snapshot)
  const manager = managerOf(
    onnxLibrary('ort').filter((e) => !e.optIn),
    'ort',
  )
  const last = { nodes: 0, rewrites: 0 }
  const rewriting = timed(
    () => networkFromSnapshot(up, onnxDialect),
    (network) => {
      last.rewrites = manager.rewrite(network, undefined, { verify: false }).rewrites
      last.nodes = network.numLayers
    },
    () => {},
    RUNS,
    WARM_UPS,
    WARM_FOR,
  )
  return {
    ...last,
    opening: timed(
      () => bytes,
      (b) => void importOnnx(b),
      () => {},
      3,
    ).min,
    raising: timed(
      () => snapshot,
      (s) => void raised(s),
      () => {},
      3,
    ).min,
    building: timed(
      () => up,
      (s) => void networkFromSnapshot(s, onnxDialect),
      () => {},
      3,
    ).min,
    rewriting: rewriting.min,
  }
}

/** The model as ONNX Runtime's optimizer leaves it. */
async function optimized(bytes: Uint8Array): Promise<Uint8Array> {
  const folder = mkdtempSync(path.join(tmpdir(), 'graft-bench-'))
  try {
    const optimizedModelFilePath = path.join(folder, 'optimized.onnx')
    const s = await ort.InferenceSession.create(bytes, {
      graphOptimizationLevel: 'extended',
      logSeverityLevel: 4,
      optimizedModelFilePath,
    })
    await s.release()
    return new Uint8Array(readFileSync(optimizedModelFilePath))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Level = 'disabled' | 'extended'

async function session(bytes: Uint8Array, graphOptimizationLevel: Level, runs: number): Promise<number> {
  const { min } = await timedAsync(
    async () => {
      const s = await ort.InferenceSession.create(bytes, { graphOptimizationLevel, logSeverityLevel: 4 })
      await s.release()
    },
    runs,
    WARM_FOR,
  )
  return min
}

/** Every model: nodes, time per phase, and ONNX Runtime's session creation at the extended level. */
export async function benchModels(only = ''): Promise<void> {
  row('models, ms (minimum)', 'nodes', 'left', 'open', 'raise', 'build', 'rewrite', 'us/step', 'ort ext.', 'ours/ort')
  for (const { name, file } of modelFiles(only)) {
    const bytes = new Uint8Array(readFileSync(file))
    const r = rewrite(bytes)
    const theirs = await session(bytes, 'extended', RUNS)
    const before = importOnnx(bytes).snapshot.layers.length
    const step = (1000 * r.rewriting) / Math.max(r.rewrites, 1)
    const [a, b] = [String(before), String(r.nodes)]
    row(name, a, b, r.opening, r.raising, r.building, r.rewriting, step, theirs, ratio(r, theirs))
  }
}

/** The models whose names begin with `only`, each once. */
export function modelFiles(only: string): { readonly name: string; readonly file: string }[] {
  const found = new Map<string, string>()
  for (const folder of FOLDERS) {
    for (const file of readdirSync(folder)) {
      const name = file.replace('.onnx', '')
      if (file.endsWith('.onnx') && file.startsWith(only) && !found.has(name)) found.set(name, path.join(folder, file))
    }
  }
  return Array.from(found, ([name, file]) => ({ name, file }))
}

function ratio(r: Rewritten, theirs: number): string {
  return (r.rewriting / theirs).toFixed(2)
}

/**
 * ONNX Runtime's optimizer on our workloads: what its session creation takes longer than that of the model which comes out of it,
 * with nothing left to optimize.
 */
export async function benchOrt(ours: ReadonlyMap<string, number>): Promise<void> {
  row('against ONNX Runtime, ms', 'size', 'optimizer', 'ours', 'ours/ort')
  for (const [name, n] of [
    ['W8 cse', 10_000],
    ['W9 gelu', 10_000],
    ['W10 layernorm', 9_000],
  ] as const) {
    const bytes = workloadFile(name, n)
    const optimizer = (await session(bytes, 'extended', 3)) - (await session(await optimized(bytes), 'disabled', 3))
    const own = ours.get(`${name} ${n}`)
    row(name, String(n), optimizer, own ?? '', own === undefined ? '' : (own / optimizer).toFixed(3))
  }
}
