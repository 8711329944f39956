/** What the engine takes for granted and an interpreter of the bare language has not: UTF-8. */

/** Halves of a surrogate pair that stand alone. */
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

class Encoder {
  encode(text = ''): Uint8Array {
    const escaped = encodeURIComponent(text.replace(LONE, '\ufffd'))
    const bytes: number[] = []
    for (let i = 0; i < escaped.length; i++)
      if (escaped[i] === '%') bytes.push(parseInt(escaped.slice(i + 1, (i += 2) + 1), 16))
      else bytes.push(escaped.charCodeAt(i))
    return Uint8Array.from(bytes)
  }
}

class Decoder {
  private readonly fatal: boolean

  constructor(_label = 'utf-8', { fatal = false }: { fatal?: boolean } = {}) {
    this.fatal = fatal
  }

  /** @throws TypeError for what is no UTF-8, where it is fatal; else each byte of it becomes U+FFFD */
  decode(bytes: Uint8Array = new Uint8Array()): string {
    let text = ''
    for (let i = 0; i < bytes.length;) {
      const [point, length] = pointAt(bytes, i)
      if (point < 0 && this.fatal) throw new TypeError('this is no UTF-8')
      text += point < 0 ? '\ufffd' : String.fromCodePoint(point)
      i += length
    }
    return text
  }
}

/** The code point that begins at a byte, and its length; below 0 where none does. */
function pointAt(bytes: Uint8Array, at: number): [point: number, length: number] {
  const first = bytes[at]!
  if (first < 0x80) return [first, 1]
  const length = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0
  if (length === 0 || first >= 0xf5) return [-1, 1]
  let point = first & (0x7f >> length)
  for (let i = 1; i < length; i++) {
    const next = bytes[at + i] ?? 0
    if ((next & 0xc0) !== 0x80) return [-1, 1]
    point = (point << 6) | (next & 0x3f)
  }
  const tooLong = point < [0, 0, 0x80, 0x800, 0x10000][length]!
  const isSurrogate = point >= 0xd800 && point < 0xe000
  return tooLong || isSurrogate || point > 0x10ffff ? [-1, 1] : [point, length]
}

const scope = globalThis as unknown as Record<string, unknown>
scope['TextEncoder'] ??= Encoder
scope['TextDecoder'] ??= Decoder
