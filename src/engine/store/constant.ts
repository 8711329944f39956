import { ByteRange } from './bytes'
import { bfloatToNumber, halfToNumber, numberToBfloat, numberToHalf } from './half'
import type { DType, Shape } from './types'

/** Bits of one element as stored; 4-bit types pack two to a byte, low nibble first. Strings have no fixed size. */
export const BITS: Readonly<Record<DType, number>> = {
  float32: 32,
  float64: 64,
  float16: 16,
  bfloat16: 16,
  int4: 4,
  int8: 8,
  int16: 16,
  int32: 32,
  int64: 64,
  uint4: 4,
  uint8: 8,
  uint16: 16,
  uint32: 32,
  uint64: 64,
  bool: 8,
  string: 0,
  complex64: 64,
  complex128: 128,
  float8e4m3fn: 8,
  float8e4m3fnuz: 8,
  float8e5m2: 8,
  float8e5m2fnuz: 8,
}

/** Where the bytes of a constant lie when they are not in the model file itself. */
export interface ExternalLocation {
  readonly location: string
  readonly offset: number
  readonly length: number | null
}

/**
 * The value of a constant tensor: little-endian elements in row-major order. They may lie in a file, and are read from it when
 * somebody asks for `bytes`. Immutable; whoever changes a weight makes a new one. `bytes` is null where the data are not to be had
 * (external and not given, or left out of a replica because of their size).
 */
export class ConstantValue {
  /** What `scalar` gave: rules ask it of the same constants over and over. */
  #scalar: number | null | undefined = undefined

  constructor(
    readonly dtype: DType,
    readonly shape: readonly number[],
    /** The bytes, or where they lie; whoever wants to have them asks for `bytes`. */
    readonly data: Uint8Array | ByteRange | null,
    readonly strings: readonly string[] | null = null,
    readonly external: ExternalLocation | null = null,
  ) {}

  get bytes(): Uint8Array | null {
    return this.data instanceof ByteRange ? this.data.read() : this.data
  }

  /** How many bytes there are, without reading them; null where they are not to be had. */
  get byteLength(): number | null {
    return this.data?.length ?? null
  }

  /** The first so many bytes, or all there are. */
  head(length: number): Uint8Array | null {
    const { data } = this
    if (!(data instanceof ByteRange)) return data && data.subarray(0, length)
    return data.source.read(data.offset, Math.min(length, data.length))
  }

  /** Number of elements. */
  get size(): number {
    let n = 1
    for (const d of this.shape) n *= d
    return n
  }

  /** Whether the data are here; false where they stayed in another file or thread. */
  get isAvailable(): boolean {
    return this.data !== null || this.strings !== null
  }

  /** Elements as numbers; 64-bit integers beyond 2^53 round. Throws where the data are not here or are not numbers. */
  numbers(): ArrayLike<number> {
    return decode(this)
  }

  /** As `numbers`, in an array of their own. Not by Array.from, which walks an iterator. */
  toArray(): number[] {
    const numbers = decode(this)
    const out = new Array<number>(numbers.length)
    for (let i = 0; i < out.length; i++) out[i] = numbers[i]!
    return out
  }

  /** Elements of an integer constant, exact. */
  bigints(): bigint[] {
    if (this.dtype === 'int64' || this.dtype === 'uint64') {
      const v = view(this)
      return Array.from({ length: this.size }, (_, i) =>
        this.dtype === 'int64' ? v.getBigInt64(i * 8, true) : v.getBigUint64(i * 8, true),
      )
    }
    return Array.from(this.numbers(), BigInt)
  }

  /** Whether the elements can be read as numbers: not of strings, nor of small floats of which nothing is computed. */
  get isNumeric(): boolean {
    return READ[this.dtype] !== undefined
  }

  /** The one element of a one-element constant, however it is shaped; otherwise null. */
  scalar(): number | null {
    if (this.#scalar !== undefined) return this.#scalar
    const isScalar = this.size === 1 && this.data !== null && this.isNumeric
    return (this.#scalar = isScalar ? (this.numbers()[0] ?? null) : null)
  }

  /** The element at `index` in row-major order, without decoding the others; as `numbers` gives it, and throwing like it. */
  at(index: number): number {
    return readerOf(this)(view(this), index)
  }

  /** Whether both hold the same elements under the same type and shape. */
  equals(other: ConstantValue): boolean {
    if (this === other) return true
    if (this.dtype !== other.dtype || this.shape.length !== other.shape.length) return false
    if (this.shape.some((d, i) => d !== other.shape[i])) return false
    if (this.strings || other.strings) return JSON.stringify(this.strings) === JSON.stringify(other.strings)
    const a = this.data
    const b = other.data
    if (!a || !b) return a === b && JSON.stringify(this.external) === JSON.stringify(other.external)
    if (a === b || isSameRange(a, b)) return true
    return (
      a.length === b.length && sameBytes(this.head(FIRST)!, other.head(FIRST)!) && sameBytes(this.bytes!, other.bytes!)
    )
  }

  /** The same elements under another shape of the same size. */
  reshaped(shape: readonly number[]): ConstantValue {
    const out = new ConstantValue(this.dtype, shape, this.data, this.strings, this.external)
    if (out.size !== this.size) throw new RangeError(`cannot reshape ${this.size} elements to [${shape.join(',')}]`)
    return out
  }

  /** Rounds each number once to `dtype`. Integers saturate to their range. */
  static of(dtype: DType, shape: readonly number[], values: ArrayLike<number>): ConstantValue {
    return new ConstantValue(dtype, shape, encode(dtype, values))
  }

  /** A constant of rank 0. */
  static scalarOf(dtype: DType, value: number): ConstantValue {
    return ConstantValue.of(dtype, [], [value])
  }

  /** A constant of int64, whose elements may lie beyond 2^53. */
  static ofBigints(shape: readonly number[], values: readonly bigint[]): ConstantValue {
    return new ConstantValue('int64', shape, new Uint8Array(BigInt64Array.from(values).buffer))
  }
}

/** So many bytes tell most constants apart. */
const FIRST = 256

function isSameRange(a: Uint8Array | ByteRange, b: Uint8Array | ByteRange): boolean {
  if (!(a instanceof ByteRange && b instanceof ByteRange)) return false
  return a.source === b.source && a.offset === b.offset && a.length === b.length
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** Whether an attribute or a plain value is a constant. */
export function isConstantValue(x: unknown): x is ConstantValue {
  return x instanceof ConstantValue
}

/** How many bytes `shape` elements of `dtype` take; null where the shape is not static or the type has no size. */
export function byteSize(dtype: DType, shape: Shape): number | null {
  let n = 1
  for (const d of shape) {
    if (typeof d !== 'number') return null
    n *= d
  }
  const bits = BITS[dtype]
  return bits === 0 ? null : Math.ceil((n * bits) / 8)
}

function view(c: ConstantValue): DataView {
  const { bytes } = c
  if (!bytes) throw new Error(`constant data are not available${c.external ? ` (in ${c.external.location})` : ''}`)
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

type Reader = (v: DataView, i: number) => number
const READ: Partial<Record<DType, Reader>> = {
  float32: (v, i) => v.getFloat32(i * 4, true),
  float64: (v, i) => v.getFloat64(i * 8, true),
  float16: (v, i) => halfToNumber(v.getUint16(i * 2, true)),
  bfloat16: (v, i) => bfloatToNumber(v.getUint16(i * 2, true)),
  int8: (v, i) => v.getInt8(i),
  uint8: (v, i) => v.getUint8(i),
  bool: (v, i) => v.getUint8(i),
  int16: (v, i) => v.getInt16(i * 2, true),
  uint16: (v, i) => v.getUint16(i * 2, true),
  int32: (v, i) => v.getInt32(i * 4, true),
  uint32: (v, i) => v.getUint32(i * 4, true),
  int64: (v, i) => Number(v.getBigInt64(i * 8, true)),
  uint64: (v, i) => Number(v.getBigUint64(i * 8, true)),
  int4: (v, i) => (nibble(v, i) << 28) >> 28,
  uint4: (v, i) => nibble(v, i),
}

function readerOf(c: ConstantValue): Reader {
  const read = READ[c.dtype]
  if (!read) throw new Error(`elements of type ${c.dtype} cannot be read as numbers`)
  return read
}

function decode(c: ConstantValue): ArrayLike<number> {
  const v = view(c)
  if (c.dtype === 'float32') {
    // Where they lie askew in a file, the bytes are copied: far cheaper than to read each element.
    const { buffer, byteOffset } = v.byteOffset % 4 === 0 ? v : new Uint8Array(c.bytes!)
    return new Float32Array(buffer, byteOffset, c.size)
  }
  const read = readerOf(c)
  const out = new Float64Array(c.size)
  for (let i = 0; i < out.length; i++) out[i] = read(v, i)
  return out
}

const MIN_INT64 = -(2n ** 63n)
const MAX_INT64 = 2n ** 63n - 1n
const MAX_UINT64 = 2n ** 64n - 1n

function bigs<T extends BigInt64Array | BigUint64Array>(
  out: T,
  values: ArrayLike<number>,
  low: bigint,
  high: bigint,
): T {
  for (let i = 0; i < out.length; i++) out[i] = clampBig(values[i]!, low, high)
  return out
}

function encode(dtype: DType, values: ArrayLike<number>): Uint8Array {
  const n = values.length
  switch (dtype) {
    case 'float32':
      return bytesOf(new Float32Array(values))
    case 'float64':
      return bytesOf(new Float64Array(values))
    case 'float16':
      return bytesOf(written(new Uint16Array(n), values, numberToHalf))
    case 'bfloat16':
      return bytesOf(written(new Uint16Array(n), values, numberToBfloat))
    case 'int64':
      return bytesOf(bigs(new BigInt64Array(n), values, MIN_INT64, MAX_INT64))
    case 'uint64':
      return bytesOf(bigs(new BigUint64Array(n), values, 0n, MAX_UINT64))
    case 'int32':
      return bytesOf(written(new Int32Array(n), values, (x) => clamp(x, -(2 ** 31), 2 ** 31 - 1)))
    case 'uint32':
      return bytesOf(written(new Uint32Array(n), values, (x) => clamp(x, 0, 2 ** 32 - 1)))
    case 'int16':
      return bytesOf(written(new Int16Array(n), values, (x) => clamp(x, -32768, 32767)))
    case 'uint16':
      return bytesOf(written(new Uint16Array(n), values, (x) => clamp(x, 0, 65535)))
    case 'int8':
      return bytesOf(written(new Int8Array(n), values, (x) => clamp(x, -128, 127)))
    case 'uint8':
      return bytesOf(written(new Uint8Array(n), values, (x) => clamp(x, 0, 255)))
    case 'bool':
      return bytesOf(written(new Uint8Array(n), values, (x) => (x ? 1 : 0)))
    default:
      throw new Error(`cannot write ${n} elements of type ${dtype}`)
  }
}

/** Not by `from`, which walks an iterator. */
function written<T extends { [i: number]: number }>(out: T, values: ArrayLike<number>, of: (x: number) => number): T {
  for (let i = 0; i < values.length; i++) out[i] = of(values[i]!)
  return out
}

function bytesOf(a: ArrayBufferView): Uint8Array {
  return new Uint8Array(a.buffer, a.byteOffset, a.byteLength)
}

function clamp(x: number, lo: number, hi: number): number {
  return Math.min(Math.max(Math.trunc(x), lo), hi)
}

function clampBig(x: number, lo: bigint, hi: bigint): bigint {
  const big = BigInt(Math.trunc(x))
  return big < lo ? lo : big > hi ? hi : big
}

function nibble(v: DataView, i: number): number {
  const b = v.getUint8(i >> 1)
  return i % 2 ? b >> 4 : b & 15
}
