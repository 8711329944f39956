import { freemem } from 'node:os'
import { Worker } from 'node:worker_threads'
import { missingText } from './missing-text'
import { NODE_SETTINGS } from './ort'
import { plainMessage } from './ort-message'
import type { Runtime, RuntimeSession } from './runtime'

type Answer =
  { readonly missing: { readonly code?: string; readonly message: string } | null } | { readonly fault: string | null }

/** It only opens: whoever wants to run models has a runtime of their own. */
const OPENED: RuntimeSession = {
  run: () => Promise.reject(new Error('this runtime only opens models')),
  release: () => Promise.resolve(),
}

/**
 * ONNX Runtime in a thread of its own: it is loaded, which takes as long as rewriting a small model, while the model is rewritten
 * that it is to open. The thread ends with the process.
 */
export class OpeningThread {
  private readonly worker: Worker
  private readonly ready: Promise<Answer>

  /** @param script the path of `bin/open-models.cjs` */
  constructor(script: string) {
    this.worker = new Worker(script, { workerData: NODE_SETTINGS })
    this.ready = this.answer()
    this.ready.catch(() => {})
    this.worker.unref()
  }

  /** What opens models, or why nothing does. */
  async runtime(): Promise<Runtime | string> {
    const first = await this.waited(this.ready)
    if ('missing' in first && first.missing) return missingText(first.missing)
    return { opensFiles: true, room: () => freemem(), load: (model) => this.open(model) }
  }

  private async open(model: Uint8Array | string): Promise<RuntimeSession> {
    const answer = this.answer()
    this.worker.postMessage(model)
    const opened = await this.waited(answer)
    if ('fault' in opened && opened.fault !== null) throw new Error(plainMessage(opened.fault))
    return OPENED
  }

  private answer(): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.worker.once('message', resolve)
      this.worker.once('error', reject)
    })
  }

  /** The process stays until the answer is there. */
  private async waited(answer: Promise<Answer>): Promise<Answer> {
    this.worker.ref()
    try {
      return await answer
    } finally {
      this.worker.unref()
    }
  }
}
