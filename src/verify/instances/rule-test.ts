import { isOfTensorrt } from '../../dialects/tensorrt'
import { RulePattern } from '../../engine'
import type { Runtime } from '../runtime'
import type { Claim, Subject } from './instances'
import { knowsInstancesOf } from './instances'
import type { ExampleResult } from './rule-examples'
import { testExamples } from './rule-examples'
import { testPattern } from './test-pattern'
import type { Counterexample, PatternVerdict, TestOptions } from './test-pattern'

/** What is known of a pattern after it was tried. */
export type RuleVerdict = 'equal' | 'rounding' | 'differs' | 'endless' | 'cannot-run' | 'not-proved'

export interface RuleTest {
  readonly label: string
  readonly claim: Claim
  readonly verdict: RuleVerdict
  /** It matches what it makes: besides what is wrong with its numbers. */
  readonly endless: boolean
  /** How many networks were made, on how many it matched, and how many of those were run and compared. */
  readonly instances: number
  readonly matched: number
  readonly compared: number
  /** Largest relative difference that was seen. */
  readonly largest: number
  /** Why matches could not be compared, and how often. */
  readonly reasons: ReadonlyMap<string, number>
  /** Why it differs, cannot be run, or is not proved; empty otherwise. */
  readonly reason: string
  readonly counterexample: Counterexample | null
  readonly examples: readonly ExampleResult[]
}

const UNTRIED = {
  endless: false,
  instances: 0,
  matched: 0,
  compared: 0,
  largest: 0,
  reasons: new Map<string, number>() as ReadonlyMap<string, number>,
} as const

/** The gate that a pattern passes before it is used: its own examples, and networks that are made for it, by numbers. */
export async function testRule(subject: Subject, runtime: Runtime, options: TestOptions = {}): Promise<RuleTest> {
  const { label, claim, pattern } = subject
  if (pattern instanceof RulePattern && isOfTensorrt(pattern.graph) && !subject.networks?.length) {
    const reason =
      'networks of TensorRT layers are not drawn: it is tried where it matches a network of such layers, and its steps there are checked by numbers'
    return { label, claim, examples: [], ...UNTRIED, counterexample: null, verdict: 'cannot-run', reason }
  }
  const own = pattern instanceof RulePattern ? pattern.graph.examples : subject.examples
  const carried = options.examples === false ? [] : (own ?? [])
  const examples = await testExamples(subject, carried, runtime)
  const nothing = { ...UNTRIED, counterexample: counterexampleOf(examples) }
  const facts = { label, claim, examples }
  if (!knowsInstancesOf(subject)) {
    const reason = 'it is written in code, and no networks are known that it matches'
    return { ...facts, ...nothing, verdict: nothing.counterexample ? 'differs' : 'not-proved', reason }
  }
  const tried = await onDrawnOrOwn(subject, examples, runtime, options)
  const { endless, instances, matched, compared, largest, reasons } = tried
  const counterexample = nothing.counterexample ?? tried.counterexample
  const counts = { endless, instances, matched, compared, largest, reasons, counterexample }
  const usual = [...reasons].sort((a, b) => b[1] - a[1])[0]?.[0] ?? ''
  if (counterexample) {
    const verdict = !nothing.counterexample && tried.verdict === 'endless' ? 'endless' : 'differs'
    return { ...facts, ...counts, verdict, reason: counterexample.reason }
  }
  if (matched === 0) {
    const none = `none of ${instances} networks that were made for it matches: its conditions ask for more than is drawn`
    const reason = usual.startsWith('no network could be made') ? usual : none
    return { ...facts, ...counts, verdict: 'not-proved', reason }
  }
  if (compared === 0)
    return { ...facts, ...counts, verdict: 'cannot-run', reason: usual || 'it gives up on each of them' }
  if (tried.verdict === 'not-proved') {
    const others = usual && `; of the others mostly: ${usual}`
    const reason = `compared on only ${compared} of ${matched} networks that it matches${others}`
    return { ...facts, ...counts, verdict: 'not-proved', reason }
  }
  return { ...facts, ...counts, verdict: largest === 0 ? 'equal' : 'rounding', reason: '' }
}

/** Where its conditions ask for more than can be drawn, it is tried on the networks that it carries, and on what lies beside them. */
async function onDrawnOrOwn(
  subject: Subject,
  examples: readonly ExampleResult[],
  runtime: Runtime,
  options: TestOptions,
): Promise<PatternVerdict> {
  const tried = await testPattern(subject, runtime, options)
  const own = examples.flatMap((e) => (e.before && e.compared !== undefined ? [e.before] : []))
  if (tried.verdict !== 'not-proved' || own.length === 0 || subject.elsewhere) return tried
  return testPattern({ ...subject, networks: [...(subject.networks ?? []), ...own] }, runtime, options)
}

/** An example whose numbers differ is a counterexample that nobody had to draw. */
function counterexampleOf(examples: readonly ExampleResult[]): Counterexample | null {
  const wrong = examples.find((e) => !e.holds && e.after)
  return wrong ? { seed: 0, reason: wrong.reason, before: wrong.before!, after: wrong.after } : null
}

type Told = Pick<RuleTest, 'verdict' | 'endless' | 'claim' | 'compared' | 'largest' | 'reason'>

/** The verdict in a few words. */
export function ruleVerdictText(test: Told): string {
  const { verdict, endless, compared, reason } = test
  if (verdict === 'equal' || verdict === 'rounding') return equalText(test)
  if (verdict === 'differs')
    return `differs: ${reason}${endless ? '. It also never ends: it matches what it makes' : ''}`
  if (verdict === 'endless') {
    const first =
      compared > 0 ? `after its first rewrite ${equalText(test)}` : 'its first rewrite could not be compared'
    return `never ends: ${reason}; write a condition that its result does not meet. By numbers: ${first}`
  }
  return verdict === 'cannot-run' ? `cannot be run: ${reason}` : `not proved: ${reason}`
}

function equalText({ claim, compared, largest }: Told): string {
  const on = `on ${compared} ${compared === 1 ? 'network' : 'networks'}`
  if (largest === 0) return `equal ${on}${claim === 'exact' ? ', to the bit' : ''}`
  const what = claim === 'approximation' ? 'near enough for an approximation' : 'equal up to rounding'
  return `${what} ${on}, largest difference ${largest.toExponential(1)}`
}

/** Whether a pattern is wrong, so that it must not be played with others. */
export const speaksAgainst = (verdict: RuleVerdict | undefined): boolean =>
  verdict === 'differs' || verdict === 'endless'

/** Whether nothing speaks against a pattern: no counterexample, and each of its examples holds. */
export function holds({ verdict, examples }: RuleTest): boolean {
  return !speaksAgainst(verdict) && examples.every((e) => e.holds)
}
