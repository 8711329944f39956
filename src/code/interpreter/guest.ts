/** Entry of what runs inside the interpreter: the desk with the engine, and the foreign code beside it. */
import './globals'
import type { CodeCalls } from '../calls'
import { codeErrorOf } from '../code-error'
import { CodeDesk } from '../desk'
import { fromText, toText } from './wire'
import type { Beside } from './wire'

/** What the host lends; nothing of it can be reached once this has run. */
interface Lent {
  readonly lentRead: (index: number, from: number, length: number) => ArrayBuffer
  readonly lentPut: (bytes: ArrayBuffer) => number
  readonly lentBeat: () => void
  readonly lentRun: (code: string) => unknown
}

const scope = globalThis as unknown as Partial<Lent> & Record<string, unknown>
const { lentRead: read, lentPut: put, lentBeat: beat, lentRun: run } = scope as unknown as Lent
for (const name of ['lentRead', 'lentPut', 'lentBeat', 'lentRun']) Reflect.deleteProperty(scope, name)
// Indirect calls of it name the file in traces, which this interpreter learns from its host only.
scope['eval'] = run

/** A file that stays with the host, as far as the desk needs it. */
class FileBeside {
  constructor(
    readonly beside: Beside,
    readonly from: number,
    readonly size: number,
  ) {}

  slice(from: number, to: number): FileBeside {
    return new FileBeside(this.beside, this.from + from, to - from)
  }
}

const readFile = (file: unknown): Uint8Array => {
  const { beside, from, size } = file as FileBeside
  return new Uint8Array(read(beside.$beside, from, size))
}

const take = (beside: Beside): unknown =>
  beside.stays ? new FileBeside(beside, 0, beside.size) : new Uint8Array(read(beside.$beside, 0, beside.size))

const give = (bytes: Uint8Array | Blob): number => {
  const { buffer, byteOffset, length } = bytes as Uint8Array<ArrayBuffer>
  return put(buffer.slice(byteOffset, byteOffset + length))
}

const desk = new CodeDesk(readFile, () => beat())

/** @returns what the desk answers, as the text of a reply without its number */
function answer(name: keyof CodeCalls, args: string): string {
  try {
    const value = (desk[name] as (args: unknown) => unknown)(fromText(args, take))
    return toText({ type: 'result', value, log: desk.log() }, give)
  } catch (error) {
    const { reason, place } = codeErrorOf(error)
    return toText({ type: 'error', reason, place, log: desk.log() }, give)
  }
}

Object.defineProperty(globalThis, 'answer', { value: answer, writable: false, configurable: false })
