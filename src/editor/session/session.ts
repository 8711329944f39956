/** One open network: the workers that hold it and draw it, and the page's replica, kept by the steps they send. */
import { CostBook } from '../../cost'
import type { CostSum } from '../../cost'
import type { Network } from '../../engine'
import { applyTransaction, buildingNetwork, invertTransaction } from '../../engine'
import { LayerCounts } from '../view/layer-counts'
import { dialectNamed } from '../../dialects/tensorrt'
import type { Sandbox } from './code-room'
import { inSlices } from './yield'
import { unpackedTransaction } from '../protocol/codec'
import { SnapshotReader } from '../protocol/snapshot-codec'
import type { EngineCalls, EngineEvents } from '../protocol/engine-calls'
import type { LayoutCalls, LayoutEvents } from '../protocol/layout-calls'
import type { RuleReport } from '../protocol/match-info'
import type { MoveStep } from '../protocol/moves'
import { TimelineReader } from '../protocol/timeline-news'
import type { NoEvents } from '../protocol/rpc'
import type { RunCalls, RunEvents } from '../protocol/run-calls'
import type { ValuesCalls, ValuesEvents } from '../protocol/values-calls'
import type { VerifyCalls } from '../protocol/verify-calls'
import { Remote } from '../protocol/rpc'

export type EngineRemote = Remote<EngineCalls, EngineEvents>
export type LayoutRemote = Remote<LayoutCalls, LayoutEvents>

export interface WorkerFactory {
  engine(): Worker
  layout(): Worker
  verify(): Worker
  values(): Worker
  run(): Worker
  /**
   * A worker for a file of patterns, cut off from everything but the port that leads to it.
   * @param isForeign it came from others: in an interpreter with a limit of memory
   */
  code(isForeign: boolean): Sandbox
}

/** The page's replica of the network that an engine has. */
export async function replicaOf(engine: EngineRemote): Promise<Network> {
  const reader = new SnapshotReader()
  engine.on('part', (part) => reader.add(part))
  const rest = await engine.call('snapshot', null)
  const snapshot = reader.with(rest)
  return inSlices(buildingNetwork(snapshot, dialectNamed(snapshot.dialect)))
}

/** So many layers are counted in about a millisecond. */
const COUNTED_AT_ONCE = 100

/** A way from another worker to the engine's: give it to that worker. */
export function wayTo(engine: EngineRemote): MessagePort {
  const { port1, port2 } = new MessageChannel()
  engine.notify('connect', port1, [port1])
  return port2
}

export type VerifyRemote = Remote<VerifyCalls, NoEvents>
type ValuesRemote = Remote<ValuesCalls, ValuesEvents>
export type RunRemote = Remote<RunCalls, RunEvents>

/** A file of patterns that was started, and what is to be said of it. */
export interface Started {
  readonly text: string
  readonly sandbox: Sandbox
  readonly report: Promise<RuleReport>
}

export class Session {
  private verifying: VerifyRemote | null = null
  private reading: ValuesRemote | null = null
  private running: RunRemote | null = null
  readonly census: LayerCounts
  readonly timelines = new TimelineReader()
  readonly costs: CostBook
  private isCounted = false
  /** The files of patterns that run, by label. */
  readonly sandboxes = new Map<string, Started>()
  /** Number of the search for matches that counts. */
  search = 0

  constructor(
    private readonly workers: WorkerFactory,
    readonly engine: EngineRemote,
    readonly layout: LayoutRemote,
    readonly replica: Network,
  ) {
    this.census = new LayerCounts(replica)
    this.costs = new CostBook(replica, {}, [])
  }

  /** What one run of the network costs; null while its layers are still counted. */
  get cost(): CostSum | null {
    return this.isCounted ? this.costs.total : null
  }

  /** Counts what the layers cost, while the network may move on. */
  *counting(): Generator<void> {
    const layers = this.replica.getLayers()
    for (let from = 0; from < layers.length; from += COUNTED_AT_ONCE) {
      this.costs.add(layers.slice(from, from + COUNTED_AT_ONCE))
      yield
    }
    this.isCounted = true
  }

  /** Brings the replica where the engine is. */
  apply(steps: readonly MoveStep[]): void {
    for (const step of steps) {
      const recorded = unpackedTransaction(step.transaction)
      const t = step.direction === 'forward' ? recorded : invertTransaction(recorded)
      applyTransaction(this.replica, t)
      this.census.follow(t.edits)
      this.costs.follow(t.edits)
    }
  }

  /** The worker that runs networks, started when it is first asked for and connected to the engine's. */
  get verify(): VerifyRemote {
    if (this.verifying) return this.verifying
    const verify: VerifyRemote = new Remote(this.workers.verify())
    const port = wayTo(this.engine)
    verify.notify('connect', port, [port])
    return (this.verifying = verify)
  }

  /** The worker that reads the elements of tensors, likewise. */
  get values(): ValuesRemote {
    if (this.reading) return this.reading
    const values: ValuesRemote = new Remote(this.workers.values())
    const port = wayTo(this.engine)
    values.notify('connect', port, [port])
    return (this.reading = values)
  }

  /** A worker that runs the network once, and hands its values to that of `values`. Whoever asked for it ends it. */
  runner(): RunRemote {
    const runner: RunRemote = new Remote(this.workers.run())
    const engine = wayTo(this.engine)
    runner.notify('connect', engine, [engine])
    const { port1, port2 } = new MessageChannel()
    this.values.notify('keepAt', port1, [port1])
    runner.notify('keepAt', port2, [port2])
    this.running?.end()
    return (this.running = runner)
  }

  end(): void {
    this.verifying?.end()
    this.running?.end()
    this.reading?.end()
    for (const { sandbox } of this.sandboxes.values()) sandbox.end()
    this.engine.end()
    this.layout.end()
  }
}
