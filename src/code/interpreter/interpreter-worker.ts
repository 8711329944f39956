/** Entry of the worker for patterns that came from others: what it is asked, an interpreter answers. */
import variant from '@jitl/quickjs-singlefile-browser-release-sync'
import type { QuickJSSyncVariant } from 'quickjs-emscripten-core'
import type { CodeReply } from '../calls'
import type { CodeError } from '../code-error'
import { codeErrorOf } from '../code-error'
import { serveOnPort } from '../worker-port'
import { Interpreter } from './interpreter'

/** The program of `guest.ts`, put here when the page is built. */
declare const GUEST: string

serveOnPort(async ({ now, read, beat }) => {
  const readFile = (file: Blob, from: number, length: number): ArrayBuffer => read(file.slice(from, from + length))
  const interpreter = await Interpreter.start(variant as QuickJSSyncVariant, GUEST, { now, readFile, beat })
  /** Whatever ended the interpreter ends all that is asked of it. */
  let over: CodeError | null = null
  return ({ id, name, args }) => {
    try {
      if (over) throw over
      return { ...interpreter.ask(name, args as never), id } as CodeReply
    } catch (error) {
      over = codeErrorOf(error)
      return { type: 'error', id, reason: over.reason, place: over.place, log: [] }
    }
  }
})
