import type { CodeReply, CodeRequest } from './calls'
import { codeErrorOf } from './code-error'
import { confine } from './confine'

interface Scope {
  onmessage: ((event: MessageEvent) => void) | null
}
const scope = globalThis as unknown as Scope

/** Milliseconds between two signs of life. */
const BEAT = 400

/** What a worker keeps of the platform: taken hold of before anything foreign runs, and not to be reached afterwards. */
export interface Holdings {
  readonly now: () => number
  readonly read: (blob: Blob) => ArrayBuffer
  /** A sign of life, now and then. */
  readonly beat: () => void
}

/** Answers one request; it throws nothing. */
export type Answer = (request: CodeRequest) => CodeReply

/** Takes the port that leads to the host of a worker, gives up all else that the worker has, and answers what is asked on it. */
export function serveOnPort(start: (held: Holdings) => Answer | Promise<Answer>): void {
  scope.onmessage = ({ ports }) => {
    scope.onmessage = null
    const [port] = ports
    if (port) void serve(port, start)
  }
}

async function serve(port: MessagePort, start: (held: Holdings) => Answer | Promise<Answer>): Promise<void> {
  const send = MessagePort.prototype.postMessage.bind(port) as (reply: CodeReply) => void
  const read = FileReaderSync.prototype.readAsArrayBuffer.bind(new FileReaderSync())
  const now = performance.now.bind(performance)
  let since = now()
  const beat = (): void => {
    if (now() - since < BEAT) return
    since = now()
    send({ type: 'beat' })
  }
  const answer = await start({ now, read, beat })
  port.onmessage = ({ data }: MessageEvent<CodeRequest>) => {
    since = now()
    try {
      send(answer(data))
    } catch (error) {
      // What was given cannot be sent.
      const { reason, place } = codeErrorOf(error)
      send({ type: 'error', id: data.id, reason, place, log: [] })
    }
  }
  confine(globalThis)
  send({ type: 'beat' })
}
