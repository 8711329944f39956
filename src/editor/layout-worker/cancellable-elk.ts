/**
 * ELK in a worker of its own, warm before it is asked. Stopping it ends that worker, the only way to interrupt it, and starts
 * another.
 */
import ELK from 'elkjs/lib/elk-api'
import { LayoutCancelled, warmUpGraph } from '../../layout'
import type { RunElk } from '../../layout'

/** @param start makes the worker that ELK runs in */
export function cancellableElk(start: () => Worker): RunElk {
  const fresh = () => {
    const elk = new ELK({ workerFactory: start })
    // What goes wrong here goes wrong again, and is told, at the first layout that is asked for.
    elk.layout(warmUpGraph()).catch(() => undefined)
    return elk
  }
  let elk = fresh()
  return async (graph, signal) => {
    let stop = (): void => undefined
    const stopped = new Promise<never>((_, reject) => {
      stop = () => {
        elk.terminateWorker()
        elk = fresh()
        reject(new LayoutCancelled('the layout was stopped'))
      }
    })
    stopped.catch(() => undefined)
    signal?.addEventListener('abort', stop)
    try {
      return await Promise.race([elk.layout(graph), stopped])
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }
}
