import { ConstantValue, isConstantValue } from '../store/constant'
import type { DType } from '../store/records'

/** How constants and bytes travel: as base64 in JSON, or as arrays, where they are more than a few, to another thread; large ones may stay behind. */
export interface PlainOptions {
  readonly bytes: 'base64' | 'array'
  /** Constants of more bytes than this lose their data, and only their type and shape travel. Default: no limit. */
  readonly inlineUpTo?: number
  /** A number for constants that whoever reads has already; undefined for those that must travel. */
  readonly held?: (constant: ConstantValue) => number | undefined
}

/**
 * Plain engine values (records, edits, transactions, snapshots) with constants as tagged objects, so that JSON and structured
 * cloning keep them; what has none inside is there as it is. `fromPlain` reads it back.
 */
export function toPlain(x: unknown, options: PlainOptions): unknown {
  if (typeof x === 'bigint') return { $bigint: String(x) }
  if (isOdd(x)) return { $number: Object.is(x, -0) ? '-0' : String(x) }
  if (typeof x !== 'object' || x === null) return x
  if (x instanceof Uint8Array) return { $bytes: packed(x, options) }
  if (isConstantValue(x)) {
    const held = options.held?.(x)
    if (held !== undefined) return { $held: held }
    const small = x.byteLength !== null && x.byteLength <= (options.inlineUpTo ?? Infinity)
    const constant = { dtype: x.dtype, shape: x.shape, strings: x.strings, external: x.external }
    return { $constant: small ? { ...constant, bytes: packed(x.bytes!, options) } : constant }
  }
  if (Array.isArray(x)) return needsCare(x) ? x.map((v) => toPlain(v, options)) : x
  return mapped(x as Readonly<Record<string, unknown>>, (v) => toPlain(v, options))
}

/** An object with other values; itself where they are the same, as most records have nothing that needs care. */
function mapped(x: Readonly<Record<string, unknown>>, map: (v: unknown) => unknown): Readonly<Record<string, unknown>> {
  let out: Record<string, unknown> | null = null
  for (const k in x) {
    const v = x[k]
    if (typeof v === 'string' || typeof v === 'boolean') continue
    const own = map(v)
    if (own === v) continue
    out ??= { ...x }
    out[k] = own
  }
  return out ?? x
}

function needsCare(a: readonly unknown[]): boolean {
  return a.some((x) => (typeof x === 'object' && x !== null) || typeof x === 'bigint' || isOdd(x))
}

/** A number that JSON has no way to write. */
function isOdd(x: unknown): boolean {
  return typeof x === 'number' && (!Number.isFinite(x) || Object.is(x, -0))
}

/** Few bytes cross faster as text: a network has thousands of constants of one number, and each array would be a buffer of its own. */
const FEW = 64

/** A copy of the bytes by themselves: cloning a view would clone the whole file behind it. */
function packed(x: Uint8Array, options: PlainOptions): unknown {
  return options.bytes === 'base64' || x.length <= FEW ? toBase64(x) : x.slice()
}

/**
 * @param held gives the constants that stayed behind, by their numbers
 * @throws TypeError, RangeError or SyntaxError for what `toPlain` never makes
 */
export function fromPlain(x: unknown, held: (id: number) => ConstantValue | undefined = () => undefined): unknown {
  if (typeof x !== 'object' || x === null || x instanceof Uint8Array) return x
  if (Array.isArray(x)) return needsCare(x) ? x.map((v) => fromPlain(v, held)) : x
  const o = x as Record<string, unknown>
  if (!isTagged(o)) return mapped(o, (v) => fromPlain(v, held))
  if ('$bigint' in o) return BigInt(o['$bigint'] as string)
  if ('$number' in o) return Number(o['$number'])
  if ('$bytes' in o) return unpacked(o['$bytes'])
  if ('$held' in o) {
    const constant = held(Number(o['$held']))
    if (!constant) throw new RangeError(`constant ${String(o['$held'])} of the network as it came is not there`)
    return constant
  }
  if ('$constant' in o) {
    const c = o['$constant'] as {
      dtype: DType
      shape: number[]
      strings: string[] | null
      external: ConstantValue['external']
      bytes?: unknown
    }
    return new ConstantValue(c.dtype, c.shape, c.bytes === undefined ? null : unpacked(c.bytes), c.strings, c.external)
  }
  return mapped(o, (v) => fromPlain(v, held))
}

/** Whether the first key of an object is a tag, as of all that `toPlain` makes. */
function isTagged(o: Readonly<Record<string, unknown>>): boolean {
  for (const k in o) return k.startsWith('$')
  return false
}

function unpacked(x: unknown): Uint8Array {
  if (x instanceof Uint8Array) return x
  if (typeof x === 'string') return fromBase64(x)
  throw new TypeError('expected bytes or base64 text')
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const CODES = Uint8Array.from(DIGITS, (digit) => digit.charCodeAt(0))
const PAD = '='.charCodeAt(0)
/** So many characters become a string at once: a call takes only so many arguments. */
const AT_ONCE = 8192

/** RFC 4648, with padding. */
function toBase64(bytes: Uint8Array): string {
  return bytes.length <= FEW ? shortBase64(bytes) : longBase64(bytes)
}

/** Without a buffer of its own, which for a few bytes would cost more than the text. */
function shortBase64(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const n = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    const past = Math.max(0, i + 3 - bytes.length)
    const third = past > 1 ? '=' : DIGITS[(n >> 6) & 63]!
    text += DIGITS[n >> 18]! + DIGITS[(n >> 12) & 63]! + third + (past > 0 ? '=' : DIGITS[n & 63]!)
  }
  return text
}

function longBase64(bytes: Uint8Array): string {
  const codes = new Uint8Array(4 * Math.ceil(bytes.length / 3))
  for (let i = 0, at = 0; i < bytes.length; i += 3) {
    const n = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    for (let bits = 18; bits >= 0; bits -= 6) codes[at++] = CODES[(n >> bits) & 63]!
  }
  const past = (3 - (bytes.length % 3)) % 3
  codes.fill(PAD, codes.length - past)
  let text = ''
  for (let at = 0; at < codes.length; at += AT_ONCE) text += String.fromCharCode(...codes.subarray(at, at + AT_ONCE))
  return text
}

const VALUE = new Uint8Array(128).fill(255)
for (let i = 0; i < 64; i++) VALUE[DIGITS.charCodeAt(i)] = i

/** @throws SyntaxError for a character outside the alphabet. */
function fromBase64(text: string): Uint8Array {
  const clean = text.replace(/=+$/, '')
  const bytes = new Uint8Array(Math.floor((clean.length * 3) / 4))
  let acc = 0
  let bits = 0
  let at = 0
  for (let i = 0; i < clean.length; i++) {
    const v = VALUE[clean.charCodeAt(i)] ?? 255
    if (v === 255) throw new SyntaxError(`not base64: character ${i} is ${JSON.stringify(clean[i])}`)
    acc = ((acc << 6) | v) & 0xffffff
    bits += 6
    if (bits >= 8) bytes[at++] = (acc >> (bits -= 8)) & 255
  }
  return bytes
}
