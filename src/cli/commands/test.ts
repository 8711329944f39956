import path from 'node:path'
import { mkdirSync } from 'node:fs'
import { exportOnnx } from '../../dialects/onnx'
import { holds, runnable, ruleVerdictText, speaksAgainst, testRule } from '../../verify'
import type { Counterexample, RuleTest } from '../../verify'
import { nodeRuntime } from '../../verify/node'
import { UsageError } from '../arguments'
import { readArguments } from '../arguments'
import { casesOf } from '../code-files'
import { namedPatterns, slug, targetOf } from '../choice'
import type { Console } from '../console'
import { Outputs } from '../outputs'

export const usage = `graft test my.rules|my.ts|list|all [model.onnx ...] [--instances 100] [--seed 1] [--target ort|onnx]
              [--counterexamples folder] [--json]`

const OPTIONS = { instances: 'string', seed: 'string', target: 'string', counterexamples: 'string' } as const

/** Nothing speaks against the patterns, but not all could be proved. */
const UNPROVED = 3

/**
 * Tries patterns on networks that are made for them, before and after in ONNX Runtime, and rules on the examples that they carry. What is
 * written in code is tried where it matches the models that are given, and those of the gallery.
 * @returns 0 where all hold, 1 where one differs or an example does, 3 where one could not be proved
 */
export async function test(argv: readonly string[], console: Console, home: string): Promise<number> {
  const args = readArguments(argv, OPTIONS, 1, Infinity)
  const target = targetOf(args)
  const options = {
    instances: whole(args.text('instances'), 'instances', 100),
    seed: whole(args.text('seed'), 'seed', 1),
  }
  const entries = namedPatterns(args.files[0]!, target)
  const runtime = await nodeRuntime()
  const tests: RuleTest[] = []
  for (const entry of entries) {
    const { label, exactness, make } = entry
    const pattern = make(target)
    const subject = { label, pattern, claim: exactness, ...casesOf(entry, pattern, home, args.files.slice(1)) }
    const progress = (done: number, of: number): void => console.progress(`${label}: ${done} of ${of}`)
    tests.push(await testRule(subject, runtime, { ...options, progress }))
  }
  const files = await writeCounterexamples(args.text('counterexamples'), tests)
  console.result(
    tests.map((t) => plain(t, files)),
    () => tests.flatMap((t) => told(t, files)),
  )
  if (!tests.every(holds)) return 1
  return tests.every((t) => t.verdict === 'equal' || t.verdict === 'rounding') ? 0 : UNPROVED
}

function whole(text: string | undefined, option: string, otherwise: number): number {
  const n = text === undefined ? otherwise : Number(text)
  if (!Number.isSafeInteger(n) || n < 1) throw new UsageError(`--${option} takes a whole number from 1 on, not ${text}`)
  return n
}

/** The files of a counterexample, by pattern. */
type Files = ReadonlyMap<string, readonly string[]>

async function writeCounterexamples(folder: string | undefined, tests: readonly RuleTest[]): Promise<Files> {
  const files = new Map<string, readonly string[]>()
  if (folder === undefined || tests.every((t) => !t.counterexample)) return files
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw new UsageError(`cannot write to ${folder}: ${error instanceof Error ? error.message : String(error)}`)
  }
  const outputs = new Outputs([])
  const taken = new Set<string>()
  for (const { label, counterexample } of tests) {
    if (!counterexample) continue
    const name = freeName(label, taken)
    const models = modelsOf(counterexample).map(([side, bytes]) => {
      return { file: path.join(folder, `${name}.${side}.onnx`), bytes }
    })
    for (const { file, bytes } of models) await outputs.stage(file, [bytes])
    files.set(
      label,
      models.map(({ file }) => file),
    )
  }
  await outputs.commit()
  return files
}

/** A pattern's name as a file may have it, and no other pattern's. */
function freeName(label: string, taken: Set<string>): string {
  const plain = slug(label).slice(0, 60) || 'pattern'
  let name = plain
  for (let n = 2; taken.has(name); n++) name = `${plain}-${n}`
  taken.add(name)
  return name
}

/** What can be written of both sides, TensorRT's layers as the ONNX operators that were run: the rewritten one may be no sound network. */
function modelsOf({ before, after }: Counterexample): [string, Uint8Array][] {
  const sides: [string, Uint8Array][] = [['before', exportOnnx(runnable(before)).bytes]]
  try {
    if (after) sides.push(['after', exportOnnx(runnable(after)).bytes])
  } catch {
    // The reason says what is wrong with it.
  }
  return sides
}

function plain({ counterexample, examples, reasons, ...facts }: RuleTest, files: Files) {
  return {
    ...facts,
    reasons: Object.fromEntries(reasons),
    counterexample: counterexample && {
      seed: counterexample.seed,
      reason: counterexample.reason,
      layers: counterexample.before.layers.map((l) => l.kind),
      files: files.get(facts.label) ?? [],
    },
    examples: examples.map(({ example: { expected, title, line }, holds, reason }) => ({
      expected,
      title,
      line,
      holds,
      reason,
    })),
  }
}

function told(t: RuleTest, files: Files): string[] {
  const { counterexample: c } = t
  const written = files.get(t.label)
  return [
    `${t.label}: ${ruleVerdictText(t)}`,
    ...(t.instances > 0 ? [`  ${t.matched} of ${t.instances} networks match, ${t.compared} could be compared`] : []),
    ...(speaksAgainst(t.verdict) ? [] : [...t.reasons].map(([reason, n]) => `  ${n} not: ${reason}`)),
    ...(c
      ? [`  counterexample: ${c.before.layers.map((l) => l.kind).join(', ')}${c.seed ? ` (seed ${c.seed})` : ''}`]
      : []),
    ...(written ? [`  written to ${written.join(', ')}`] : []),
    ...t.examples.filter((e) => !e.holds).map(exampleText),
    ...(t.examples.length > 0
      ? [`  ${t.examples.filter((e) => e.holds).length} of ${t.examples.length} examples hold`]
      : []),
  ]
}

function exampleText({ example: { title, line, expected }, reason }: RuleTest['examples'][number]): string {
  const name = title ? `"${title}"` : `of line ${line}`
  return `  example ${name}, which ${expected === 'matches' ? 'must match' : 'must not match'}: ${reason}`
}
