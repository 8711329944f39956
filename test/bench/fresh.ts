/**
 * What a person waits for who runs the command once: every run in a process of its own, where no code is compiled yet, but for what
 * the command keeps. Beside it ONNX Runtime's session at the extended level, in a process of its own as well, in turns.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { row } from './measure'
import { modelFiles } from './models'

const PROCESSES = 7

interface Fresh {
  /** Milliseconds: opening the file, rewriting with the library, the process from start to end; ONNX Runtime's session. */
  readonly opening: number
  readonly rewriting: number
  readonly whole: number
  readonly session: number
}

const SESSION = `
  import { readFileSync } from 'node:fs'
  import ort from 'onnxruntime-node'
  const bytes = readFileSync(process.argv[1])
  const start = performance.now()
  await ort.InferenceSession.create(bytes, { graphOptimizationLevel: 'extended', logSeverityLevel: 4 })
  console.log(performance.now() - start)`

function run(...args: readonly string[]): string {
  return execFileSync(process.execPath, args, { encoding: 'utf8' })
}

function once(model: string, out: string): Fresh {
  const start = performance.now()
  const said = run('bin/graft.mjs', 'rewrite', model, '-o', out)
  const whole = performance.now() - start
  const [, opening, rewriting] = /import ([\d.]+) s, rewrite ([\d.]+) s/.exec(said)!
  const session = Number(run('--input-type=module', '-e', SESSION, path.resolve(model)))
  return { opening: Number(opening) * 1000, rewriting: Number(rewriting) * 1000, whole, session }
}

function median(runs: readonly Fresh[], of: keyof Fresh): number {
  return runs.map((r) => r[of]).sort((a, b) => a - b)[runs.length >> 1]!
}

/** Every model whose name begins with `only`. */
export function benchFresh(only = ''): void {
  row(`fresh process, ms (median of ${PROCESSES})`, 'open', 'rewrite', 'whole', 'ort ext.', 'ours/ort')
  const folder = mkdtempSync(path.join(tmpdir(), 'graft-fresh-'))
  try {
    for (const { name, file } of modelFiles(only)) {
      const out = path.join(folder, 'out.onnx')
      // The first one keeps the compiled code, and the file in memory.
      once(file, out)
      const runs = Array.from({ length: PROCESSES }, () => once(file, out))
      const [rewriting, session] = [median(runs, 'rewriting'), median(runs, 'session')]
      const ratio = (rewriting / session).toFixed(2)
      row(name, median(runs, 'opening'), rewriting, median(runs, 'whole'), session, ratio)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
