import {
  drive,
  networkFromSnapshot,
  prune,
  RewriteLimitError,
  RewritePatternManager,
  snapshotOf,
  verifyNetwork,
} from '../../engine'
import type { NetworkSnapshot } from '../../engine'
import { dialectNamed } from '../../dialects/tensorrt'
import { ownOperatorIn } from '../ort-message'
import type { Runtime } from '../runtime'
import type { Verdict } from '../verdict'
import { verifyNetworks } from '../verify'
import { instanceOf } from './instances'
import type { Instance, Subject } from './instances'

export interface TestOptions {
  /** How many networks it is tried on; up to five times as many, where few of them could be compared. Default 100. */
  readonly instances?: number
  /** The first instance's seed; the others follow it. Default 1. */
  readonly seed?: number
  /** Whether a rule is tried on the examples that it carries, too. Default true. */
  readonly examples?: boolean
  /** An AbortSignal, looked at before every instance. */
  readonly signal?: { throwIfAborted(): void }
  /** Called after every instance. */
  readonly progress?: (done: number, of: number) => void
}

/** An instance on which the pattern does not keep what it claims. */
export interface Counterexample {
  readonly seed: number
  readonly reason: string
  readonly before: NetworkSnapshot
  /** null where there is none: the pattern threw, or left it unsound. */
  readonly after: NetworkSnapshot | null
}

export interface PatternVerdict {
  /** `not-proved` where fewer than one in ten of the networks that were asked for could be compared. */
  readonly verdict: 'equal' | 'differs' | 'endless' | 'not-proved'
  /** It matches what it makes, again and again: then what its first rewrite makes is compared. */
  readonly endless: boolean
  readonly instances: number
  /** On how many the pattern matched. */
  readonly matched: number
  /** On how many it rewrote, and both sides could be run and compared. */
  readonly compared: number
  /** Largest relative difference of those that were compared. */
  readonly largest: number
  /** Why nothing, or not all, could be compared, and how often. */
  readonly reasons: ReadonlyMap<string, number>
  /** The smallest of those found. */
  readonly counterexample: Counterexample | null
}

/** Of so many of the networks that were asked for numbers have to be compared: fewer may all miss the place where it is wrong. */
const LEAST = 0.1
/** So many times as many are drawn to come by them. */
const FURTHER = 5

const NO_KERNEL = /Could not find an implementation/

/** What an approximation may be away, of values as they usually are. */
const APPROXIMATION = 5e-3

/**
 * Tries a pattern on networks that are made for it, before and after in a runtime, and holds the results to what it claims: to the bit
 * where it is exact, ±∞, NaN and −0 included. Where it matched nowhere, or nothing could be run, nothing is proved.
 */
export async function testPattern(
  subject: Subject,
  runtime: Runtime,
  options: TestOptions = {},
): Promise<PatternVerdict> {
  const { instances = 100, seed = 1 } = options
  const least = Math.ceil(instances * LEAST)
  const trial = new Trial(subject, runtime, least)
  let i = 0
  for (; i < instances || (trial.lacksSome && i < instances * FURTHER); i++) {
    options.signal?.throwIfAborted()
    await trial.add(seed + i)
    options.progress?.(i + 1, Math.max(i + 1, instances))
  }
  return trial.verdict(i)
}

class Trial {
  private matched = 0
  private compared = 0
  private largest = 0
  private readonly reasons = new Map<string, number>()
  private endless = false
  private worst: (Counterexample & Pick<Fault, 'endless'>) | null = null

  constructor(
    private readonly subject: Subject,
    private readonly runtime: Runtime,
    private readonly least: number,
  ) {}

  /** Whether some could be compared, and too few to go by. */
  get lacksSome(): boolean {
    return !this.worst && this.compared > 0 && this.compared < this.least
  }

  async add(seed: number): Promise<void> {
    const instance = instanceOf(this.subject, seed)
    if (!instance) return this.count('no network could be made for it: what was drawn does not go together')
    const made = await (this.subject.elsewhere
      ? this.rewrittenElsewhere(instance, this.subject.elsewhere)
      : this.rewritten(instance))
    if (made === null) return
    const { after } = made
    const verdict = await verifyNetworks(instance.snapshot, after, this.runtime, {
      exact: this.subject.claim === 'exact',
      assumesFinite: this.subject.claim !== 'exact',
      ties: true,
      seedOfTheRest: seed,
      seeds: [seed % 3 === 0 ? 1 : 2],
    })
    const original = verdict.verdict === 'cannot-run' ? await this.runsAsItIs(instance) : verdict
    this.take(instance, after, original.verdict === 'cannot-run' ? original : verdict)
    if (made.endless) this.fail(instance, made.endless)
  }

  /** What cannot be run as it came says nothing of what was made of it. */
  private runsAsItIs({ snapshot }: Instance): Promise<Verdict> {
    return verifyNetworks(snapshot, snapshot, this.runtime, { seeds: [1] })
  }

  verdict(instances: number): PatternVerdict {
    const isEnough = this.compared >= Math.max(1, this.least)
    return {
      verdict: this.worst ? (this.worst.endless ? 'endless' : 'differs') : isEnough ? 'equal' : 'not-proved',
      endless: this.endless,
      instances,
      matched: this.matched,
      compared: this.compared,
      largest: this.largest,
      reasons: this.reasons,
      counterexample: this.worst,
    }
  }

  /** null where nothing was rewritten, or what came of it needs no numbers to be wrong. */
  private async rewritten(instance: Instance): Promise<Made | null> {
    const network = networkFromSnapshot(instance.snapshot, dialectNamed(instance.snapshot.dialect))
    const { label, pattern } = this.subject
    if (instance.matches) this.matched++
    try {
      const said = pattern.log.length
      const { rewrites } = new RewritePatternManager()
        .add(label, pattern)
        .rewrite(network, undefined, { maxRewrites: 200 })
      const told = pattern.log.slice(said)
      // What is made of a match cannot be, though nothing in the conditions keeps it from matching.
      const impossible = told.find((entry) => entry.level === 'error')
      if (impossible) return this.failStructure(instance, { reason: withoutPlace(impossible.message), after: null })
      const last = told.at(-1)
      if (rewrites === 0 && last) this.count(`it gives up: ${withoutPlace(last.message)}`)
      if (rewrites === 0) return null
    } catch (error) {
      const fault = faultOf(error)
      if (!fault.endless) return this.failStructure(instance, fault)
      const first = this.firstRewrite(instance)
      return first ? { after: first, endless: { ...fault, after: first } } : this.failStructure(instance, fault)
    }
    const after = snapshotOf(network)
    const [problem] = verifyNetwork(network)
    if (!problem) return { after }
    return this.failStructure(instance, { reason: problem.message, after })
  }

  /** What is there after one rewrite of many; null where that is no sound network. */
  private firstRewrite({ snapshot }: Instance): NetworkSnapshot | null {
    const network = networkFromSnapshot(snapshot, dialectNamed(snapshot.dialect))
    const { label, pattern } = this.subject
    for (const { type } of drive(network, [{ label, pattern, benefit: 1 }])) if (type === 'rewritten') break
    prune(network)
    return verifyNetwork(network).length === 0 ? snapshotOf(network) : null
  }

  private async rewrittenElsewhere(
    instance: Instance,
    rewrite: NonNullable<Subject['elsewhere']>,
  ): Promise<Made | null> {
    try {
      const after = await rewrite(instance.snapshot)
      if (after) this.matched++
      return after && { after }
    } catch (error) {
      const fault = faultOf(error)
      if (!fault.endless) return this.failStructure(instance, fault)
      this.matched++
      const first = await rewrite(instance.snapshot, true).catch(() => null)
      return first ? { after: first, endless: { ...fault, after: first } } : this.failStructure(instance, fault)
    }
  }

  /** Unsound, unless the instance is no network that can be run either. */
  private async failStructure(instance: Instance, fault: Fault): Promise<null> {
    const original = await this.runsAsItIs(instance)
    if (original.verdict === 'cannot-run') this.count(`the original network: ${original.reason ?? ''}`)
    else this.fail(instance, fault)
    return null
  }

  private take(instance: Instance, after: NetworkSnapshot, verdict: Verdict): void {
    const { maxAbsolute, maxRelative, reason = '' } = verdict
    // A runtime without a kernel, or without an operator of somebody's own, says nothing of the numbers.
    const isSilent = NO_KERNEL.test(reason) || ownOperatorIn(reason) !== null
    if (verdict.verdict === 'cannot-run' && (!reason.startsWith('the rewritten network') || isSilent))
      return this.count(reason)
    // Small results of large numbers that cancel keep few digits of theirs.
    const allowed = this.subject.claim === 'approximation' ? APPROXIMATION : verdict.tolerance
    const near = this.subject.claim !== 'exact' && maxAbsolute <= allowed
    this.compared++
    if (verdict.verdict !== 'equal' && !near) return this.fail(instance, { reason, after })
    this.largest = Math.max(this.largest, maxRelative)
  }

  private count(reason: string): void {
    // Shapes differ from instance to instance; the reason is one.
    const short = reason.replace(/\[[^\][]*\]/g, '[…]').slice(0, 160)
    this.reasons.set(short, (this.reasons.get(short) ?? 0) + 1)
  }

  private fail({ seed, snapshot }: Instance, { reason, after, endless = false }: Fault): void {
    this.count(reason)
    this.endless ||= endless
    const { worst } = this
    // What is wrong says more than what does not end.
    const isWorse = !worst || (worst.endless === endless ? sizeOf(snapshot) < sizeOf(worst.before) : worst.endless)
    if (isWorse) this.worst = { seed, reason, before: snapshot, after, endless }
  }
}

/** What a pattern made of an instance; of what would go on for ever after its first rewrite. */
interface Made {
  readonly after: NetworkSnapshot
  readonly endless?: Fault
}

/** What is wrong with what a pattern made. */
interface Fault extends Pick<Counterexample, 'reason' | 'after'> {
  /** It matches its own result. */
  readonly endless?: boolean
}

function faultOf(error: unknown): Fault {
  const message = error instanceof Error ? error.message : String(error)
  // By its text, since that is all that comes out of a sandbox.
  const limit = RewriteLimitError.limitIn(message)
  if (limit === null) return { reason: message, after: null }
  return { reason: `it matches what it makes, and was stopped after ${limit} rewrites`, after: null, endless: true }
}

const withoutPlace = (message: string): string => message.replace(/^matched at \S+, and left it: /, '')

/** How much there is to look at in a network: its layers first, then its values. */
function sizeOf({ layers, tensors }: NetworkSnapshot): number {
  const elements = tensors.reduce((n, t) => n + (t.shape?.reduce<number>((a, d) => a * Number(d ?? 1), 1) || 0), 0)
  return layers.length * 1e6 + Math.min(elements, 1e6)
}
