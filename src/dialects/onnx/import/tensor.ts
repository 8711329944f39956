import { BITS, ByteRange, type ByteSource, ConstantValue, type DType } from '../../../engine'
import { dtypeOf } from '../proto/element-types'
import type { Int64, SparseTensorProto, TensorProto } from '../proto/messages'
import { OnnxImportError, REEXPORT } from './error'
import { OWN_FILE } from './outline'

/** External files by the name that the model gives them. */
export type ExternalFiles = ReadonlyMap<string, Uint8Array | ByteSource>

/** What is smaller is read at once: shapes and scalars are looked at again and again. */
const READ_AT_ONCE = 4096

/** A sparse tensor is opened by making it dense, up to this many bytes. */
const MAX_DENSE_BYTES = 2 ** 28

/**
 * The constant that a TensorProto holds. `raw_data` stays a view on the file's buffer. Data in a file that was not given
 * make a constant without bytes; `missing` is told its location.
 * @throws OnnxImportError where the sizes do not fit together
 */
export function constantOf(
  proto: TensorProto,
  where: string,
  files: ExternalFiles,
  missing: (location: string) => void,
): ConstantValue {
  const dtype = dtypeOf(proto.data_type)
  if (!dtype) {
    throw new OnnxImportError(
      `Element type ${proto.data_type ?? 0} is unknown`,
      where,
      'Graft reads the element types of ONNX up to 4-bit integers and 8-bit floats.',
    )
  }
  const shape = staticShape(proto.dims, where)
  if (proto.data_location === 1) return externalConstant(proto, dtype, shape, where, files, missing)
  const count = shape.reduce((n, d) => n * d, 1)
  if (dtype === 'string') {
    expectCount(proto.string_data.length, count, 'strings', where)
    const decoder = new TextDecoder()
    return new ConstantValue(
      dtype,
      shape,
      null,
      proto.string_data.map((s) => decoder.decode(s)),
    )
  }
  const wanted = Math.ceil((count * BITS[dtype]) / 8)
  const bytes = proto.raw_data?.length ? proto.raw_data : typedBytes(proto, dtype, where)
  expectCount(bytes.length, wanted, `bytes of ${dtype} [${shape.join(',')}]`, where)
  return new ConstantValue(dtype, shape, bytes)
}

function staticShape(dims: readonly Int64[], where: string): number[] {
  let size = 1
  return dims.map((d) => {
    if (typeof d !== 'number' || d < 0) throw new OnnxImportError(`A dimension of ${d}`, where, REEXPORT)
    size *= d
    if (size > 2 ** 48) throw new OnnxImportError(`A shape of [${dims.join(',')}] is too large`, where, REEXPORT)
    return d
  })
}

function expectCount(found: number, wanted: number, unit: string, where: string): void {
  if (found === wanted) return
  throw new OnnxImportError(`${found} in place of ${wanted} ${unit}`, where, REEXPORT)
}

/** The typed fields as little-endian bytes. */
function typedBytes(proto: TensorProto, dtype: DType, where: string): Uint8Array {
  switch (dtype) {
    case 'float32':
    case 'complex64':
      return joined(proto.float_data)
    case 'float64':
    case 'complex128':
      return joined(proto.double_data)
    case 'int64':
      return bytesOf(BigInt64Array.from(proto.int64_data, BigInt))
    case 'uint64':
      return bytesOf(BigUint64Array.from(proto.uint64_data, BigInt))
    case 'uint32':
      return bytesOf(Uint32Array.from(proto.uint64_data, Number))
    case 'int32':
      return bytesOf(Int32Array.from(proto.int32_data))
    case 'string':
      throw new OnnxImportError('Strings cannot be read as bytes', where, REEXPORT)
    default:
      return BITS[dtype] === 16
        ? bytesOf(Uint16Array.from(proto.int32_data))
        : bytesOf(Uint8Array.from(proto.int32_data))
  }
}

function bytesOf(a: ArrayBufferView): Uint8Array {
  return new Uint8Array(a.buffer, a.byteOffset, a.byteLength)
}

function joined(runs: readonly Uint8Array[]): Uint8Array {
  if (runs.length === 1) return runs[0]!
  const out = new Uint8Array(runs.reduce((n, r) => n + r.length, 0))
  let at = 0
  for (const run of runs) {
    out.set(run, at)
    at += run.length
  }
  return out
}

function externalConstant(
  proto: TensorProto,
  dtype: DType,
  shape: readonly number[],
  where: string,
  files: ExternalFiles,
  missing: (location: string) => void,
): ConstantValue {
  const entries = new Map(proto.external_data.map((e) => [e.key ?? '', e.value ?? '']))
  const location = entries.get('location') ?? ''
  const offset = Number(entries.get('offset') ?? 0)
  const given = entries.has('length') ? Number(entries.get('length')) : null
  if (!location || !isSize(offset) || (given !== null && !isSize(given))) {
    throw new OnnxImportError('The place of external data is not given', where, REEXPORT)
  }
  const external = { location, offset, length: given }
  const file = files.get(location) ?? files.get(location.replace(/^\.\//, ''))
  if (!file) {
    missing(location)
    return new ConstantValue(dtype, shape, null, null, external)
  }
  const wanted = Math.ceil((shape.reduce((n, d) => n * d, 1) * BITS[dtype]) / 8)
  expectCount(given ?? wanted, wanted, `bytes of ${dtype} [${shape.join(',')}]`, where)
  if (offset + wanted > file.length) {
    throw new OnnxImportError(
      `${location} has ${file.length} bytes, but bytes ${offset} to ${offset + wanted} are needed`,
      where,
      'It is not the data file that belongs to this model, or it is incomplete.',
    )
  }
  // What lies in the model's own file does so like any other data of it.
  const elsewhere = location === OWN_FILE ? null : external
  return new ConstantValue(dtype, shape, part(file, offset, wanted), null, elsewhere)
}

function part(file: Uint8Array | ByteSource, offset: number, length: number): Uint8Array | ByteRange {
  if (file instanceof Uint8Array) return file.subarray(offset, offset + length)
  return length <= READ_AT_ONCE ? file.read(offset, length) : new ByteRange(file, offset, length)
}

function isSize(x: number): boolean {
  return Number.isSafeInteger(x) && x >= 0
}

/** A sparse tensor made dense: ConstantValue has no sparse form. */
export function denseConstantOf(sparse: SparseTensorProto, where: string, files: ExternalFiles): ConstantValue {
  const none = () => {
    throw new OnnxImportError('A sparse tensor with its data in another file', where, REEXPORT)
  }
  if (!sparse.values || !sparse.indices) throw new OnnxImportError('A sparse tensor without values', where, REEXPORT)
  const values = constantOf(sparse.values, where, files, none)
  const indices = constantOf(sparse.indices, where, files, none)
  const shape = staticShape(sparse.dims, where)
  const width = BITS[values.dtype] / 8
  const size = shape.reduce((n, d) => n * d, 1)
  if (!values.bytes || width < 1 || size * width > MAX_DENSE_BYTES || indices.dtype !== 'int64') {
    throw new OnnxImportError(
      `A sparse tensor of ${values.dtype} [${shape.join(',')}] cannot be opened`,
      where,
      REEXPORT,
    )
  }
  const rank = indices.shape.length === 2 ? shape.length : 1
  expectCount(indices.size, values.size * rank, 'indices', where)
  const at = indices.numbers()
  const out = new Uint8Array(size * width)
  for (let i = 0; i < values.size; i++) {
    let flat = 0
    for (let k = 0; k < rank; k++) flat = flat * (rank === 1 ? 1 : shape[k]!) + at[i * rank + k]!
    if (!(flat >= 0 && flat < size)) throw new OnnxImportError(`Sparse index ${flat} out of range`, where, REEXPORT)
    out.set(values.bytes.subarray(i * width, (i + 1) * width), flat * width)
  }
  return new ConstantValue(values.dtype, shape, out)
}
