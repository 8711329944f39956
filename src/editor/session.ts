/** One open network: the workers that hold it and draw it, and the page's replica, kept by the steps they send. */
import type { Network } from '../engine'
import { applyTransaction, invertTransaction, networkFromSnapshot } from '../engine'
import { dialectNamed } from './dialects'
import { breath, unpackedInSlices, unpackedTransaction } from './plain'
import type {
  EngineCalls,
  EngineEvents,
  LayoutCalls,
  LayoutEvents,
  MoveStep,
  NoEvents,
  OpenedNetwork,
  VerifyCalls,
} from './protocol'
import { Remote } from './rpc'

export type EngineRemote = Remote<EngineCalls, EngineEvents>
export type LayoutRemote = Remote<LayoutCalls, LayoutEvents>

export interface WorkerFactory {
  engine(): Worker
  layout(): Worker
  verify(): Worker
}

/** The page's replica of a network that was opened, made in slices, so that the page is never held up for long. */
export async function replicaOf(opened: OpenedNetwork): Promise<Network> {
  const snapshot = await unpackedInSlices(opened.snapshot)
  await breath()
  return networkFromSnapshot(snapshot, dialectNamed(opened.dialect))
}

export type VerifyRemote = Remote<VerifyCalls, NoEvents>

export class Session {
  private verifying: VerifyRemote | null = null
  /** Number of the search for matches that counts. */
  search = 0

  constructor(
    private readonly workers: WorkerFactory,
    readonly engine: EngineRemote,
    readonly layout: LayoutRemote,
    readonly replica: Network,
  ) {}

  /** Brings the replica where the engine is. */
  apply(steps: readonly MoveStep[]): void {
    for (const step of steps) {
      const t = unpackedTransaction(step.transaction)
      applyTransaction(this.replica, step.direction === 'forward' ? t : invertTransaction(t))
    }
  }

  /** The worker that runs networks, started when it is first asked for and connected to the engine's. */
  get verify(): VerifyRemote {
    if (this.verifying) return this.verifying
    const verify: VerifyRemote = new Remote(this.workers.verify())
    const { port1, port2 } = new MessageChannel()
    void this.engine.call('connect', port1, [port1])
    void verify.call('connect', port2, [port2])
    return (this.verifying = verify)
  }

  end(): void {
    this.verifying?.end()
    this.engine.end()
    this.layout.end()
  }
}

/** Workers of the page as it is built. */
export const browserWorkers: WorkerFactory = {
  engine: () => new Worker(new URL('./engine-worker.ts', import.meta.url), { type: 'module', name: 'engine' }),
  layout: () => new Worker(new URL('./layout-worker.ts', import.meta.url), { type: 'module', name: 'layout' }),
  verify: () => new Worker(new URL('./verify-worker.ts', import.meta.url), { type: 'module', name: 'verify' }),
}
