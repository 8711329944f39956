/** Entry of the sandbox's worker: takes the port that leads to its host, gives up all else that it has, and answers. */
import type { CodeReply, CodeRequest } from './calls'
import { CodeDesk } from './desk'
import { confine } from './confine'
import { codeErrorOf } from './code-error'

interface Scope {
  onmessage: ((event: MessageEvent) => void) | null
}
const scope = globalThis as unknown as Scope

/** Milliseconds between two signs of life. */
const BEAT = 400

scope.onmessage = ({ ports }) => {
  scope.onmessage = null
  const [port] = ports
  if (port) answer(port)
}

/** All that is needed of the platform is taken hold of before anything foreign runs, and nothing of it can be reached afterwards. */
function answer(port: MessagePort): void {
  const send = MessagePort.prototype.postMessage.bind(port) as (reply: CodeReply) => void
  const reader = FileReaderSync.prototype
  const read = reader.readAsArrayBuffer.bind(new FileReaderSync())
  const now = performance.now.bind(performance)
  let since = now()
  const beat = (): void => {
    if (now() - since < BEAT) return
    since = now()
    send({ type: 'beat' })
  }
  const desk = new CodeDesk((blob) => new Uint8Array(read(blob)), beat)
  port.onmessage = ({ data }: MessageEvent<CodeRequest>) => {
    const { id, name, args } = data
    since = now()
    try {
      const value = (desk[name] as (args: unknown) => unknown)(args)
      send({ type: 'result', id, value, log: desk.log() })
    } catch (error) {
      const { reason, place } = codeErrorOf(error)
      send({ type: 'error', id, reason, place, log: desk.log() })
    }
  }
  confine(globalThis)
  send({ type: 'beat' })
}
