import type { ConstantValue } from '../../../engine'
import { encodeMessage } from '../proto/encode'
import { header, lengthOf, type Part } from '../proto/parts'
import { dataTypeOf } from '../proto/element-types'
import type { StringStringEntryProto, TensorProto } from '../proto/messages'
import { OnnxExportError } from './error'

const NONE = { float_data: [], int32_data: [], int64_data: [], double_data: [], uint64_data: [] }
const encoder = new TextEncoder()

/** Where large weights go when they are not to be inside the model file. */
export interface WeightsFile {
  readonly location: string
  readonly parts: Part[]
  length: number
}

/** Constants smaller than this stay in the model file, as readers expect of shapes and scalars. */
const EXTERNAL_FROM_BYTES = 1024
/** Readers that map the file into memory want pages. */
const ALIGNMENT = 4096

/** Numbers of the fields of GraphProto and TensorProto. */
const [INITIALIZER, RAW_DATA] = [5, 9]
/** Data of more bytes are parts of their own. */
const LARGE = 2 ** 14

/**
 * A constant as TensorProto: raw data, strings, or a reference to a file.
 * @param leaveOut raw data are left out
 */
export function tensorOf(
  value: ConstantValue,
  name: string,
  weights: WeightsFile | null,
  inline: boolean,
  leaveOut = false,
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
  const { data, external } = value
  if (external && !(inline && data)) {
    return { ...base, ...reference(external.location, external.offset, external.length) }
  }
  if (!data) throw new OnnxExportError(`The data of ${name} are not here: open the model together with its weights.`)
  if (weights && data.length >= EXTERNAL_FROM_BYTES)
    return { ...base, ...reference(weights.location, append(weights, data), data.length) }
  return leaveOut ? base : { ...base, raw_data: value.bytes! }
}

/** An initializer as a field of its graph: large data are no copy, and are not read. */
export function initializerParts(
  value: ConstantValue,
  name: string,
  weights: WeightsFile | null,
  inline: boolean,
): Part[] {
  const leaveOut = (value.byteLength ?? 0) >= LARGE
  const proto = tensorOf(value, name, weights, inline, leaveOut)
  const inside = leaveOut && proto.data_location !== 1 && value.data
  const parts: Part[] = [encodeMessage('TensorProto', proto)]
  if (inside) parts.push(header(RAW_DATA, inside.length), inside)
  return [header(INITIALIZER, lengthOf(parts)), ...parts]
}

function append(weights: WeightsFile, bytes: Part): number {
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
