import { ConstantValue, type AttributeValue, type KindSchema } from '../../../engine'
import { ATTRIBUTE_TYPES, type AttributeProto, type AttributeTypeName, type Int64 } from '../proto/messages'
import { OnnxImportError, REEXPORT } from './error'
import { constantOf, type ExternalFiles } from './tensor'

/** What reading attributes needs from, and tells, the import that it is part of. */
export interface AttributeHost {
  readonly files: ExternalFiles
  missing(location: string): void
  warn(message: string): void
}

export interface ReadAttributes {
  readonly values: Record<string, AttributeValue>
  /** Only what the schema does not tell. */
  readonly types: Record<string, string> | null
  /** Encoded bodies by attribute name. */
  readonly bodies: ReadonlyMap<string, Uint8Array>
}

const NO_BODIES: ReadonlyMap<string, Uint8Array> = new Map()

/**
 * The attributes of one node. Bodies are returned apart, since what they capture is known only when the whole graph is.
 * Values without a form of their own here (sparse tensors, types, lists of graphs, strings that are not UTF-8) are kept
 * encoded, as uint8 constants, and marked by their type.
 */
export function readAttributes(
  protos: readonly AttributeProto[],
  schema: KindSchema | undefined,
  where: string,
  host: AttributeHost,
): ReadAttributes {
  const values: Record<string, AttributeValue> = {}
  let types: Record<string, string> | null = null
  let bodies: Map<string, Uint8Array> | null = null
  for (const proto of protos) {
    const name = proto.name ?? ''
    const at = `attribute ${name} of ${where}`
    if (Object.hasOwn(values, name) || bodies?.has(name))
      throw new OnnxImportError('It is given twice', at, `Take out the one that does not count. ${REEXPORT}`)
    if (proto.ref_attr_name) {
      throw new OnnxImportError(`A reference to a function's attribute outside a function`, at, REEXPORT)
    }
    const type = typeOf(proto)
    if (type === 'GRAPH' && proto.g) {
      bodies ??= new Map()
      bodies.set(name, proto.g)
    } else values[name] = readValue(proto, type, at, host)
    if (schema?.attributes[name]?.type !== type) (types ??= {})[name] = type
  }
  return { values, types, bodies: bodies ?? NO_BODIES }
}

/** IR version 1 had no `type`: then the one field that is there tells. */
function typeOf(proto: AttributeProto): AttributeTypeName {
  const named = ATTRIBUTE_TYPES[proto.type ?? 0]
  if (named && named !== 'UNDEFINED') return named
  if (proto.f !== undefined) return 'FLOAT'
  if (proto.s !== undefined) return 'STRING'
  if (proto.t !== undefined) return 'TENSOR'
  if (proto.g !== undefined) return 'GRAPH'
  if (proto.floats.length) return 'FLOATS'
  if (proto.ints.length) return 'INTS'
  if (proto.strings.length) return 'STRINGS'
  if (proto.tensors.length) return 'TENSORS'
  return 'INT'
}

function readValue(proto: AttributeProto, type: AttributeTypeName, at: string, host: AttributeHost): AttributeValue {
  switch (type) {
    case 'FLOAT':
      return proto.f ?? 0
    case 'INT':
      return toNumber(proto.i ?? 0, at, host)
    case 'STRING':
      return proto.s ? (text(proto.s) ?? opaque(proto.s)) : ''
    case 'TENSOR':
      if (!proto.t) throw new OnnxImportError('A tensor attribute without a tensor', at, REEXPORT)
      return constantOf(proto.t, at, host.files, host.missing)
    case 'FLOATS':
      return proto.floats
    case 'INTS':
      return proto.ints.map((i) => toNumber(i, at, host))
    case 'STRINGS':
      return proto.strings.map((s) => text(s) ?? lossy(s, at, host))
    case 'TENSORS':
      return proto.tensors.map((t) => constantOf(t, at, host.files, host.missing))
    case 'SPARSE_TENSOR':
      return opaque(proto.sparse_tensor)
    case 'TYPE_PROTO':
      return opaque(proto.tp)
    case 'GRAPHS':
      return proto.graphs.map(opaque)
    case 'SPARSE_TENSORS':
      return proto.sparse_tensors.map(opaque)
    case 'TYPE_PROTOS':
      return proto.type_protos.map(opaque)
    case 'GRAPH':
    case 'UNDEFINED':
      throw new OnnxImportError('An attribute without a value', at, REEXPORT)
  }
}

const INT64_MIN = -(2n ** 63n)

/**
 * The usual "to the end" bounds become +-2^63, which export writes back as the largest and smallest int64; other integers
 * beyond 2^53 round, with a warning.
 */
function toNumber(x: Int64, at: string, host: AttributeHost): number {
  if (typeof x === 'number') return x
  const near = Number(x)
  if (BigInt(near) !== x && x !== 2n ** 63n - 1n && x !== INT64_MIN) host.warn(`${at}: ${x} is read as ${near}`)
  return near
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function text(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes)
  } catch {
    return null
  }
}

function lossy(bytes: Uint8Array, at: string, host: AttributeHost): string {
  host.warn(`${at}: a string that is not UTF-8 is read with replacements`)
  return new TextDecoder().decode(bytes)
}

function opaque(bytes: Uint8Array = new Uint8Array(0)): ConstantValue {
  return new ConstantValue('uint8', [bytes.length], bytes)
}
