import { fingerprint, History, networkFromSnapshot, snapshotOf, traceOf } from '../../engine'
import type { Network, Transaction } from '../../engine'
import { exportOnnx, onnxDialect } from '../../dialects/onnx'
import type { ExportResult } from '../../dialects/onnx'
import { rewriteInStages } from '../../patterns'
import { readArguments, UsageError } from '../arguments'
import { CHOICE, chosenPatterns } from '../choice'
import type { Choice } from '../choice'
import { table } from '../console'
import type { Console } from '../console'
import { readModel, writeWhole } from '../files'
import type { Model } from '../files'
import { raised } from '../raise'
import { operatorsOf } from './open'

export const usage = `graft rewrite in.onnx -o out.onnx [--patterns list|all] [--target ort|onnx] [--exact]
              [--report r.json] [--trace t.json] [--json]`

/** The report of a rewrite, as `--report` writes it. Nodes and operators without `Constant`, before and after. */
export interface Report {
  readonly model: string
  readonly target: string
  readonly opset: { readonly before: number; readonly after: number }
  readonly nodesBefore: number
  readonly nodesAfter: number
  readonly opsBefore: Readonly<Record<string, number>>
  readonly opsAfter: Readonly<Record<string, number>>
  readonly rewrites: Readonly<Record<string, number>>
  readonly seconds: Record<'import' | 'rewrite' | 'export' | 'verify', number>
}

export async function rewrite(argv: readonly string[], console: Console): Promise<number> {
  const args = readArguments(argv, { ...CHOICE, output: 'string', report: 'string', trace: 'string' }, 1)
  const output = args.text('output')
  if (!output) throw new UsageError('-o is missing: where should the rewritten model go?')
  const choice = chosenPatterns(args)
  const seconds = { import: 0, rewrite: 0, export: 0, verify: 0 }

  console.progress(`opening ${args.files[0]!}`)
  const model = timed(seconds, 'import', () => readModel(args.files[0]!))
  const result = timed(seconds, 'rewrite', () => rewritten(model, choice, args.text('trace') !== undefined, console))
  console.progress('exporting')
  const after = snapshotOf(result.network)
  const written = timed(seconds, 'export', () => exportWhole(result.network, output))

  const report: Report = {
    model: args.files[0]!,
    target: choice.target,
    opset: { before: model.snapshot.opsets[''] ?? 1, after: after.opsets[''] ?? 1 },
    nodesBefore: model.snapshot.layers.length,
    nodesAfter: after.layers.length,
    opsBefore: operatorsOf(model.snapshot.layers),
    opsAfter: operatorsOf(after.layers),
    rewrites: result.rewrites,
    seconds,
  }
  const files = new Map<string, Uint8Array | string>([[output, written.bytes], ...beside(output, written)])
  const trace = args.text('trace')
  if (trace) files.set(trace, JSON.stringify(traceOf(result.network, result.base, result.transactions)))
  const reportFile = args.text('report')
  if (reportFile) files.set(reportFile, JSON.stringify(report, null, 2) + '\n')
  writeWhole(files)
  console.result(report, () => summary(report, output))
  return 0
}

interface Rewritten {
  readonly network: Network
  readonly rewrites: Readonly<Record<string, number>>
  readonly base: string
  readonly transactions: readonly Transaction[]
}

function rewritten(model: Model, choice: Choice, trace: boolean, console: Console): Rewritten {
  console.progress('rewriting')
  const { snapshot, refused } = raised(model.snapshot, choice.target)
  if (refused) console.warn(`the model keeps operator set ${snapshot.opsets['']}: ${refused}`)
  const network = networkFromSnapshot(snapshot, onnxDialect)
  const base = trace ? fingerprint(network) : ''
  const history = trace ? new History(network) : null
  const run = rewriteInStages(network, choice.entries, history ? { history } : {})
  const transactions = history?.nodes().flatMap((n) => n.transaction ?? []) ?? []
  return { network, rewrites: Object.fromEntries(run.rewrites), base, transactions }
}

/** Weights beyond this go to a file beside the model: protobuf ends at 2 GB. */
const LARGEST_FILE = 1.9e9

export function exportWhole(network: Network, output: string): ExportResult {
  let weights = 0
  for (const t of network.getTensors()) weights += t.value?.bytes?.length ?? 0
  const weightsFile = `${output.split(/[\\/]/).at(-1)!}.data`
  return exportOnnx(snapshotOf(network), { inlineExternal: true, ...(weights > LARGEST_FILE && { weightsFile }) })
}

function beside(output: string, written: ExportResult): [string, Uint8Array][] {
  const folder = output.slice(0, Math.max(output.lastIndexOf('/'), output.lastIndexOf('\\')) + 1)
  return [...(written.external ?? [])].map(([name, bytes]) => [folder + name, bytes])
}

function timed<K extends string, T>(seconds: Record<K, number>, what: K, run: () => T): T {
  const start = performance.now()
  try {
    return run()
  } finally {
    seconds[what] = Math.round(performance.now() - start) / 1000
  }
}

function summary(r: Report, output: string): string[] {
  const rewrites = Object.entries(r.rewrites).sort((a, b) => b[1] - a[1])
  return [
    `${r.model}: ${r.nodesBefore} nodes -> ${r.nodesAfter}, opset ${r.opset.before} -> ${r.opset.after}, for ${r.target}`,
    ...table(rewrites.map(([label, n]) => [`  ${n}`, label])),
    `import ${r.seconds.import} s, rewrite ${r.seconds.rewrite} s, export ${r.seconds.export} s`,
    `written to ${output}`,
  ]
}
