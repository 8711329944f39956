import { CostBook, plainCost } from '../../cost'
import { fingerprint, History, snapshotOf, traceOf } from '../../engine'
import type { DriverEvent, LogEntry, Network, NetworkSnapshot, PatternError, Transaction } from '../../engine'
import { lowerOnnx, pluginTexts } from '../../dialects/tensorrt'
import { upgradeForTarget } from '../../patterns'
import type { Target } from '../../patterns'
import { cutStep, gate, verifyModels, verifyNetworks, verifyStep } from '../../verify'
import type { GateResult, Runtime, Verdict } from '../../verify'
import { nodeRuntime } from '../../verify/node'
import { readArguments, UsageError } from '../arguments'
import { CHOICE, chosenPatterns, giveSizes, isForTensorrt, raisedFor } from '../choice'
import type { Choice } from '../choice'
import { table } from '../console'
import type { Console } from '../console'
import { networkOf, readModel } from '../files'
import type { Model } from '../files'
import { runtimeIfThere } from '../runtime'
import { checkDistinct, Outputs, STANDARD_OUTPUT } from '../outputs'
import { stageModel } from '../staged-model'
import type { StagedModel } from '../staged-model'
import { operatorsOf } from './open'
import { verdictText } from './verify'

export const usage = `graft rewrite in.onnx|in.graft-trt -o out.onnx|out.graft-trt|out.py [--patterns list|all] [--target ort|onnx] [--dialect tensorrt] [--exact]
              [--no-approximations] [--structure-only] [--overridable] [--force]
              [--verify] [--verify-steps] [--log] [--report r.json] [--trace t.json] [--json]`

/** The report of a rewrite, as `--report` writes it. Nodes and operators without `Constant`, before and after. */
export interface Report {
  readonly model: string
  readonly target: string
  readonly opset: { readonly before: number; readonly after: number }
  readonly nodesBefore: number
  readonly nodesAfter: number
  readonly opsBefore: Readonly<Record<string, number>>
  readonly opsAfter: Readonly<Record<string, number>>
  /** Of one run; symbolic sizes with usual names as `graft cost` assumes them. null for what is not known. */
  readonly costBefore: ReturnType<typeof plainCost>
  readonly costAfter: ReturnType<typeof plainCost>
  readonly rewrites: Readonly<Record<string, number>>
  /** Where patterns that were asked for by name matched, and made nothing of it: why, and how often. */
  readonly left: readonly Left[]
  readonly seconds: Record<'import' | 'rewrite' | 'export' | 'verify', number>
  /** Whether ONNX Runtime opens what was made. */
  readonly gate: GateResult
  /** What there is to know of the model itself: what is invalid in it, and where. */
  readonly warnings: readonly string[]
  /** On the whole model; null where it was not asked for. */
  readonly verdict: Verdict | null
  /** Of the single steps, how many have which verdict, and those that are not equal; null where it was not asked for. */
  readonly steps: StepVerdicts | null
  /** What the patterns said on the way, by pattern; null where it was not asked for. */
  readonly log: readonly LogLine[] | null
}

interface Left {
  readonly pattern: string
  readonly why: string
  readonly places: number
}

interface LogLine extends LogEntry {
  readonly pattern: string
}

interface StepVerdicts {
  readonly equal: number
  readonly different: number
  readonly 'cannot-run': number
  readonly failed: readonly { readonly pattern: string; readonly root: string; readonly verdict: Verdict }[]
}

const OPTIONS = {
  ...CHOICE,
  output: 'string',
  dialect: 'string',
  report: 'string',
  trace: 'string',
  log: 'boolean',
  verify: 'boolean',
  'verify-steps': 'boolean',
  'structure-only': 'boolean',
  overridable: 'boolean',
  force: 'boolean',
} as const

export async function rewrite(argv: readonly string[], console: Console): Promise<number> {
  const args = readArguments(argv, OPTIONS, 1)
  const output = args.text('output')
  if (!output) throw new UsageError('-o is missing: where should the rewritten model go?')
  if (output === STANDARD_OUTPUT) console.reserveOutput()
  const [trace, reportFile] = [args.text('trace'), args.text('report')]
  checkDistinct({ '-o': output, '--report': reportFile, '--trace': trace })
  const outputs = new Outputs([output, reportFile, trace].filter((name) => name !== undefined))
  const isForTrt = isForTensorrt(args)
  // Before anything is done: it is no use to rewrite for minutes and to find that nothing can be run.
  const runtime = args.has('verify') || args.has('verify-steps') ? await nodeRuntime() : null
  const seconds = { import: 0, rewrite: 0, export: 0, verify: 0 }

  console.progress(`opening ${args.files[0]!}`)
  const model = await timed(seconds, 'import', () => readModel(args.files[0]!, args.has('overridable')))
  if (model.missingExternal.length > 0 && !args.has('structure-only'))
    throw new UsageError(
      `${args.files[0]!}: weights are missing, ${model.missingExternal.join(', ')}. Put them beside the model, or rewrite its structure alone with --structure-only.`,
    )
  const choice = chosenPatterns(args, isForTrt ? 'tensorrt' : model.snapshot.dialect)
  const keep = { trace: args.text('trace') !== undefined, regions: args.has('verify-steps') }
  const result = await timed(seconds, 'rewrite', () => {
    console.progress('rewriting')
    return rewritten(startOf(model, isForTrt, raisedFor(args), console), choice, keep)
  })
  console.progress('exporting')
  const after = snapshotOf(result.network)
  const written = await timed(seconds, 'export', () => stageModel(outputs, result.network, output))
  const start = performance.now()
  const verdict = runtime && args.has('verify') ? await verifiedWhole(model, after, written, runtime, console) : null
  const steps = runtime && args.has('verify-steps') ? await verifiedSteps(result.steps, choice, runtime, console) : null
  const opens = await gate(written.file, after.tensors, model, runtime ?? (await runtimeIfThere()))
  seconds.verify = verdict || steps ? Math.round(performance.now() - start) / 1000 : 0

  const report: Report = {
    model: args.files[0]!,
    target: choice.target,
    opset: { before: model.snapshot.opsets[''] ?? 0, after: after.opsets[''] ?? 0 },
    nodesBefore: model.snapshot.layers.length,
    nodesAfter: after.layers.length,
    opsBefore: operatorsOf(model.snapshot.layers),
    opsAfter: operatorsOf(after.layers),
    // Worked out where the report is written: what people read does not say it.
    get costBefore() {
      return costOf(networkOf(model.snapshot))
    },
    get costAfter() {
      return costOf(result.network)
    },
    rewrites: result.rewrites,
    left: args.text('patterns') === undefined ? [] : leftOf(choice),
    seconds,
    gate: opens,
    warnings: [...model.warnings, ...result.failures],
    verdict,
    steps,
    log: args.has('log') ? logOf(choice) : null,
  }
  const good = isGood(report)
  const wanted = good || args.has('force')
  if (!wanted) outputs.drop(written.names)
  else if (trace) await outputs.stage(trace, JSON.stringify(traceOf(result.network, result.base, result.transactions)))
  if (reportFile) await outputs.stage(reportFile, JSON.stringify(report, null, 2) + '\n')
  await outputs.commit()
  console.result(report, () => summary(report, wanted ? output : null))
  return good ? 0 : 1
}

function logOf({ manager }: Choice): LogLine[] {
  return manager.entries().flatMap(({ label, pattern }) => pattern.log.map((line) => ({ pattern: label, ...line })))
}

function leftOf(choice: Choice): Left[] {
  const found = new Map<string, Left>()
  for (const { pattern, level, message } of logOf(choice)) {
    const why = level === 'info' ? undefined : /^matched at \S+, and left it: (.*)$/s.exec(message)?.[1]
    if (why === undefined) continue
    const key = `${pattern}\n${why}`
    found.set(key, { pattern, why, places: (found.get(key)?.places ?? 0) + 1 })
  }
  return [...found.values()].sort((a, b) => b.places - a.places)
}

const leftText = ({ pattern, why, places }: Left): string =>
  `  ${pattern} matched at ${places === 1 ? 'a place' : `${places} places`}, and left ${places === 1 ? 'it' : 'them'}: ${why}`

const costOf = (network: Network) => plainCost(new CostBook(network).total)

function isGood({ gate: { status }, verdict, steps }: Report): boolean {
  return (
    status !== 'fails' &&
    (verdict === null || verdict.verdict === 'equal') &&
    (steps === null || steps.failed.length === 0)
  )
}

/** An ONNX model as it is written; a network of TensorRT is no file that could be run. */
async function verifiedWhole(
  model: Model,
  after: NetworkSnapshot,
  written: StagedModel,
  runtime: Runtime,
  console: Console,
): Promise<Verdict> {
  console.progress('running both models')
  const isOnnx = model.snapshot.dialect === 'onnx' && !written.file.unchecked
  const file = { ...written.file, lacksDoubles: after.dialect === 'tensorrt' }
  return isOnnx ? verifyModels(model, file, runtime) : verifyNetworks(model.snapshot, after, runtime)
}

async function verifiedSteps(
  steps: readonly Step[],
  choice: Choice,
  runtime: Runtime,
  console: Console,
): Promise<StepVerdicts> {
  const exact = new Set(choice.library.filter((e) => e.exactness === 'exact').map((e) => e.label))
  const count = { equal: 0, different: 0, 'cannot-run': 0 }
  const failed: { pattern: string; root: string; verdict: Verdict }[] = []
  for (const [i, { region, pattern, root }] of steps.entries()) {
    console.progress(`running step ${i + 1} of ${steps.length}: ${pattern}`)
    const verdict = await verifyStep(region, runtime, { exact: exact.has(pattern) })
    count[verdict.verdict]++
    if (verdict.verdict !== 'equal') failed.push({ pattern, root, verdict })
  }
  return { ...count, failed }
}

interface Rewritten {
  readonly network: Network
  readonly rewrites: Readonly<Record<string, number>>
  readonly base: string
  readonly transactions: readonly Transaction[]
  readonly steps: readonly Step[]
  /** Patterns that failed at a layer, in words. There everything is as it was. */
  readonly failures: readonly string[]
}

/** One rewrite with what is needed to run it before and after. */
interface Step {
  readonly pattern: string
  readonly root: string
  readonly region: ReturnType<typeof cutStep>
}

function rewritten(
  network: Network,
  choice: Choice,
  keep: { readonly trace: boolean; readonly regions: boolean },
): Rewritten {
  const base = keep.trace ? fingerprint(network) : ''
  const history = keep.trace ? new History(network) : null
  const steps: Step[] = []
  const cut = (event: DriverEvent): void => {
    if (event.type !== 'rewritten') return
    const { entry, transaction } = event
    const root = transaction.annotations.rootName ?? ''
    steps.push({ pattern: entry.label, root, region: cutStep(network, transaction) })
  }
  // What a pattern of ours makes of one layer is no reason to leave all others as they are.
  const failures: string[] = []
  const failed = (error: PatternError): void => void failures.push(error.message)
  const options = { failed, ...(history && { history }), ...(keep.regions && { watch: cut }) }
  giveSizes(choice, network)
  const run = choice.manager.rewrite(network, undefined, options)
  const transactions = history?.nodes().flatMap((n) => n.transaction ?? []) ?? []
  return { network, rewrites: Object.fromEntries(run.byLabel), base, transactions, steps, failures }
}

/** What is rewritten: a network of TensorRT as it is, an ONNX model raised for its target or lowered. */
function startOf(model: Model, isForTrt: boolean, target: Target, console: Console): Network {
  if (model.snapshot.dialect !== 'onnx') return networkOf(model.snapshot)
  if (isForTrt) return loweredFor(model, console)
  const { snapshot, refused } = upgradeForTarget(model.snapshot, target)
  if (refused) console.warn(refused)
  return networkOf(snapshot)
}

/** The model in TensorRT's layers; what has no counterpart among them is told. */
function loweredFor(model: Model, console: Console): Network {
  const { network, plugins, warnings } = lowerOnnx(model.snapshot)
  for (const text of [...warnings, ...pluginTexts(plugins)]) console.warn(text)
  return network
}

async function timed<K extends string, T>(seconds: Record<K, number>, what: K, run: () => T | Promise<T>): Promise<T> {
  const start = performance.now()
  try {
    return await run()
  } finally {
    seconds[what] = Math.round(performance.now() - start) / 1000
  }
}

function gateText({ status, reason }: GateResult): string {
  return status === 'fails'
    ? `ONNX Runtime does not open the result: ${reason}`
    : `not checked in ONNX Runtime: ${reason}`
}

function logText(log: Report['log']): string[] {
  if (log === null) return []
  return log.length === 0 ? ['no pattern said anything'] : table(log.map((l) => [l.level, l.pattern, l.message]))
}

/** @param output null where nothing was written */
function summary(r: Report, output: string | null): string[] {
  const rewrites = Object.entries(r.rewrites).sort((a, b) => b[1] - a[1])
  return [
    `${r.model}: ${r.nodesBefore} nodes -> ${r.nodesAfter}${r.opset.before === 0 ? '' : `, opset ${r.opset.before} -> ${r.opset.after}, for ${r.target}`}`,
    ...table(rewrites.map(([label, n]) => [`  ${n}`, label])),
    ...r.left.slice(0, 5).map(leftText),
    ...(r.verdict ? [`whole model: ${verdictText(r.verdict)}`] : []),
    ...(r.steps
      ? [`steps: ${r.steps.equal} equal, ${r.steps.different} different, ${r.steps['cannot-run']} cannot be run`]
      : []),
    ...(r.steps?.failed ?? []).slice(0, 10).map((f) => `  ${f.pattern} at ${f.root}: ${verdictText(f.verdict)}`),
    ...logText(r.log),
    `import ${r.seconds.import} s, rewrite ${r.seconds.rewrite} s, export ${r.seconds.export} s`,
    ...r.warnings.map((w) => `the model: ${w}`),
    ...(r.gate.status === 'opens' ? [] : [gateText(r.gate)]),
    output === null
      ? 'nothing was written: --force writes it all the same'
      : `written to ${output === STANDARD_OUTPUT ? 'the standard output' : output}`,
  ]
}
