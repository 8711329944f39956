/**
 * Calls over a worker's messages: each call has a number and gets one reply, and the worker may tell events in between.
 * Everything that crosses is a plain value.
 */

/** Methods by name, each from one argument to a result. */
export type Calls<C> = { readonly [K in keyof C]: { readonly args: unknown; readonly result: unknown } }

type Message =
  | { readonly type: 'call'; readonly id: number; readonly name: string; readonly args: unknown }
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: PlainError }
  | { readonly type: 'event'; readonly name: string; readonly value: unknown }

export interface PlainError {
  readonly name: string
  readonly message: string
}

/** What a worker said went wrong. */
export class RemoteError extends Error {
  constructor(error: PlainError) {
    super(error.message)
    this.name = error.name
  }
}

/** The worker was ended while a call was under way. */
export class EndedError extends Error {}

export interface Endpoint {
  postMessage(message: unknown, transfer: Transferable[]): void
  addEventListener(type: 'message', listener: (event: MessageEvent<Message>) => void): void
}

export type Handlers<C extends Calls<C>> = {
  readonly [K in keyof C]: (args: C[K]['args']) => C[K]['result'] | Promise<C[K]['result']>
}

const handedOver = new WeakMap<object, Transferable[]>()

/** Marks a result whose buffers change hands instead of being copied: they are empty on this side afterwards. */
export function handOver<T extends object>(value: T, buffers: Transferable[]): T {
  handedOver.set(value, buffers)
  return value
}

/** Answers calls on this side; returns the way to tell events. */
export function serve<C extends Calls<C>, E>(
  endpoint: Endpoint,
  handlers: Handlers<C>,
): <K extends keyof E & string>(name: K, value: E[K]) => void {
  const send = (message: Message, transfer: Transferable[] = []) => endpoint.postMessage(message, transfer)
  endpoint.addEventListener('message', (event) => {
    const message = event.data
    if (message.type !== 'call') return
    const { id, name, args } = message
    void (async () => {
      try {
        const handler = Object.hasOwn(handlers, name) ? handlers[name as keyof C] : undefined
        if (!handler) throw new Error(`there is no call ${name}`)
        const value: unknown = await handler(args as never)
        const transfer = typeof value === 'object' && value !== null ? handedOver.get(value) : undefined
        send({ type: 'result', id, value }, transfer)
      } catch (error) {
        send({ type: 'error', id, error: plainError(error) })
      }
    })()
  })
  return (name, value) => send({ type: 'event', name, value })
}

export function plainError(error: unknown): PlainError {
  return error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: 'Error', message: String(error) }
}

interface Pending {
  readonly resolve: (value: never) => void
  readonly reject: (error: Error) => void
}

/** The calling side of one worker, which it owns. */
export class Remote<C extends Calls<C>, E> {
  private readonly pending = new Map<number, Pending>()
  private readonly listeners = new Map<string, (value: never) => void>()
  private nextId = 1
  private ended = false
  /** It has answered or told something. */
  private lives = false
  /** Why it could not start. */
  private stillborn: Error | null = null

  /** @param worker a worker, or a port to one */
  constructor(private readonly worker: Worker | MessagePort) {
    worker.addEventListener('message', (event) => this.receive((event as MessageEvent<Message>).data))
    if (worker instanceof MessagePort) worker.start()
    else
      worker.addEventListener('error', (event) => {
        const error = new Error(event.message || 'the worker could not start')
        if (!this.lives) this.stillborn = error
        this.fail(error)
      })
  }

  call<K extends keyof C & string>(
    name: K,
    args: C[K]['args'],
    transfer: Transferable[] = [],
  ): Promise<C[K]['result']> {
    if (this.ended) return Promise.reject(new EndedError('the worker was ended'))
    if (this.stillborn) return Promise.reject(this.stillborn)
    const id = this.nextId++
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject })
      this.worker.postMessage({ type: 'call', id, name, args } satisfies Message, transfer)
    })
  }

  /** A call whose answer nobody waits for. With a worker that was ended there is nothing left to tell; else a failure is a fault. */
  notify<K extends keyof C & string>(name: K, args: C[K]['args'], transfer: Transferable[] = []): void {
    this.call(name, args, transfer).catch((error: unknown) => {
      if (!(error instanceof EndedError)) console.error(`The worker's ${name} failed:`, error)
    })
  }

  /** One listener an event. */
  on<K extends keyof E & string>(name: K, listener: (value: E[K]) => void): void {
    this.listeners.set(name, listener as (value: never) => void)
  }

  /** Ends the worker, whatever it is doing; calls under way fail with EndedError. */
  end(): void {
    this.ended = true
    if (this.worker instanceof MessagePort) this.worker.close()
    else this.worker.terminate()
    this.fail(new EndedError('the worker was ended'))
  }

  private receive(message: Message): void {
    if (this.ended) return
    this.lives = true
    if (message.type === 'event') this.listeners.get(message.name)?.(message.value as never)
    if (message.type !== 'result' && message.type !== 'error') return
    const call = this.pending.get(message.id)
    this.pending.delete(message.id)
    if (message.type === 'result') call?.resolve(message.value as never)
    else call?.reject(new RemoteError(message.error))
  }

  private fail(error: Error): void {
    for (const call of this.pending.values()) call.reject(error)
    this.pending.clear()
  }
}

/** Of a worker that only answers. */
export type NoEvents = Readonly<Record<never, never>>
