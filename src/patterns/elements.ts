/** Elements of constants put elsewhere, as they are: nothing is decoded, so that half floats cost what floats do. */
import { BITS, ConstantValue } from '../engine'

type Words = Uint8Array | Uint16Array | Uint32Array | BigUint64Array

const ARRAYS = { 8: Uint8Array, 16: Uint16Array, 32: Uint32Array, 64: BigUint64Array } as const

/** The elements as unsigned words of their width. @throws Error where the data are not here, or elements share a byte */
function wordsOf({ bytes, dtype }: ConstantValue): Words {
  const Words = ARRAYS[BITS[dtype] as keyof typeof ARRAYS]
  if (!bytes || !Words)
    throw new Error(`elements of type ${dtype} cannot be moved${bytes ? '' : ': they are not here'}`)
  const { byteOffset, byteLength } = bytes
  const isAligned = byteOffset % Words.BYTES_PER_ELEMENT === 0
  const { buffer, start } = isAligned
    ? { buffer: bytes.buffer, start: byteOffset }
    : { buffer: bytes.slice().buffer, start: 0 }
  return new Words(buffer as ArrayBuffer, start, byteLength / Words.BYTES_PER_ELEMENT)
}

function constantOf(like: ConstantValue, shape: readonly number[], words: Words): ConstantValue {
  return new ConstantValue(like.dtype, shape, new Uint8Array(words.buffer, words.byteOffset, words.byteLength))
}

function emptyLike(words: Words, size: number): Words {
  return new (words.constructor as new (size: number) => Words)(size)
}

/** Matrices of one type and equal height side by side. */
export function joinColumns(parts: readonly ConstantValue[]): ConstantValue {
  const first = parts[0]!
  if (parts.length === 1) return first
  const rows = first.shape[0]!
  const width = parts.reduce((n, p) => n + p.shape[1]!, 0)
  const sources = parts.map(wordsOf)
  const out = emptyLike(sources[0]!, rows * width)
  let left = 0
  sources.forEach((from, n) => {
    const own = parts[n]!.shape[1]!
    for (let r = 0; r < rows; r++) out.set(from.subarray(r * own, (r + 1) * own) as never, r * width + left)
    left += own
  })
  return constantOf(first, [rows, width], out)
}

/** A matrix [rows, columns] as its transpose, under a shape of the same size. */
export function transposedMatrix(c: ConstantValue, shape: readonly number[]): ConstantValue {
  const [rows = 0, columns = 0] = c.shape
  const from = wordsOf(c)
  const to = emptyLike(from, from.length)
  for (let r = 0, i = 0; r < rows; r++) for (let at = r, end = i + columns; i < end; i++, at += rows) to[at] = from[i]!
  return constantOf(c, shape, to)
}
