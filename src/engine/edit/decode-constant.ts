/** Numbers, bytes and constants as `toPlain` writes them, or as they are. */
import { BITS, byteSize, ConstantValue, isConstantValue } from '../store/constant'
import type { ExternalLocation } from '../store/constant'
import type { DType } from '../store/types'
import { count, DecodeError, list, literal, nullable, number, object, partly, text } from './decode'
import type { Decoder } from './decode'
import { fromPlain } from './plain'

/** Gives the constants that whoever reads has already, by their numbers. */
export type Held = (id: number) => ConstantValue | undefined

/** The name of a type of elements. @throws DecodeError for any other text */
export const DTYPE: Decoder<DType> = literal(...(Object.keys(BITS) as DType[]))

const odd = object({ $number: literal('NaN', 'Infinity', '-Infinity', '-0') })

/** A number, one that JSON has no way to write among them. */
export const oddNumber: Decoder<number> = (x, at) => {
  if (typeof x === 'object' && x !== null && '$number' in x) return Number(odd(x, at).$number)
  return typeof x === 'number' ? x : number(x, at)
}

/** Bytes, or base64 under `$bytes`. */
export const bytesFrom: Decoder<Uint8Array> = (x, at) => {
  if (x instanceof Uint8Array) return x
  const tagged = object({ $bytes: (b: unknown) => b })(x, at)
  return unpacked(tagged, `${at}.$bytes`, tagged.$bytes)
}

function unpacked(tagged: { readonly $bytes: unknown }, at: string, found: unknown): Uint8Array {
  try {
    const bytes = fromPlain(tagged)
    if (bytes instanceof Uint8Array) return bytes
  } catch {
    // Said below, with its place.
  }
  throw new DecodeError(at, 'bytes as base64', found)
}

const external: Decoder<ExternalLocation> = object({ location: text, offset: count, length: nullable(count) })
const fields = partly(
  { dtype: DTYPE, shape: list(count) },
  { strings: nullable(list(text)), external: nullable(external), bytes: (x: unknown) => x },
)

/** A constant, its plain form under `$constant`, or the number of a held one under `$held`. */
export function constantFrom(held: Held): Decoder<ConstantValue> {
  return (x, at) => {
    if (isConstantValue(x)) return x
    if (typeof x === 'object' && x !== null && '$held' in x) {
      const id = count(x.$held, `${at}.$held`)
      const constant = held(id)
      if (constant) return constant
      throw new DecodeError(at, `a constant of the network as it came; constant ${id} is none`, x)
    }
    if (typeof x !== 'object' || x === null || !('$constant' in x)) throw new DecodeError(at, 'a constant', x)
    return whole(x.$constant, `${at}.$constant`)
  }
}

function whole(x: unknown, at: string): ConstantValue {
  const { dtype, shape, strings = null, external = null, bytes: given } = fields(x, at)
  const bytes = given === undefined ? null : unpacked({ $bytes: given }, `${at}.bytes`, given)
  const constant = new ConstantValue(dtype, shape, bytes, strings, external)
  const size = byteSize(dtype, shape)
  if (bytes && bytes.length !== size) throw new DecodeError(`${at}.bytes`, `${size} bytes`, bytes.length)
  if (strings && (dtype !== 'string' || strings.length !== constant.size))
    throw new DecodeError(`${at}.strings`, dtype === 'string' ? `${constant.size} texts` : 'null', strings.length)
  if (!bytes && !strings && !external) throw new DecodeError(at, 'the data of the constant', x)
  return constant
}
