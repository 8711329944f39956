/** What the gate says of a rule holds on networks that something else draws. */
import {
  networkFromSnapshot,
  parseRule,
  printRule,
  RewritePatternManager,
  RuleError,
  RulePattern,
  RuleSyntaxError,
  Schemas,
  snapshotOf,
  verifyNetwork,
} from '../../src/engine'
import type { NetworkSnapshot } from '../../src/engine'
import { onnxDialect } from '../../src/dialects/onnx'
import { networkFromText, testRule, verifyNetworks } from '../../src/verify'
import type { Runtime } from '../../src/verify'
import { Draw } from '../../src/verify/instances/draw'
import { drawRule } from './random-rule'
import { drawNetwork } from './random-rule-network'
import { drawSkeleton } from './random-skeleton'

const NEWEST = Schemas.newest(onnxDialect)
/** So many networks meet a rule, and so many does the gate draw. */
const [NETWORKS, INSTANCES] = [20, 100]
/** Rounding adds up in sums that cancel, further than a tolerance for single layers. */
const SLACK = 5

/**
 * Where a random rule breaks what is promised of rules: it is refused with a reason or read back as it is printed, leaves every network
 * sound, never throws, and where it changes what a network computes the gate does not call it equal. null where all holds.
 */
export async function ruleFault(seed: number, runtime: Runtime): Promise<string | null> {
  const d = new Draw(seed)
  const skeleton = drawSkeleton(d)
  const { text, exact } = drawRule(skeleton, d, `random ${seed}`)
  const pattern = patternOf(text)
  if (pattern === null) return null
  const printed = printRule(pattern.graph)
  if (printRule(parseRule(printed)) !== printed) return `it is not read as it is printed:\n${text}`
  const wrong: string[] = []
  for (let i = 0; i < NETWORKS && wrong.length < 3; i++) {
    const network = drawNetwork(skeleton, d)
    const found = await faultOn(network, pattern, exact, runtime)
    if (found?.isBroken) return `${found.why}\n${text}\n--\n${network}`
    if (found) wrong.push(`${found.why}\n${network}`)
  }
  if (wrong.length === 0) return null
  const claim = exact ? 'exact' : 'rounding'
  const { verdict } = await testRule({ label: 'random', claim, pattern }, runtime, { instances: INSTANCES })
  const isTrusted = verdict === 'equal' || verdict === 'rounding'
  return isTrusted ? `the gate calls it ${verdict}, but ${wrong[0] ?? ''}\n--\n${text}` : null
}

/** null for one that is refused. */
function patternOf(text: string): RulePattern | null {
  try {
    return new RulePattern(parseRule(text), { schemas: NEWEST })
  } catch (error) {
    if (error instanceof RuleError || error instanceof RuleSyntaxError) return null
    throw error
  }
}

/** `isBroken`: no number has to be looked at. */
interface Fault {
  readonly why: string
  readonly isBroken: boolean
}

async function faultOn(text: string, pattern: RulePattern, exact: boolean, runtime: Runtime): Promise<Fault | null> {
  const before = soundSnapshot(text)
  if (before === null) return null
  const network = networkFromSnapshot(before, onnxDialect)
  try {
    new RewritePatternManager().add('rule', pattern).rewrite(network, undefined, { maxRewrites: 3 })
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('keeps matching what it makes')))
      return { why: `it throws: ${error instanceof Error ? (error.stack ?? '') : String(error)}`, isBroken: true }
  }
  const after = snapshotOf(network)
  const [problem] = verifyNetwork(network)
  const runs = async (): Promise<boolean> =>
    (await verifyNetworks(before, before, runtime, { seeds: [1] })).verdict !== 'cannot-run'
  if (problem) return (await runs()) ? { why: `it is left unsound: ${problem.message}`, isBroken: true } : null
  const options = { exact, assumesFinite: !exact, seeds: [1] }
  const { verdict, reason = '', maxAbsolute, tolerance } = await verifyNetworks(before, after, runtime, options)
  const isFar = exact || maxAbsolute > tolerance * SLACK || /before|after/.test(reason)
  if (verdict === 'different' && isFar) return { why: `${reason}, by ${maxAbsolute}`, isBroken: false }
  if (verdict !== 'cannot-run' || !reason.startsWith('the rewritten') || /Could not find an impl/.test(reason))
    return null
  return (await runs()) ? { why: reason, isBroken: false } : null
}

/** null for what is no network. */
function soundSnapshot(text: string): NetworkSnapshot | null {
  try {
    const network = networkFromText(text)
    return verifyNetwork(network).length === 0 ? snapshotOf(network) : null
  } catch {
    return null
  }
}
