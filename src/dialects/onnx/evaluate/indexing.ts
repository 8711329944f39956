import { BITS, ConstantValue } from '../../../engine'

/** Distance between neighbours along each axis, in elements. */
export function stridesOf(shape: readonly number[]): number[] {
  const out = new Array<number>(shape.length)
  let stride = 1
  for (let i = shape.length - 1; i >= 0; i--) {
    out[i] = stride
    stride *= shape[i]!
  }
  return out
}

export function sizeOfShape(shape: readonly number[]): number {
  return shape.reduce((n, d) => n * d, 1)
}

/** Where each element of `shape` lies in a buffer that starts at `offset` and has the given strides. */
export function strided(shape: readonly number[], strides: readonly number[], offset = 0): Int32Array {
  const out = new Int32Array(sizeOfShape(shape))
  if (out.length === 0) return out
  const at = new Array<number>(shape.length).fill(0)
  let from = offset
  for (let i = 0; i < out.length; i++) {
    out[i] = from
    for (let k = shape.length - 1; k >= 0; k--) {
      from += strides[k]!
      if (++at[k]! < shape[k]!) break
      from -= strides[k]! * shape[k]!
      at[k] = 0
    }
  }
  return out
}

/** For each element of `out`, which element of `shape` broadcasts to it. */
export function broadcastIndex(out: readonly number[], shape: readonly number[]): Int32Array {
  const own = stridesOf(shape)
  const lead = out.length - shape.length
  return strided(
    out,
    out.map((_, i) => (i < lead || shape[i - lead] === 1 ? 0 : own[i - lead]!)),
  )
}

/** numpy's broadcast shape of static shapes; null where they do not fit. */
export function broadcastStatic(shapes: readonly (readonly number[])[]): number[] | null {
  const rank = Math.max(0, ...shapes.map((s) => s.length))
  const out = new Array<number>(rank).fill(1)
  for (const shape of shapes) {
    for (let i = 0; i < shape.length; i++) {
      const k = rank - shape.length + i
      const d = shape[i]!
      if (out[k] === 1) out[k] = d
      else if (d !== 1 && d !== out[k]) return null
    }
  }
  return out
}

/** The elements at `index`, in that order, whatever their type. Null for types that pack more than one to a byte. */
export function take(value: ConstantValue, shape: readonly number[], index: ArrayLike<number>): ConstantValue | null {
  const { dtype, bytes, strings } = value
  if (strings) {
    return new ConstantValue(
      dtype,
      shape,
      null,
      Array.from(index, (i) => strings[i]!),
    )
  }
  const width = BITS[dtype] / 8
  if (!bytes || width < 1) return null
  const out = new Uint8Array(index.length * width)
  if (width === 4 && bytes.byteOffset % 4 === 0) {
    const from = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
    const to = new Uint32Array(out.buffer)
    for (let i = 0; i < to.length; i++) to[i] = from[index[i]!]!
  } else {
    for (let i = 0; i < index.length; i++) {
      const start = index[i]! * width
      for (let k = 0; k < width; k++) out[i * width + k] = bytes[start + k]!
    }
  }
  return new ConstantValue(dtype, shape, out)
}
