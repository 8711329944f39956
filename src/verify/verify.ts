import type { NetworkSnapshot } from '../engine'
import { exportOnnx, importOnnx } from '../dialects/onnx'
import type { StepRegion } from './cut'
import { Feeder } from './feeds'
import type { Masks, Variant } from './feeds'
import type { Runtime, RuntimeSession, Values } from './runtime'
import { Sizes } from './sizes'
import { cannotRun, NOTHING_TO_COMPARE, Tally } from './verdict'
import type { Verdict } from './verdict'

export interface VerifyOptions {
  /** One run each. Default 1, 2, 3: 1 leaves no position masked, 2 pads rows, 3 masks here and there, one row as a whole; and so on. */
  readonly seeds?: readonly number[]
  /** An AbortSignal, looked at before every run. */
  readonly signal?: { throwIfAborted(): void }
  /** External weights of the models, by the name that they call them. */
  readonly external?: ReadonlyMap<string, Uint8Array>
}

const SEEDS = [1, 2, 3]
/** Of a step: a mask that is full says least. */
const STEP_SEEDS = [2, 3]
const MASKS: readonly Masks[] = ['sparse', 'full', 'padded']

/** Whether two models give equal outputs on the same random inputs. */
export async function verifyModels(
  a: Uint8Array,
  b: Uint8Array,
  runtime: Runtime,
  options: VerifyOptions = {},
): Promise<Verdict> {
  const external = options.external ?? new Map<string, Uint8Array>()
  const [x, y] = [a, b].map((bytes) => importOnnx(bytes, { external }).snapshot) as [NetworkSnapshot, NetworkSnapshot]
  return verifyPair({ snapshot: x, bytes: a }, { snapshot: y, bytes: b }, runtime, options)
}

/** Whether two networks give equal outputs on the same random inputs. */
export async function verifyNetworks(
  a: NetworkSnapshot,
  b: NetworkSnapshot,
  runtime: Runtime,
  options: VerifyOptions = {},
): Promise<Verdict> {
  const written = [a, b].map((snapshot) => {
    try {
      return { snapshot, bytes: exportOnnx(snapshot, { inlineExternal: true }).bytes }
    } catch (error) {
      return `it cannot be written as ONNX: ${messageOf(error)}`
    }
  })
  const [x, y] = written
  if (typeof x === 'string' || x === undefined) return cannotRun(`before: ${x}`)
  if (typeof y === 'string' || y === undefined) return cannotRun(`after: ${y}`)
  return verifyPair(x, y, runtime, options)
}

/** Whether a step left the values around it as they were. @param region what `cutStep` gave */
export async function verifyStep(
  region: StepRegion | string | null,
  runtime: Runtime,
  options: VerifyOptions = {},
): Promise<Verdict> {
  if (region === null) return NOTHING_TO_COMPARE
  if (typeof region === 'string') return cannotRun(region)
  return verifyNetworks(region.before, region.after, runtime, { seeds: STEP_SEEDS, ...options })
}

interface Side {
  readonly snapshot: NetworkSnapshot
  readonly bytes: Uint8Array
}

async function verifyPair(a: Side, b: Side, runtime: Runtime, options: VerifyOptions): Promise<Verdict> {
  const names = a.snapshot.outputs.map((o) => o.name)
  const feeder = new Feeder(a.snapshot, b.snapshot)
  if (feeder.missing) return cannotRun(feeder.missing)
  const sessions: RuntimeSession[] = []
  const load = async (side: Side, which: string): Promise<RuntimeSession> => {
    const session = await runtime.load(side.bytes).catch((e) => Promise.reject(new Stopped(which, 'loaded', e)))
    sessions.push(session)
    return session
  }
  try {
    const [before, after] = [await load(a, 'before'), await load(b, 'after')]
    const tally = new Tally()
    const run = new Runs(before, feeder)
    for (const seed of options.seeds ?? SEEDS) {
      options.signal?.throwIfAborted()
      const { feeds, values } = await run.before(seed)
      const found = await after.run(feeds).catch((e) => Promise.reject(new Stopped('after', 'run', e)))
      tally.add(names, values, found)
    }
    return tally.verdict()
  } catch (error) {
    if (error instanceof Stopped) return cannotRun(error.message)
    throw error
  } finally {
    for (const s of sessions) await s.release()
  }
}

/** Runs the side before on inputs that it can be run on, and finds out which those are. */
class Runs {
  private sizing: 'distinct' | 'equal' = 'distinct'
  private positive = false

  constructor(
    private readonly session: RuntimeSession,
    private readonly feeder: Feeder,
  ) {}

  async before(seed: number): Promise<{ feeds: Values; values: Values }> {
    const attempt = async (): Promise<{ feeds: Values; values: Values }> => {
      const variant: Variant = { masks: MASKS[seed % MASKS.length]!, positive: this.positive }
      const feeds = this.feeder.values(seed, new Sizes(this.sizing), variant)
      return { feeds, values: await this.session.run(feeds) }
    }
    const retried = async (): Promise<{ feeds: Values; values: Values }> => {
      try {
        return await attempt()
      } catch (error) {
        if (this.sizing === 'equal') throw new Stopped('before', 'run', error)
        this.sizing = 'equal'
        return retried()
      }
    }
    const first = await retried()
    if (this.positive || [...first.values.values()].every(isFinite)) return first
    this.positive = true
    return retried()
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
    super(`${side}: it cannot be ${what}: ${messageOf(cause)}`)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
