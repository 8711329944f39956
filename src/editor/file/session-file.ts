/**
 * A session as a file, `*.graft`: gzip of one line of JSON that describes it, one line for each step, and the model's own
 * bytes where it is embedded. Gzip, because browsers and Node pack and unpack it beside the page's thread and check what
 * they unpack, and because `zcat` shows the text to anyone. The same description is what a visit is brought back from.
 */
import { checkTree, decode, decodePoint } from '../../engine'
import type { PlainTree } from '../../engine'
import type { KeptTree } from '../protocol/kept-steps'
import { verdicts } from './kept-verdicts'
import type { Breakpoint } from '../view/breakpoints'

const { DecodeError, count, flag, given, integer, list, literal, nullable, number, object, oneOf, partly, text } =
  decode

/** Grows whenever older readers would misread what is written. */
export const VERSION = 1

/** A session cannot be read, or is of another model: what is wrong, and where. Nothing was changed. */
export class SessionError extends Error {
  override readonly name = 'SessionError'
}

export const source = oneOf({
  gallery: partly({ type: literal('gallery'), id: text }, { dialect: literal('tensorrt') }),
  file: partly({ type: literal('file'), name: text, size: count }, { dialect: literal('tensorrt') }),
})

/** A branch that was deleted and can be brought back, by what it is called; its own point comes first. */
const deleted = object({ called: text, points: list(decodePoint) })

const breakpoint = oneOf({
  pattern: object({ type: literal('pattern'), label: text }),
  layer: object({ type: literal('layer'), layer: integer, name: text }),
  scope: object({ type: literal('scope'), path: text }),
  verdict: object({ type: literal('verdict') }),
})

const view = object({
  camera: nullable(object({ x: number, y: number, zoom: number })),
  open: list(text),
  /** Runs of equal blocks that are drawn as one box each. */
  folded: given(list(text), []),
  selected: nullable(text),
  /** null where they were never chosen: as many as fill the screen. */
  columns: given(nullable(list(text)), null),
  direction: given(literal('down', 'right'), 'down'),
})

const head = object({
  format: literal('graft-session'),
  version: literal(VERSION),
  /** `base` is the fingerprint of the network as it came; `bytes` of the embedded file, 0 for none. */
  model: object({ source, name: text, base: text, bytes: count }),
  target: literal('ort', 'onnx'),
  decisions: list(object({ label: text, on: flag, benefit: number })),
  rules: list(
    partly({ label: text, text, language: given(literal('rules', 'ts'), 'rules') }, { folder: text, foreign: flag }),
  ),
  /** What was deleted stands apart: a reader that does not know of it reads the rest as it is. */
  history: object({ cursor: count, points: list(decodePoint), deleted: given(list(deleted), []) }),
  /** Bytes of the lines of the steps. */
  steps: count,
  breakpoints: list(breakpoint),
  /** What comes from a file is checked anew. */
  verdicts,
  /** Symbolic sizes that a person gave. */
  sizes: list(object({ name: text, size: count })),
  view,
})

export type SessionHead = decode.Decoded<typeof head>

// What is written is what is read.
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never
const _tree: Same<SessionHead['history'], KeptTree> = true
const _breakpoint: Same<decode.Decoded<typeof breakpoint>, Breakpoint> = true
void [_tree, _breakpoint]

/** @throws SessionError for what is not a session that this Graft can read */
export function readHead(json: unknown): SessionHead {
  const { format, version } = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>
  if (format !== 'graft-session') throw new SessionError('This is not a Graft session.')
  if (typeof version === 'number' && version > VERSION)
    throw new SessionError(
      `A newer Graft wrote this session (format ${version}; this one reads ${VERSION}). Open it there.`,
    )
  try {
    const read = head(json, 'session')
    checkTree(wholeTree(read.history), 'session.history')
    return read
  } catch (error) {
    if (error instanceof DecodeError) throw new SessionError(`The session is damaged at ${error.message}.`)
    throw error
  }
}

/** The tree as it was before anything was deleted: what was deleted last grows first. */
export function wholeTree({ cursor, points, deleted: gone }: KeptTree): PlainTree {
  return { cursor, points: [...points, ...gone.toReversed().flatMap((d) => d.points)] }
}

export interface SessionParts {
  readonly head: SessionHead
  /** A line of JSON for each step. */
  readonly steps: Uint8Array<ArrayBuffer>
  readonly model: Blob | null
}

/** @returns the file */
export function writeSession({ head: told, steps, model }: SessionParts): Promise<Blob> {
  const line = JSON.stringify({ ...told, steps: steps.length, model: { ...told.model, bytes: model?.size ?? 0 } })
  const whole = new Blob([`${line}\n`, steps, ...(model ? [model] : [])])
  return new Response(whole.stream().pipeThrough(new CompressionStream('gzip'))).blob()
}

/** @throws SessionError for a file that is damaged, foreign, or from a newer Graft */
export async function readSession(file: Blob): Promise<SessionParts> {
  if (!(await isPacked(file))) throw new SessionError('This is not a Graft session: it is not packed as one.')
  const whole = await unpacked(file)
  const end = whole.indexOf(10)
  if (end < 0) throw new SessionError('This is not a Graft session.')
  const told = readHead(parsed(whole.subarray(0, end)))
  const from = end + 1 + told.steps
  if (from + told.model.bytes !== whole.length)
    throw new SessionError(
      `The session is damaged: it should hold ${from + told.model.bytes} bytes and has ${whole.length}.`,
    )
  const model = told.model.bytes > 0 ? new Blob([whole.subarray(from)]) : null
  return { head: told, steps: whole.slice(end + 1, from), model }
}

/** Whether a file begins as a packed one does, whatever it is called. */
export async function isPacked(file: Blob): Promise<boolean> {
  const [a, b] = new Uint8Array(await file.slice(0, 2).arrayBuffer())
  return a === 0x1f && b === 0x8b
}

async function unpacked(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await new Response(file.stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer())
  } catch {
    throw new SessionError('The session is damaged: it ends early, or its checksum is wrong. Take another copy of it.')
  }
}

function parsed(line: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(line)) as unknown
  } catch {
    throw new SessionError('This is not a Graft session.')
  }
}
