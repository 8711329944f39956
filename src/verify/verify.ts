import { ConstantValue } from '../engine'
import type { ByteSource, NetworkSnapshot } from '../engine'
import { exportOnnx, importOnnx } from '../dialects/onnx'
import { importModel, RaiseError } from '../dialects/tensorrt'
import { TOO_LARGE } from './cut'
import type { StepRegion } from './cut'
import { Feeder } from './feeds'
import type { InputClass, Masks, Variant } from './feeds'
import { sessionInPieces } from './pieces'
import { leavesMoreOpen, leavesOrderOpen, runnable } from './runnable'
import type { Runtime, RuntimeSession, Values } from './runtime'
import { Sizes, SIZINGS } from './sizes'
import { sizeCheck, standstill } from './standstill'
import { cannotRun, NOTHING_TO_COMPARE, Tally, verdictOver } from './verdict'
import type { Verdict } from './verdict'

export interface VerifyOptions {
  /** One run each. Default 1, 2, 3: 1 leaves no position masked, 2 pads rows, 3 masks here and there, one row as a whole; and so on. */
  readonly seeds?: readonly number[]
  /** An AbortSignal, looked at before every run. */
  readonly signal?: { throwIfAborted(): void }
  /** Held to the bit, on special values too (E13), but for half floats, which no runtime computes to the bit; else up to rounding, and on what is closed or special as `Verdict` says. */
  readonly exact?: boolean
  /** Elements that are not finite before are not compared: for rewrites that say that they assume finite values. */
  readonly assumesFinite?: boolean
  /** Run on numbers that tie, too: that is where comparisons, the largest and roundings of a rule go wrong. */
  readonly ties?: boolean
  /** Of inputs that are closed, special or tied. Default 1, with which one network always gets the same ones. */
  readonly seedOfTheRest?: number
}

const SEEDS = [1, 2, 3]
/** Of a step: a mask that is full says least. */
const STEP_SEEDS = [2, 3]
/** A score beside a mask of -10,000 keeps three digits: which ones depends on the order of sums. */
const CLOSED_ROUNDS = 20
/** Of inputs that are closed, special or tied, of which one run tells most. */
const SEED_OF_THE_REST = 1
/** So often a network is run again to see whether it draws random numbers: few draws of 0 or 1 agree by chance. */
const AGAIN = 5
const MASKS: readonly Masks[] = ['sparse', 'full', 'padded']

/** A model with the weights that lie beside it. */
export interface ModelFile {
  readonly bytes: Uint8Array | ByteSource
  /** Files that hold weights of this model, by the name that it calls them. */
  readonly external?: ReadonlyMap<string, Uint8Array | ByteSource>
  /** Where it lies with its weights beside it, for runtimes that open files themselves. */
  readonly path?: string
  /** Why it cannot be opened. */
  readonly unchecked?: string
  /** It was a TensorRT network, which has no float64: what is float64 on the other side is float32 in it. */
  readonly lacksDoubles?: boolean
}

/** Whether two models give equal outputs on the same random inputs. */
export async function verifyModels(
  a: ModelFile,
  b: ModelFile,
  runtime: Runtime,
  options: VerifyOptions = {},
): Promise<Verdict> {
  const [x, y] = [sideOf(a, runtime), sideOf(b, runtime)]
  if (typeof x === 'string') return cannotRun(`the original network ${x}`)
  if (typeof y === 'string') return cannotRun(`the rewritten network ${y}`)
  return verifyPair(x, y, runtime, options)
}

/** A model as a runtime takes it: with the weights in it that lie in other files, which a runtime would look for elsewhere. */
function sideOf(model: ModelFile, runtime: Runtime): Side | string {
  const { bytes, external = new Map<string, Uint8Array>(), unchecked } = model
  if (unchecked) return unchecked
  const { snapshot, missingExternal } = importModel(bytes, { external })
  if (missingExternal.length > 0) return `lacks weights: ${missingExternal.join(', ')}`
  if (snapshot.dialect !== 'onnx' || leavesOrderOpen(snapshot)) return written(snapshot)
  try {
    return whole(snapshot, loadable(model, runtime), model.lacksDoubles)
  } catch (error) {
    return `cannot be written as one file to be run: ${messageOf(error)}`
  }
}

/**
 * A model as a runtime loads it: the path where it opens files itself, else bytes that need no other file.
 * @throws OnnxExportError where they are too many
 */
export function loadable({ bytes, external, path }: ModelFile, runtime: Runtime): Uint8Array | string {
  if (path !== undefined && runtime.opensFiles) return path
  if (!external || external.size === 0) return bytes instanceof Uint8Array ? bytes : bytes.pass(0, bytes.length)
  return exportOnnx(importOnnx(bytes, { external }).snapshot, { inlineExternal: true }).bytes
}

/** Whether two networks give equal outputs on the same random inputs. */
export async function verifyNetworks(
  a: NetworkSnapshot,
  b: NetworkSnapshot,
  runtime: Runtime,
  options: VerifyOptions = {},
): Promise<Verdict> {
  if (leavesMoreOpen(b, a)) return cannotRun(OPEN)
  const [x, y] = [written(a), written(b)]
  if (typeof x === 'string') return cannotRun(`the original network ${x}`)
  if (typeof y === 'string') return cannotRun(`the rewritten network ${y}`)
  return verifyPair(x, y, runtime, options)
}

const OPEN =
  'the rewritten network leaves the order of a TopK open that the original one gives: what takes from it may count on that'

/** Each run reads all weights again: the one whose inputs pad rows. */
const LARGE_SEEDS = [2]

/** The same for networks whose weights are too many to be in memory at once: both are run piece by piece. */
export async function verifyInPieces(
  a: NetworkSnapshot,
  b: NetworkSnapshot,
  runtime: Runtime,
  options: VerifyOptions = {},
): Promise<Verdict> {
  const side = (snapshot: NetworkSnapshot): Side => ({
    snapshot,
    lacksDoubles: false,
    load: (ort) => Promise.resolve(sessionInPieces(snapshot, ort)),
  })
  return verifyPair(side(a), side(b), runtime, { seeds: LARGE_SEEDS, ...options })
}

/** A network as a runtime takes it, or why it cannot be run. */
function written(network: NetworkSnapshot): Side | string {
  try {
    const snapshot = runnable(network)
    const { bytes } = exportOnnx(snapshot, { inlineExternal: true })
    return whole(snapshot, bytes, network.dialect === 'tensorrt')
  } catch (error) {
    return error instanceof RaiseError
      ? `cannot be run: ${error.message}`
      : `cannot be written as ONNX: ${messageOf(error)}`
  }
}

/** Whether a step left the values around it as they were. @param region what `cutStep` gave */
export async function verifyStep(
  region: StepRegion | string | null,
  runtime: Runtime,
  options: VerifyOptions = {},
): Promise<Verdict> {
  if (region === null) return NOTHING_TO_COMPARE
  if (typeof region === 'string') return cannotRun(region)
  const verdict = await verifyNetworks(region.before, region.after, runtime, { seeds: STEP_SEEDS, ...options })
  return region.isStricter && verdict.verdict !== 'equal' ? cannotRun(TOO_LARGE) : verdict
}

/** A network, and how a runtime gets ready to run it. */
interface Side {
  readonly snapshot: NetworkSnapshot
  /** As of a `ModelFile`. */
  readonly lacksDoubles: boolean
  load(runtime: Runtime): Promise<RuntimeSession>
}

const whole = (snapshot: NetworkSnapshot, model: Uint8Array | string, lacksDoubles = false): Side => ({
  snapshot,
  lacksDoubles,
  load: (runtime) => runtime.load(model),
})

const RANDOM =
  'the original network gives other results each time it is run on the same inputs: it draws random numbers'

const UNSTEADY =
  'ONNX Runtime gives other results each time it opens the original network: a kernel of it reads what memory holds'

const NOT_RANDOM = 'the original network draws random numbers, and the rewritten one does not'

async function verifyPair(a: Side, b: Side, runtime: Runtime, options: VerifyOptions): Promise<Verdict> {
  const names = a.snapshot.outputs.map((o) => o.name)
  const isNarrowed = b.lacksDoubles && !a.lacksDoubles && hasDoubles(a.snapshot)
  const feeder = new Feeder(a.snapshot, b.snapshot, isNarrowed, options.ties)
  if (feeder.missing) return cannotRun(feeder.missing)
  const stands = standstill(a.snapshot) ?? standstill(b.snapshot)
  if (stands) return cannotRun(stands)
  const sessions: RuntimeSession[] = []
  const load = async (side: Side, which: string): Promise<RuntimeSession> => {
    const session = await side.load(runtime).catch((e) => Promise.reject(new Stopped(which, 'loaded', e)))
    sessions.push(session)
    return session
  }
  try {
    const [before, after] = [await load(a, 'original'), await load(b, 'rewritten')]
    const runs = new Runs(before, feeder)
    const compared = new Map<InputClass, Verdict>()
    const [sizesBefore, sizesAfter] = [sizeCheck(a.snapshot), sizeCheck(b.snapshot)]
    let wrong: string | null = null
    // Between half operators that it has no kernels for ONNX Runtime leaves out roundings, more or fewer of them as the network is.
    const exact = (options.exact ?? false) && !hasHalf(a.snapshot) && !hasHalf(b.snapshot)
    for (const inputs of feeder.classes) {
      const tally = new Tally(
        exact,
        inputs === 'closed' ? CLOSED_ROUNDS : 1,
        options.assumesFinite,
        isMixed(a.snapshot),
        isNarrowed,
      )
      for (const seed of inputs === 'ordinary'
        ? (options.seeds ?? SEEDS)
        : [options.seedOfTheRest ?? SEED_OF_THE_REST]) {
        options.signal?.throwIfAborted()
        const given = await runs.before(seed, inputs)
        if (!given) continue
        const feeds = isNarrowed ? narrowed(given.feeds) : given.feeds
        const found = await after.run(feeds).catch((e) => Promise.reject(new Stopped('rewritten', 'run', e)))
        wrong ??= sizesBefore(given.values) ?? sizesAfter(found)
        tally.add(names, given.values, found)
      }
      if (inputs === 'ordinary' || !tally.isEmpty) compared.set(inputs, tally.verdict())
    }
    const verdict = verdictOver(compared, exact, options.ties && asksForSpecial(a.snapshot))
    if (verdict.verdict === 'different' && wrong) return cannotRun(wrong)
    if (verdict.verdict !== 'different') return verdict
    if (await runs.differsAnew(names, await load(a, 'original'), options.seeds ?? SEEDS)) return cannotRun(UNSTEADY)
    if (!(await runs.differAmongThemselves(names, before))) return verdict
    return (await runs.differAmongThemselves(names, after)) ? cannotRun(RANDOM) : { ...verdict, reason: NOT_RANDOM }
  } catch (error) {
    if (error instanceof Stopped) return cannotRun(error.message)
    throw error
  } finally {
    for (const s of sessions) await s.release()
  }
}

/** Whether float64 is computed with what was rounded to a smaller type on the way. */
function isMixed({ layers, tensors }: NetworkSnapshot): boolean {
  const byId = new Map(tensors.map((t) => [t.id, t.dtype]))
  const made = new Set(layers.flatMap((l) => l.outputs.map((id) => byId.get(id))))
  return made.has('float64') && (made.has('float32') || made.has('float16') || made.has('bfloat16'))
}

function hasDoubles({ tensors }: NetworkSnapshot): boolean {
  return tensors.some((t) => t.dtype === 'float64')
}

/** The same numbers in float32, of which they are. */
function narrowed(feeds: Values): Values {
  const single = (v: ConstantValue): ConstantValue =>
    v.dtype === 'float64' ? ConstantValue.of('float32', v.shape, v.numbers()) : v
  return new Map([...feeds].map(([name, value]) => [name, single(value)]))
}

/** Whether a network asks of its values whether they are finite: those that are not are what it is about. */
function asksForSpecial({ layers }: NetworkSnapshot): boolean {
  return layers.some((l) => !l.removed && (l.kind === 'IsNaN' || l.kind === 'IsInf'))
}

function hasHalf({ tensors }: NetworkSnapshot): boolean {
  return tensors.some((t) => t.dtype === 'float16' || t.dtype === 'bfloat16')
}

/** Runs the side before on inputs that it can be run on, and finds out which those are. */
class Runs {
  /** Index of the sizing in use. */
  private sizing = 0
  private positive = false

  constructor(
    private readonly session: RuntimeSession,
    private readonly feeder: Feeder,
  ) {}

  /**
   * Inputs and what the side before makes of them; null for inputs other than ordinary ones where it cannot run on them.
   * @throws Stopped where it cannot run on ordinary ones
   */
  async before(seed: number, inputs: InputClass): Promise<{ feeds: Values; values: Values } | null> {
    if (inputs === 'ordinary') return this.ordinary(seed)
    return this.attempt(seed, inputs).catch(() => null)
  }

  private async attempt(seed: number, inputs: InputClass): Promise<{ feeds: Values; values: Values }> {
    const masks = MASKS[(inputs === 'ordinary' ? seed : SEED_OF_THE_REST) % MASKS.length]!
    const variant: Variant = { masks, positive: this.positive && inputs !== 'tied', inputs }
    const feeds = this.feeder.values(seed, new Sizes(SIZINGS[this.sizing]!), variant)
    return { feeds, values: await this.session.run(feeds) }
  }

  /** Whether runs of a side on the same inputs differ: where both do, there is nothing that the one could agree with. */
  async differAmongThemselves(names: readonly string[], side: RuntimeSession): Promise<boolean> {
    const { feeds } = await this.attempt(SEED_OF_THE_REST, 'ordinary')
    const first = await side.run(feeds)
    for (let i = 0; i < AGAIN; i++) {
      const tally = new Tally(false)
      tally.add(names, first, await side.run(feeds))
      if (tally.verdict().verdict === 'different') return true
    }
    return false
  }

  /** Whether the same network gives something else where it is opened again, though it does not from one run to the next. */
  async differsAnew(names: readonly string[], opened: RuntimeSession, seeds: readonly number[]): Promise<boolean> {
    const tally = new Tally(false)
    for (const seed of seeds) {
      const { feeds, values } = await this.attempt(seed, 'ordinary')
      const again = await this.session.run(feeds)
      const steady = new Tally(false)
      steady.add(names, values, again)
      if (steady.verdict().verdict === 'different') return false
      tally.add(names, values, await opened.run(feeds))
    }
    return tally.verdict().verdict === 'different'
  }

  /** Finds out on which sizes, and whether on positive numbers only, it gives finite values. */
  private async ordinary(seed: number): Promise<{ feeds: Values; values: Values }> {
    const first = await this.withSizes(seed)
    if (this.positive || [...first.values.values()].every(isFinite)) return first
    this.positive = true
    return this.withSizes(seed)
  }

  /** Where no sizing helps, told is what the first of equal sizes came to: the others are more than most models need. */
  private async withSizes(seed: number): Promise<{ feeds: Values; values: Values }> {
    const errors: unknown[] = []
    for (const from = this.sizing; this.sizing < SIZINGS.length; this.sizing++) {
      try {
        return await this.attempt(seed, 'ordinary')
      } catch (error) {
        errors[this.sizing - from] = error
      }
    }
    throw new Stopped('original', 'run', errors[1] ?? errors[0])
  }
}

function isFinite(v: Values extends ReadonlyMap<string, infer V> ? V : never): boolean {
  const x = v.dtype === 'string' ? [] : v.numbers()
  for (let i = 0; i < x.length; i++) if (!Number.isFinite(x[i]!)) return false
  return true
}

/** One side could not be loaded or run. */
class Stopped extends Error {
  constructor(side: string, what: string, cause: unknown) {
    super(`the ${side} network cannot be ${what}: ${messageOf(cause)}`)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
