import protobuf from 'protobufjs/minimal.js'
import {
  BLANK,
  FIELDS,
  NONE,
  type Field,
  type Int64,
  type MessageName,
  type Messages,
  type ScalarType,
} from './messages'

/** Messages nested deeper than this are refused, as protobuf's own readers do. */
const MAX_DEPTH = 100
type Fields = Record<string, unknown>
type Reader = InstanceType<typeof protobuf.Reader>

/** Bytes that do not follow the wire format of the message they should hold. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
  constructor(
    message: string,
    /** Byte offset in the decoded buffer. */
    readonly offset: number,
  ) {
    super(message)
  }
}

/** The fields of each message by number. */
const BY_NUMBER = Object.fromEntries(
  Object.entries(FIELDS).map(([message, list]) => {
    const fields: Field[] = []
    for (const field of list) fields[field.id] = field
    return [message, fields]
  }),
) as unknown as Readonly<Record<MessageName, readonly (Field | undefined)[]>>

/**
 * Decodes one message. Byte fields are views on `bytes`, nothing is copied; fields we do not know are kept, encoded, in
 * `unknown`. Works without code generation, which a strict content security policy forbids.
 * @throws DecodeError
 */
export function decodeMessage<M extends MessageName>(message: M, bytes: Uint8Array): Messages[M] {
  const reader = new protobuf.Reader(bytes)
  try {
    return readMessage(message, reader, bytes.length, 0) as unknown as Messages[M]
  } catch (error) {
    if (error instanceof DecodeError) throw error
    throw new DecodeError(`the data end in the middle of a ${message} field`, Math.min(reader.pos, bytes.length))
  }
}

function readMessage(message: MessageName, reader: Reader, end: number, depth: number): Fields {
  if (depth > MAX_DEPTH) throw new DecodeError(`messages are nested more than ${MAX_DEPTH} deep`, reader.pos)
  const fields = BY_NUMBER[message]
  const out = BLANK[message]() as unknown as Fields
  while (reader.pos < end) {
    const start = reader.pos
    const tag = reader.uint32()
    const field = fields[tag >>> 3]
    if (tag >>> 3 === 0) throw new DecodeError(`a field numbered 0 in ${message}`, start)
    if (field && readField(field, tag & 7, reader, out, end, depth)) {
      if (reader.pos > end) throw new DecodeError(`${message}.${field.name} runs past the end of its message`, start)
    } else {
      skip(reader, tag & 7, end, start)
      ;((out.unknown ??= []) as Uint8Array[]).push(reader.buf.subarray(start, reader.pos))
    }
  }
  return out
}

/** Returns false, having read nothing, where the wire type is not one of the field's. */
function readField(field: Field, wire: number, reader: Reader, out: Fields, end: number, depth: number): boolean {
  const { name, type } = field
  switch (type) {
    case 'string':
    case 'bytes': {
      if (wire !== 2) return false
      const view = take(reader, end)
      put(out, field, type === 'string' ? utf8(view) : view)
      return true
    }
    case 'run4':
    case 'run8': {
      if (wire !== 2 && wire !== (type === 'run4' ? 5 : 1)) return false
      put(out, field, wire === 2 ? take(reader, end) : fixed(reader, type === 'run4' ? 4 : 8, end))
      return true
    }
    case 'int64':
    case 'uint64':
    case 'int32':
    case 'float': {
      if (wire === 2 && field.repeated) {
        const stop = reader.uint32() + reader.pos
        if (stop > end) throw new DecodeError(`${name} is longer than the data`, reader.pos)
        const list = (out[name] === NONE ? (out[name] = []) : out[name]) as unknown[]
        while (reader.pos < stop) list.push(scalar(type, reader))
        return true
      }
      if (wire !== (type === 'float' ? 5 : 0)) return false
      put(out, field, scalar(type, reader))
      return true
    }
    default: {
      if (wire !== 2) return false
      const stop = reader.uint32() + reader.pos
      if (stop > end) throw new DecodeError(`${name} is longer than the data`, reader.pos)
      put(out, field, readMessage(type, reader, stop, depth + 1))
      return true
    }
  }
}

function put(out: Fields, field: Field, value: unknown): void {
  if (!field.repeated) out[field.name] = value
  else if (out[field.name] === NONE) out[field.name] = [value]
  else (out[field.name] as unknown[]).push(value)
}

function take(reader: Reader, end: number): Uint8Array {
  const length = reader.uint32()
  return fixed(reader, length, end)
}

function fixed(reader: Reader, length: number, end: number): Uint8Array {
  const start = reader.pos
  if (start + length > end) throw new DecodeError(`a field of ${length} bytes is longer than the data`, start)
  reader.pos = start + length
  return reader.buf.subarray(start, start + length)
}

function scalar(type: Exclude<ScalarType, 'string' | 'bytes'>, reader: Reader): Int64 {
  if (type === 'int32') return reader.int32()
  if (type === 'float') return reader.float()
  return type === 'int64' ? toInt64(reader.int64()) : toInt64(reader.uint64())
}

function toInt64(x: number | { low: number; high: number; unsigned: boolean }): Int64 {
  if (typeof x === 'number') return x
  const high = x.unsigned ? x.high >>> 0 : x.high
  const near = high * 2 ** 32 + (x.low >>> 0)
  return Number.isSafeInteger(near) ? near : (BigInt(high) << 32n) + BigInt(x.low >>> 0)
}

function skip(reader: Reader, wire: number, end: number, start: number): void {
  if (wire === 0) reader.uint64()
  else if (wire === 1) fixed(reader, 8, end)
  else if (wire === 2) take(reader, end)
  else if (wire === 5) fixed(reader, 4, end)
  else throw new DecodeError(`wire type ${wire} does not occur in ONNX files`, start)
  if (reader.pos > end) throw new DecodeError('a field runs past the end of its message', start)
}

const decoder = new TextDecoder()

/** Short ASCII, which names are, is faster by hand. */
function utf8(bytes: Uint8Array): string {
  if (bytes.length > 160) return decoder.decode(bytes)
  for (let i = 0; i < bytes.length; i++) if (bytes[i]! > 127) return decoder.decode(bytes)
  return String.fromCharCode.apply(null, bytes as unknown as number[])
}
