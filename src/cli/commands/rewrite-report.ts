/** What a rewrite tells: the report that `--report` writes, and what people read of it. */
import type { plainCost } from '../../cost'
import type { LogEntry } from '../../engine'
import type { GateResult, Verdict } from '../../verify'
import type { Choice } from '../choice'
import { table } from '../console'
import { STANDARD_OUTPUT } from '../outputs'
import { verdictText } from './verify'

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
  /** What there is to know of the model itself: what is invalid in it, and where; and of patterns of the library that failed on it. */
  readonly warnings: readonly string[]
  /** Where patterns of one's own failed, in words: a run with any is no success. */
  readonly failures: readonly string[]
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

export interface StepVerdicts {
  readonly equal: number
  readonly different: number
  readonly 'cannot-run': number
  readonly failed: readonly { readonly pattern: string; readonly root: string; readonly verdict: Verdict }[]
}

export function logOf({ manager }: Choice): LogLine[] {
  return manager.entries().flatMap(({ label, pattern }) => pattern.log.map((line) => ({ pattern: label, ...line })))
}

export function leftOf(choice: Choice): Left[] {
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

function gateText({ status, reason }: GateResult): string {
  return status === 'fails'
    ? `ONNX Runtime does not open the result: ${reason}`
    : `not checked in ONNX Runtime: ${reason}`
}

function logText(log: Report['log']): string[] {
  if (log === null) return []
  return log.length === 0 ? ['no pattern said anything'] : table(log.map((l) => [l.level, l.pattern, l.message]))
}

/** So many are told; the report has all. */
const MOST_TOLD = 5

function failureText(failures: readonly string[]): string[] {
  const more = failures.length - MOST_TOLD
  return [...failures.slice(0, MOST_TOLD), ...(more > 0 ? [`and ${more} more failures of patterns of yours`] : [])]
}

/** @param output null where nothing was written */
export function summary(r: Report, output: string | null): string[] {
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
    ...failureText(r.failures),
    output === null
      ? 'nothing was written: --force writes it all the same'
      : `written to ${output === STANDARD_OUTPUT ? 'the standard output' : output}`,
  ]
}
