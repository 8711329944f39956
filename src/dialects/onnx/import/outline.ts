/**
 * A model file without its large weights, for files that are not to be read whole. What is left out becomes a reference to the
 * file itself, as weights in other files are references to those.
 */
import type { ByteSource } from '../../../engine'
import { encodeMessage } from '../proto/encode'
import { header, joined, lengthOf } from '../proto/parts'

/** The name under which a model's own file is referred to; no file in a folder is called so. */
export const OWN_FILE = '\0model'

/** Fields on the way to weights, by the message that they are in. */
const WAYS: Readonly<Record<Walked, Readonly<Record<number, Walked>>>> = {
  ModelProto: { 7: 'GraphProto' },
  GraphProto: { 1: 'NodeProto', 5: 'TensorProto' },
  NodeProto: { 5: 'AttributeProto' },
  AttributeProto: { 5: 'TensorProto' },
  TensorProto: {},
}
type Walked = 'ModelProto' | 'GraphProto' | 'NodeProto' | 'AttributeProto' | 'TensorProto'

const RAW_DATA = 9
const LENGTH_DELIMITED = 2
/** Data of fewer bytes stay where they are. */
const LARGE = 2 ** 16
const WINDOW = 2 ** 18

/**
 * The encoded model, with a reference in place of each large `raw_data`. What does not follow the wire format is handed on as it is,
 * for the decoder to say what is wrong.
 */
export function outlineOf(source: ByteSource): Uint8Array {
  const parts = new Outline(source).message('ModelProto', 0, source.length)
  return joined(parts)
}

class Outline {
  private window: Uint8Array = new Uint8Array(0)
  private from = 0

  constructor(private readonly source: ByteSource) {}

  message(type: Walked, from: number, end: number): Uint8Array[] {
    if (end - from < LARGE) return [this.source.pass(from, end - from)]
    const parts: Uint8Array[] = []
    let kept = from
    const keepUpTo = (to: number): void => {
      if (to > kept) parts.push(this.source.pass(kept, to - kept))
    }
    for (let at = from; at < end;) {
      const field = this.field(at, end)
      if (!field) break
      const { number, start, next } = field
      const inner = field.wire === LENGTH_DELIMITED && next - start >= LARGE ? WAYS[type][number] : undefined
      if (inner) {
        keepUpTo(at)
        const content = this.message(inner, start, next)
        parts.push(header(number, lengthOf(content)))
        for (const part of content) parts.push(part)
        kept = next
      } else if (type === 'TensorProto' && number === RAW_DATA && next - start >= LARGE) {
        keepUpTo(at)
        parts.push(reference(start, next - start))
        kept = next
      }
      at = next
    }
    keepUpTo(end)
    return parts
  }

  /** A field's number and wire type, where its content begins, and where the next field does; null for what is none. */
  private field(at: number, end: number) {
    const tag = this.varint(at, end)
    if (!tag) return null
    const [number, wire] = [Math.floor(tag.value / 8), tag.value % 8]
    if (wire === 0) {
      const value = this.varint(tag.next, end)
      return value && { number, wire, start: tag.next, next: value.next }
    }
    const length = wire === 1 ? 8 : wire === 5 ? 4 : null
    const said = length === null && wire === LENGTH_DELIMITED ? this.varint(tag.next, end) : null
    if (length === null && !said) return null
    const start = said ? said.next : tag.next
    const next = start + (said ? said.value : length!)
    return next <= end ? { number, wire, start, next } : null
  }

  private varint(at: number, end: number): { value: number; next: number } | null {
    let [value, scale] = [0, 1]
    for (let n = 0; n < 10 && at + n < end; n++) {
      const byte = this.byte(at + n)
      value += (byte & 127) * scale
      scale *= 128
      if (byte < 128) return { value, next: at + n + 1 }
    }
    return null
  }

  private byte(at: number): number {
    if (at < this.from || at >= this.from + this.window.length) {
      this.from = at
      this.window = this.source.pass(at, Math.min(WINDOW, this.source.length - at))
    }
    return this.window[at - this.from]!
  }
}

/** `external_data` and `data_location` of a TensorProto whose data lie in its own file. */
function reference(offset: number, length: number): Uint8Array {
  const entry = (key: string, value: string) => ({ key, value })
  return encodeMessage('TensorProto', {
    dims: [],
    float_data: [],
    int32_data: [],
    string_data: [],
    int64_data: [],
    double_data: [],
    uint64_data: [],
    external_data: [entry('location', OWN_FILE), entry('offset', String(offset)), entry('length', String(length))],
    data_location: 1,
  })
}
