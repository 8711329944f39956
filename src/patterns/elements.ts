/**
 * Elements of constants put elsewhere, as they are: nothing is decoded, so that half floats cost what floats do. Fresh memory
 * costs more than all that is done with it, so that a constant is never copied as a whole where it lies askew in its file.
 */
import { BITS, ConstantValue } from '../engine'

type Words = Uint8Array | Uint16Array | Uint32Array | BigUint64Array

const ARRAYS = { 8: Uint8Array, 16: Uint16Array, 32: Uint32Array, 64: BigUint64Array } as const

/** Arrays of unsigned words of an element's width. @throws Error where the data are not here, or elements share a byte */
function wordArray({ bytes, dtype }: ConstantValue): new (buffer: ArrayBuffer | number) => Words {
  const Words = ARRAYS[BITS[dtype] as keyof typeof ARRAYS]
  if (!bytes || !Words)
    throw new Error(`elements of type ${dtype} cannot be moved${bytes ? '' : ': they are not here'}`)
  return Words
}

/** Matrices of one type and equal height side by side. */
export function joinColumns(parts: readonly ConstantValue[]): ConstantValue {
  const first = parts[0]!
  if (parts.length === 1) return first
  const rows = first.shape[0]!
  const width = parts.reduce((n, p) => n + p.shape[1]!, 0)
  const [elementBytes = 0] = parts.map((p) => wordArray(p).prototype.BYTES_PER_ELEMENT)
  const out = new Uint8Array(rows * width * elementBytes)
  let left = 0
  for (const { bytes, shape } of parts) {
    const own = shape[1]! * elementBytes
    for (let r = 0, to = left; r < rows; r++, to += width * elementBytes)
      out.set(bytes!.subarray(r * own, (r + 1) * own), to)
    left += own
  }
  return new ConstantValue(first.dtype, [rows, width], out)
}

/** Rows that are transposed together: what a column of them becomes lies together, and they stay in the cache meanwhile. */
const TILE = 8

/** A matrix [rows, columns] as its transpose, under a shape of the same size. */
export function transposedMatrix(c: ConstantValue, shape: readonly number[]): ConstantValue {
  const [rows = 0, columns = 0] = c.shape
  const Words = wordArray(c)
  const tile = new Words(TILE * columns)
  const tileBytes = new Uint8Array(tile.buffer)
  const to = new Words(rows * columns)
  for (let top = 0; top < rows; top += TILE) {
    const from = top * columns * tile.BYTES_PER_ELEMENT
    tileBytes.set(c.bytes!.subarray(from, from + tileBytes.length))
    transposeTile(tile, to, top, Math.min(TILE, rows - top), rows, columns)
  }
  return new ConstantValue(c.dtype, shape, new Uint8Array(to.buffer as ArrayBuffer))
}

/** Puts rows from `top` on, `height` of them, where they lie in the transpose. */
function transposeTile(tile: Words, to: Words, top: number, height: number, rows: number, columns: number): void {
  for (let c = 0, at = top; c < columns; c++, at += rows)
    for (let r = 0, i = c; r < height; r++, i += columns) to[at + r] = tile[i]!
}
