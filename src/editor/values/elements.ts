/** The elements of a tensor as bytes that are read where they lie, some at a time. */
import type { ConstantValue, DType } from '../../engine'
import { BITS, ConstantValue as Constant } from '../../engine'

/** Bytes somewhere. */
export interface Bytes {
  readonly length: number
  read(from: number, length: number): Promise<Uint8Array>
  /** All of it as parts of a file to be saved, without reading what lies in a file. */
  parts(): readonly BlobPart[]
}

/** A tensor whose elements can be read. */
export interface Elements {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly bytes: Bytes
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1)

export function bytesInMemory(bytes: Uint8Array): Bytes {
  return {
    length: bytes.length,
    read: (from, length) => Promise.resolve(bytes.subarray(from, from + length)),
    parts: () => [bytes as Uint8Array<ArrayBuffer>],
  }
}

export function bytesOfBlob(blob: Blob): Bytes {
  return {
    length: blob.size,
    read: async (from, length) => new Uint8Array(await blob.slice(from, from + length).arrayBuffer()),
    parts: () => [blob],
  }
}

/** The elements from one position up to another, as a constant of one axis; from an even one, where two share a byte. */
export async function readElements(
  { dtype, bytes }: Elements,
  from: number,
  to: number,
): Promise<{ readonly value: ConstantValue; readonly from: number }> {
  const bits = BITS[dtype]
  const start = bits < 8 ? from - (from % 2) : from
  const first = (start * bits) / 8
  const data = await bytes.read(first, Math.ceil((to * bits) / 8) - first)
  return { value: new Constant(dtype, [to - start], data), from: start }
}
