/** Encoded messages in parts, so that what lies in a file need not be read to be written. */
import { ByteRange } from '../../../engine'

/** Some bytes, or where they lie. */
export type Part = Uint8Array | ByteRange

const LENGTH_DELIMITED = 2

/** Tag and length of a length-delimited field. */
export function header(number: number, length: number): Uint8Array {
  const out: number[] = []
  for (let x of [number * 8 + LENGTH_DELIMITED, length]) {
    for (; x >= 128; x = Math.floor(x / 128)) out.push((x % 128) | 128)
    out.push(x)
  }
  return Uint8Array.from(out)
}

export const lengthOf = (parts: readonly Part[]): number => parts.reduce((n, p) => n + p.length, 0)

/** All of it, read where it has to be. */
export function joined(parts: readonly Part[]): Uint8Array {
  if (parts.length === 1 && parts[0] instanceof Uint8Array) return parts[0]
  const out = new Uint8Array(lengthOf(parts))
  let at = 0
  for (const part of parts) {
    out.set(part instanceof ByteRange ? part.source.pass(part.offset, part.length) : part, at)
    at += part.length
  }
  return out
}
