import protobuf from 'protobufjs/minimal.js'
import { FIELDS, type Field, type Int64, type MessageName, type Messages } from './messages'

type Fields = Record<string, unknown>
type Writer = InstanceType<typeof protobuf.Writer>

/** Encodes one message; `unknown` fields go out as they came in, after the known ones. */
export function encodeMessage<M extends MessageName>(message: M, value: Messages[M]): Uint8Array {
  const writer = new protobuf.Writer()
  writeMessage(message, value as unknown as Fields, writer)
  return writer.finish()
}

function writeMessage(message: MessageName, value: Fields, writer: Writer): void {
  const fields = FIELDS[message]
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i]!
    const content = value[field.name]
    if (content === undefined) continue
    if (!field.repeated) writeField(field, content, writer)
    else writeList(field, content as readonly unknown[], writer)
  }
  if (value.unknown) for (const raw of value.unknown as Uint8Array[]) writer.raw(raw)
}

/** Numbers are packed; runs already are. */
function writeList(field: Field, list: readonly unknown[], writer: Writer): void {
  if (list.length === 0) return
  switch (field.type) {
    case 'int64':
    case 'uint64':
    case 'int32':
    case 'float':
      writer.uint32((field.id << 3) | 2).fork()
      for (const x of list) writeNumber(field.type, x as Int64, writer)
      writer.ldelim()
      return
    default:
      for (let i = 0; i < list.length; i++) writeField(field, list[i], writer)
  }
}

function writeField(field: Field, value: unknown, writer: Writer): void {
  const { id, type } = field
  switch (type) {
    case 'string':
      writer.uint32((id << 3) | 2).string(value as string)
      return
    case 'bytes':
    case 'run4':
    case 'run8':
      writer.uint32((id << 3) | 2).bytes(value as Uint8Array)
      return
    case 'int64':
    case 'uint64':
    case 'int32':
    case 'float':
      writer.uint32((id << 3) | (type === 'float' ? 5 : 0))
      writeNumber(type, value as Int64, writer)
      return
    default:
      writer.uint32((id << 3) | 2).fork()
      writeMessage(type, value as Fields, writer)
      writer.ldelim()
  }
}

function writeNumber(type: 'int64' | 'uint64' | 'int32' | 'float', value: Int64, writer: Writer): void {
  if (type === 'float') writer.float(Number(value))
  else if (type === 'int32') writer.int32(Number(value))
  else if (typeof value === 'number') writer.int64(value)
  else {
    const low = Number(BigInt.asIntN(32, value))
    const high = Number(BigInt.asIntN(32, value >> 32n))
    writer.int64({ low, high, unsigned: false })
  }
}
