/** Writes content that need not be in memory as a whole. */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import type { Part } from '../dialects/onnx'
import { ByteRange } from '../engine'

export type Content = readonly Part[] | string

/** So many bytes are in memory at a time. */
const CHUNK = 2 ** 24
/** Zeros are left out in blocks of this size. */
const BLOCK = 2 ** 20
const NOTHING = Buffer.alloc(BLOCK)

/** The content in chunks of a size that is worth a write. Between them signals are heard. */
async function* chunksOf(content: Content): AsyncGenerator<Uint8Array> {
  if (typeof content === 'string') {
    yield Buffer.from(content)
    return
  }
  let [waiting, size]: [Uint8Array[], number] = [[], 0]
  for (const part of content) {
    for (let at = 0; at < part.length; at += CHUNK) {
      const length = Math.min(CHUNK, part.length - at)
      waiting.push(
        part instanceof ByteRange ? part.source.pass(part.offset + at, length) : part.subarray(at, at + length),
      )
      size += length
      if (size < CHUNK) continue
      yield joined(waiting)
      await new Promise((done) => setImmediate(done))
      ;[waiting, size] = [[], 0]
    }
  }
  if (size > 0) yield joined(waiting)
}

const joined = (parts: readonly Uint8Array[]): Uint8Array => (parts.length === 1 ? parts[0]! : Buffer.concat(parts))

/** Writes a new file. Long runs of zeros take no room on disk. */
export async function writeParts(file: number, content: Content): Promise<void> {
  let at = 0
  for await (const chunk of chunksOf(content)) {
    for (let from = 0; from < chunk.length; from += BLOCK) {
      const block = chunk.subarray(from, from + BLOCK)
      if (!NOTHING.subarray(0, block.length).equals(block)) writeAll(file, block, at + from)
    }
    at += chunk.length
  }
  ftruncateSync(file, at)
}

/** Writes to a pipe or a device. @param file null for the standard output */
export async function writeThrough(file: string | null, content: Content): Promise<void> {
  const to = file === null ? process.stdout.fd : openSync(file, 'w')
  try {
    for await (const chunk of chunksOf(content)) writeAll(to, chunk, null)
  } finally {
    if (file !== null) closeSync(to)
  }
}

const clock = new Int32Array(new SharedArrayBuffer(4))

function writeAll(file: number, bytes: Uint8Array, position: number | null): void {
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(file, bytes, at, bytes.length - at, position === null ? null : position + at)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      // A pipe that is full for now.
      Atomics.wait(clock, 0, 0, 5)
    }
  }
}
