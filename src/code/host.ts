import { decode } from '../engine'
import type { LogEntry } from '../engine'
import { answers, decodeReply } from './decode-answers'
import type { CodeCalls, CodeRequest } from './calls'
import { CodeError } from './code-error'

/** Milliseconds without a sign of life after which a sandbox counts as hung. */
const PATIENCE = 5000

interface Pending {
  readonly name: keyof CodeCalls
  readonly id: number
  readonly resolve: (value: unknown) => void
  readonly reject: (error: CodeError) => void
}

/**
 * The host's end of a sandbox: asks one thing at a time, believes nothing that it did not ask for, and gives it up where it does
 * not answer.
 */
export class CodeChannel {
  private pending: Pending | null = null
  private turn: Promise<unknown> = Promise.resolve()
  private nextId = 0
  private timer: ReturnType<typeof setTimeout> | null = null
  private over: CodeError | null = null
  /** The sandbox is there; before, it may still be on its way over a slow line. */
  private lives = false

  /**
   * @param said told of what the patterns say in their logs
   * @param ended told once when the channel has ended, with the reason: whoever started the sandbox takes it down
   */
  constructor(
    private readonly port: MessagePort,
    private readonly said: (lines: readonly LogEntry[]) => void,
    private readonly ended: (why: CodeError) => void,
    private readonly patience = PATIENCE,
  ) {
    port.onmessage = ({ data }) => this.receive(data)
  }

  /** @throws CodeError what the code did wrong, or why there is no answer */
  ask<K extends keyof CodeCalls>(name: K, args: CodeCalls[K]['args']): Promise<CodeCalls[K]['result']> {
    const asked = this.turn.then(() => this.send(name, args))
    this.turn = asked.catch(() => undefined)
    return asked as Promise<CodeCalls[K]['result']>
  }

  /** No answer is waited for any more. */
  end(why: CodeError): void {
    if (this.over) return
    this.over = why
    this.port.onmessage = null
    this.port.close()
    this.settle()?.reject(why)
    this.ended(why)
  }

  private send(name: keyof CodeCalls, args: unknown): Promise<unknown> {
    if (this.over) return Promise.reject(this.over)
    const id = this.nextId++
    return new Promise((resolve, reject) => {
      this.pending = { name, id, resolve, reject }
      this.wait()
      this.port.postMessage({ id, name, args } satisfies CodeRequest)
    })
  }

  private wait(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    const patience = this.lives ? this.patience : 6 * this.patience
    const hung = this.lives
      ? `it did not answer for ${patience / 1000} seconds and was stopped: does a loop end?`
      : 'its sandbox could not be started'
    this.timer = setTimeout(() => this.end(new CodeError(hung)), patience)
  }

  private settle(): Pending | null {
    const { pending } = this
    this.pending = null
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
    return pending
  }

  private receive(data: unknown): void {
    try {
      const reply = decodeReply(data, 'answer')
      this.lives = true
      if (reply.type === 'beat') {
        if (this.pending) this.wait()
        return
      }
      if (reply.id !== this.pending?.id) throw new CodeError('it sent what nobody asked for')
      if (reply.log.length > 0) this.said(reply.log)
      if (reply.type === 'error') return this.settle()?.reject(new CodeError(reply.reason, reply.place))
      const value = answers[this.pending.name](reply.value, this.pending.name)
      this.settle()?.resolve(value)
    } catch (error) {
      const why = error instanceof decode.DecodeError || error instanceof CodeError ? error.message : String(error)
      this.end(new CodeError(`its answer cannot be read: ${why}`))
    }
  }
}
