import type { ConstantValue } from '../../../engine'
import { dataTypeOf } from '../proto/element-types'
import type { StringStringEntryProto, TensorProto } from '../proto/messages'
import { OnnxExportError } from './error'

const NONE = { float_data: [], int32_data: [], int64_data: [], double_data: [], uint64_data: [] }
const encoder = new TextEncoder()

/** Where large weights go when they are not to be inside the model file. */
export interface WeightsFile {
  readonly location: string
  readonly parts: Uint8Array[]
  length: number
}

/** Constants smaller than this stay in the model file, as readers expect of shapes and scalars. */
const EXTERNAL_FROM_BYTES = 1024
/** Readers that map the file into memory want pages. */
const ALIGNMENT = 4096

/** A constant as TensorProto: raw data, strings, or a reference to a file. */
export function tensorOf(
  value: ConstantValue,
  name: string,
  weights: WeightsFile | null,
  inline: boolean,
): TensorProto {
  const base: TensorProto = {
    ...NONE,
    dims: [...value.shape],
    data_type: dataTypeOf(value.dtype),
    string_data: [],
    external_data: [],
    ...(name ? { name } : {}),
  }
  if (value.strings) return { ...base, string_data: value.strings.map((s) => encoder.encode(s)) }
  const { bytes, external } = value
  if (external && !(inline && bytes)) {
    return { ...base, ...reference(external.location, external.offset, external.length) }
  }
  if (!bytes) throw new OnnxExportError(`The data of ${name} are not here: open the model together with its weights.`)
  if (!weights || bytes.length < EXTERNAL_FROM_BYTES) return { ...base, raw_data: bytes }
  return { ...base, ...reference(weights.location, append(weights, bytes), bytes.length) }
}

function append(weights: WeightsFile, bytes: Uint8Array): number {
  const gap = (ALIGNMENT - (weights.length % ALIGNMENT)) % ALIGNMENT
  if (gap > 0) weights.parts.push(new Uint8Array(gap))
  weights.parts.push(bytes)
  const offset = weights.length + gap
  weights.length = offset + bytes.length
  return offset
}

function reference(location: string, offset: number, length: number | null): Partial<TensorProto> {
  const external_data: StringStringEntryProto[] = [{ key: 'location', value: location }]
  if (offset > 0) external_data.push({ key: 'offset', value: String(offset) })
  if (length !== null) external_data.push({ key: 'length', value: String(length) })
  return { external_data, data_location: 1 }
}

export function joinWeights(weights: WeightsFile): Uint8Array {
  const out = new Uint8Array(weights.length)
  let at = 0
  for (const part of weights.parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
