/** Workers of the page as it is built. */
import { CodeRoom } from './code-room'
import type { WorkerFactory } from './session'

/**
 * A worker that is started before anybody asks for it: reading and compiling its script takes longer than opening a small
 * network does. One that could not start is not handed out.
 */
class Ahead {
  private ready: Worker | null = null

  constructor(private readonly start: () => Worker) {}

  prepare(): void {
    if (this.ready) return
    const worker = this.start()
    worker.addEventListener('error', () => this.ready === worker && (this.ready = null), { once: true })
    this.ready = worker
  }

  take(): Worker {
    const worker = this.ready ?? this.start()
    this.ready = null
    return worker
  }
}

const engine = new Ahead(
  () => new Worker(new URL('../engine-worker/worker.ts', import.meta.url), { type: 'module', name: 'engine' }),
)
const layout = new Ahead(
  () => new Worker(new URL('../layout-worker/worker.ts', import.meta.url), { type: 'module', name: 'layout' }),
)

const codeRooms = { own: new CodeRoom('sandbox.html'), foreign: new CodeRoom('interpreter.html') }

export const browserWorkers: WorkerFactory = {
  engine: () => engine.take(),
  layout: () => layout.take(),
  verify: () => new Worker(new URL('../verify-worker/worker.ts', import.meta.url), { type: 'module', name: 'verify' }),
  values: () => new Worker(new URL('../values-worker/worker.ts', import.meta.url), { type: 'module', name: 'values' }),
  run: () => new Worker(new URL('../run-worker/worker.ts', import.meta.url), { type: 'module', name: 'run' }),
  code: (isForeign) => codeRooms[isForeign ? 'foreign' : 'own'].start(),
}

/** Starts what the next network that is opened needs. */
export function prepareWorkers(): void {
  engine.prepare()
  layout.prepare()
}
