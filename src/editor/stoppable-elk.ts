/** ELK in a worker of its own. Stopping it ends that worker, the only way to interrupt it, and starts another. */
import ELK from 'elkjs/lib/elk-api'
import { LayoutCancelled } from '../layout'
import type { RunElk } from '../layout'

/** @param start makes the worker that ELK runs in */
export function stoppableElk(start: () => Worker): RunElk {
  const fresh = () => new ELK({ workerFactory: start })
  let elk = fresh()
  return async (graph, signal) => {
    const stopped = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => {
        elk.terminateWorker()
        elk = fresh()
        reject(new LayoutCancelled('the layout was stopped'))
      })
    })
    stopped.catch(() => undefined)
    return Promise.race([elk.layout(graph), stopped])
  }
}
