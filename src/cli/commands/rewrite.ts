import { CostBook, plainCost } from '../../cost'
import { fingerprint, History, snapshotOf, traceOf } from '../../engine'
import type { DriverEvent, Network, NetworkSnapshot, PatternError, Transaction } from '../../engine'
import { lowerOnnx, pluginTexts } from '../../dialects/tensorrt'
import { upgradeForTarget } from '../../patterns'
import type { Target } from '../../patterns'
import { cutStep, gate, verifyModels, verifyNetworks, verifyStep } from '../../verify'
import type { Runtime, Verdict } from '../../verify'
import { nodeRuntime } from '../../verify/node'
import { readArguments, UsageError } from '../arguments'
import { CHOICE, chosenPatterns, giveSizes, isForTensorrt, raisedFor } from '../choice'
import type { Choice } from '../choice'
import type { Console } from '../console'
import { networkOf, readModel } from '../files'
import type { Model } from '../files'
import { failureText } from '../pattern-failure'
import { runtimeIfThere } from '../runtime'
import { checkDistinct, Outputs, STANDARD_OUTPUT } from '../outputs'
import { stageModel } from '../staged-model'
import type { StagedModel } from '../staged-model'
import { operatorsOf } from './open'
import { leftOf, logOf, summary } from './rewrite-report'
import type { Report, StepVerdicts } from './rewrite-report'

export const usage = `graft rewrite in.onnx|in.graft-trt -o out.onnx|out.graft-trt|out.py [--patterns list|all] [--target ort|onnx] [--dialect tensorrt] [--exact]
              [--no-approximations] [--structure-only] [--overridable] [--force]
              [--verify] [--verify-steps] [--log] [--report r.json] [--trace t.json] [--json]`

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
    warnings: [...model.warnings, ...result.failures.filter((f) => !f.own).map((f) => f.message)],
    failures: result.failures.filter((f) => f.own).map((f) => f.message),
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

const costOf = (network: Network) => plainCost(new CostBook(network).total)

function isGood({ gate: { status }, verdict, steps, failures }: Report): boolean {
  return (
    failures.length === 0 &&
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
  /** Patterns that failed at a layer. There everything is as it was. */
  readonly failures: readonly Failure[]
}

interface Failure {
  readonly own: boolean
  readonly message: string
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
    steps.push({ pattern: entry.label, root, region: cutStep(network, transaction, true) })
  }
  // What a pattern makes of one layer is no reason to leave all others as they are.
  const failures: Failure[] = []
  const failed = (error: PatternError): void =>
    void failures.push({ own: choice.own.has(error.label), message: failureText(error) })
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
