import {
  isConstantValue,
  type AttributeValue,
  type ConstantValue,
  type KindSchema,
  type LayerRecord,
} from '../../../engine'
import { ATTRIBUTE_TYPES, type AttributeProto, type AttributeTypeName, type Int64 } from '../proto/messages'
import { OnnxExportError } from './error'
import { tensorOf } from './tensor'

const encoder = new TextEncoder()
const INT64_MAX = 2n ** 63n - 1n

export interface BodyWriter {
  /** The body as it stands in the file, its captured values under their new names. */
  write(graph: Uint8Array, captures: readonly string[]): Uint8Array
}

/** Attributes of a layer as the file has them, typed by what the file said, else by the schema, else by the value. */
export function attributesOf(layer: LayerRecord, schema: KindSchema | undefined, bodies: BodyWriter): AttributeProto[] {
  return Object.entries(layer.attributes).map(([name, value]) => {
    const stated = layer.attributeTypes?.[name] ?? schema?.attributes[name]?.type
    const type = (stated as AttributeTypeName | undefined) ?? guessType(value)
    const proto: AttributeProto = { ...blank(name), type: ATTRIBUTE_TYPES.indexOf(type) }
    fill(proto, type, value, bodies, `attribute ${name} of layer ${layer.name}`)
    return proto
  })
}

function blank(name: string): AttributeProto {
  return { name, floats: [], ints: [], strings: [], tensors: [], graphs: [], sparse_tensors: [], type_protos: [] }
}

function guessType(value: AttributeValue): AttributeTypeName {
  if (typeof value === 'boolean') return 'INT'
  if (typeof value === 'number') return Number.isInteger(value) ? 'INT' : 'FLOAT'
  if (typeof value === 'string') return 'STRING'
  if (isConstantValue(value)) return 'TENSOR'
  if ('graph' in value) return 'GRAPH'
  if (value.some(isConstantValue)) return 'TENSORS'
  if (value.some((x) => typeof x === 'string')) return 'STRINGS'
  return value.every(Number.isInteger) ? 'INTS' : 'FLOATS'
}

function fill(
  proto: AttributeProto,
  type: AttributeTypeName,
  value: AttributeValue,
  bodies: BodyWriter,
  where: string,
): void {
  const list = (Array.isArray(value) ? value : [value]) as readonly (number | string | boolean | ConstantValue)[]
  const number = (x: unknown): number => {
    if (typeof x !== 'number' && typeof x !== 'boolean') throw new OnnxExportError(`${where} has to be a number.`)
    return Number(x)
  }
  const bytes = (x: unknown): Uint8Array => {
    if (isConstantValue(x) && x.bytes) return x.bytes
    if (typeof x !== 'string') throw new OnnxExportError(`${where} has to be a text.`)
    return encoder.encode(x)
  }
  const constant = (x: unknown): ConstantValue => {
    if (!isConstantValue(x)) throw new OnnxExportError(`${where} has to be a tensor.`)
    return x
  }
  switch (type) {
    case 'FLOAT':
      proto.f = number(value)
      return
    case 'INT':
      proto.i = toInt64(number(value))
      return
    case 'STRING':
      proto.s = bytes(value)
      return
    case 'TENSOR':
      proto.t = tensorOf(constant(value), '', null, true)
      return
    case 'GRAPH':
      if (typeof value !== 'object' || !('graph' in value)) throw new OnnxExportError(`${where} has to be a graph.`)
      proto.g = bodies.write(value.graph, value.captures)
      return
    case 'FLOATS':
      proto.floats = list.map(number)
      return
    case 'INTS':
      proto.ints = list.map((x) => toInt64(number(x)))
      return
    case 'STRINGS':
      proto.strings = list.map(bytes)
      return
    case 'TENSORS':
      proto.tensors = list.map((x) => tensorOf(constant(x), '', null, true))
      return
    case 'SPARSE_TENSOR':
      proto.sparse_tensor = bytes(value)
      return
    case 'TYPE_PROTO':
      proto.tp = bytes(value)
      return
    case 'GRAPHS':
      proto.graphs = list.map(bytes)
      return
    case 'SPARSE_TENSORS':
      proto.sparse_tensors = list.map(bytes)
      return
    case 'TYPE_PROTOS':
      proto.type_protos = list.map(bytes)
      return
    case 'UNDEFINED':
      throw new OnnxExportError(`${where} has no type.`)
  }
}

/** Bounds that mean "to the end" saturate; import made them +-2^63. */
function toInt64(x: number): Int64 {
  if (Number.isSafeInteger(x)) return x
  const exact = BigInt(Math.trunc(x))
  return exact > INT64_MAX ? INT64_MAX : exact < -INT64_MAX - 1n ? -INT64_MAX - 1n : exact
}
