/** One open network: the workers that hold it and draw it, and the page's replica, kept by the steps they send. */
import type { Network } from '../engine'
import { applyTransaction, invertTransaction, networkFromSnapshot } from '../engine'
import { dialectNamed } from './dialects'
import { breath, unpackedInSlices, unpackedTransaction } from './plain'
import type { EngineCalls, EngineEvents, LayoutCalls, LayoutEvents, MoveStep, OpenedNetwork } from './protocol'
import type { Remote } from './rpc'

export type EngineRemote = Remote<EngineCalls, EngineEvents>
export type LayoutRemote = Remote<LayoutCalls, LayoutEvents>

export interface WorkerFactory {
  engine(): Worker
  layout(): Worker
}

/** The page's replica of a network that was opened, made in slices, so that the page is never held up for long. */
export async function replicaOf(opened: OpenedNetwork): Promise<Network> {
  const snapshot = await unpackedInSlices(opened.snapshot)
  await breath()
  return networkFromSnapshot(snapshot, dialectNamed(opened.dialect))
}

export class Session {
  constructor(
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

  end(): void {
    this.engine.end()
    this.layout.end()
  }
}

/** Workers of the page as it is built. */
export const browserWorkers: WorkerFactory = {
  engine: () => new Worker(new URL('./engine-worker.ts', import.meta.url), { type: 'module', name: 'engine' }),
  layout: () => new Worker(new URL('./layout-worker.ts', import.meta.url), { type: 'module', name: 'layout' }),
}
