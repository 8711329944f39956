/** Entry of the worker for patterns that came from others: what it is asked, an interpreter answers. */
import variant from '@jitl/quickjs-singlefile-browser-release-sync'
import type { QuickJSSyncVariant } from 'quickjs-emscripten-core'
import type { CodeReply, CodeRequest } from '../calls'
import { confine } from '../confine'
import type { CodeError } from '../code-error'
import { codeErrorOf } from '../code-error'
import { Interpreter } from './interpreter'

/** The program of `guest.ts`, put here when the page is built. */
declare const GUEST: string

interface Scope {
  onmessage: ((event: MessageEvent) => void) | null
}
const scope = globalThis as unknown as Scope

/** Milliseconds between two signs of life. */
const BEAT = 400

scope.onmessage = ({ ports }) => {
  scope.onmessage = null
  const [port] = ports
  if (port) void answer(port)
}

async function answer(port: MessagePort): Promise<void> {
  const send = MessagePort.prototype.postMessage.bind(port) as (reply: CodeReply) => void
  const read = FileReaderSync.prototype.readAsArrayBuffer.bind(new FileReaderSync())
  const now = performance.now.bind(performance)
  let since = now()
  const beat = (): void => {
    if (now() - since < BEAT) return
    since = now()
    send({ type: 'beat' })
  }
  const readFile = (file: Blob, from: number, length: number): ArrayBuffer => read(file.slice(from, from + length))
  const interpreter = await Interpreter.start(variant as QuickJSSyncVariant, GUEST, { now, readFile, beat })
  /** Whatever ended the interpreter ends all that is asked of it. */
  let over: CodeError | null = null
  port.onmessage = ({ data }: MessageEvent<CodeRequest>) => {
    const { id, name, args } = data
    try {
      if (over) throw over
      send({ ...interpreter.ask(name, args as never), id } as CodeReply)
    } catch (error) {
      over = codeErrorOf(error)
      send({ type: 'error', id, reason: over.reason, place: over.place, log: [] })
    }
  }
  confine(globalThis)
  send({ type: 'beat' })
}
