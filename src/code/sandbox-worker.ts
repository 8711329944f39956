/** Entry of the sandbox's worker. */
import { codeErrorOf } from './code-error'
import { CodeDesk } from './desk'
import { serveOnPort } from './worker-port'

serveOnPort(({ read, beat }) => {
  const desk = new CodeDesk((blob) => new Uint8Array(read(blob)), beat)
  return ({ id, name, args }) => {
    try {
      const value = (desk[name] as (args: unknown) => unknown)(args)
      return { type: 'result', id, value, log: desk.log() }
    } catch (error) {
      const { reason, place } = codeErrorOf(error)
      return { type: 'error', id, reason, place, log: desk.log() }
    }
  }
})
