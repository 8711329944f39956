/** Reads plain values of unknown origin: each decoder gives a value of its type, or says where the first flaw is. */

/** @throws DecodeError */
export type Decoder<T> = (x: unknown, at: string) => T

export type Decoded<D> = D extends Decoder<infer T> ? T : never

/** What is wrong and where: `history.points[3].parent: expected a whole number, found a text`. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
  /** The message without the place. */
  readonly why: string

  constructor(
    readonly at: string,
    expected: string,
    found: unknown,
  ) {
    const why = `expected ${expected}, found ${named(found)}`
    super(`${at}: ${why}`)
    this.why = why
  }
}

/** A value that was found, in brief. */
function named(x: unknown): string {
  if (x === undefined) return 'nothing'
  if (x === null) return 'null'
  if (Array.isArray(x)) return 'a list'
  if (typeof x === 'string') return `the text ${JSON.stringify(x.slice(0, 40))}`
  if (typeof x === 'object' && '$number' in x) return `number ${String(x.$number)}`
  return typeof x === 'object' ? 'an object' : `${typeof x} ${String(x)}`
}

export const text: Decoder<string> = (x, at) => {
  if (typeof x !== 'string') throw new DecodeError(at, 'a text', x)
  return x
}

export const flag: Decoder<boolean> = (x, at) => {
  if (typeof x !== 'boolean') throw new DecodeError(at, 'true or false', x)
  return x
}

export const number: Decoder<number> = (x, at) => {
  if (typeof x !== 'number' || !Number.isFinite(x)) throw new DecodeError(at, 'a number', x)
  return x
}

export const integer: Decoder<number> = (x, at) => {
  if (!Number.isSafeInteger(x)) throw new DecodeError(at, 'a whole number', x)
  return x as number
}

/** A size or an id: 0 or more. */
export const count: Decoder<number> = (x, at) => {
  if (integer(x, at) < 0) throw new DecodeError(at, 'a number from 0', x)
  return x as number
}

/** Anything at all: what is read by others. */
export const anything: Decoder<unknown> = (x) => x

export function nullable<T>(inner: Decoder<T>): Decoder<T | null> {
  return (x, at) => (x === null ? null : inner(x, at))
}

/** A field that older writers did not have. */
export function given<T>(inner: Decoder<T>, otherwise: T): Decoder<T> {
  return (x, at) => (x === undefined ? otherwise : inner(x, at))
}

export function list<T>(inner: Decoder<T>): Decoder<readonly T[]> {
  return (x, at) => {
    if (!Array.isArray(x)) throw new DecodeError(at, 'a list', x)
    return x.map((item: unknown, i) => inner(item, `${at}[${i}]`))
  }
}

export function literal<const T extends string | number>(...allowed: readonly T[]): Decoder<T> {
  return (x, at) => {
    const found = allowed.find((a) => a === x)
    if (found === undefined) throw new DecodeError(at, allowed.map((a) => JSON.stringify(a)).join(' or '), x)
    return found
  }
}

export function object<D extends Readonly<Record<string, Decoder<unknown>>>>(
  fields: D,
): Decoder<{ readonly [K in keyof D]: Decoded<D[K]> }> {
  return (x, at) => {
    if (typeof x !== 'object' || x === null || Array.isArray(x)) throw new DecodeError(at, 'an object', x)
    const given = x as Readonly<Record<string, unknown>>
    const read = Object.entries(fields).map(([key, decode]) => [key, decode(given[key], `${at}.${key}`)] as const)
    return Object.fromEntries(read) as { [K in keyof D]: Decoded<D[K]> }
  }
}

/** An object of which some fields may be left out. They are not there then. */
export function partly<D extends Fields, P extends Fields>(
  required: D,
  optional: P,
): Decoder<{ readonly [K in keyof D]: Decoded<D[K]> } & { readonly [K in keyof P]?: Decoded<P[K]> }> {
  const whole = object(required)
  return (x, at) => {
    const read = whole(x, at)
    const given = x as Readonly<Record<string, unknown>>
    const more = Object.entries(optional).flatMap(([key, decode]) =>
      given[key] === undefined ? [] : [[key, decode(given[key], `${at}.${key}`)] as const],
    )
    return { ...read, ...(Object.fromEntries(more) as { [K in keyof P]?: Decoded<P[K]> }) }
  }
}

type Fields = Readonly<Record<string, Decoder<unknown>>>

/** An object of values of one kind under any names. */
export function dictionary<T>(inner: Decoder<T>): Decoder<Readonly<Record<string, T>>> {
  return (x, at) => {
    const given = object({})(x, at) && (x as Readonly<Record<string, unknown>>)
    return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, inner(value, `${at}.${key}`)]))
  }
}

/** One of several objects, told apart by `type`. */
export function oneOf<D extends Readonly<Record<string, Decoder<unknown>>>>(choices: D): Decoder<Decoded<D[keyof D]>> {
  return (x, at) => {
    const type = object({ type: literal(...Object.keys(choices)) })(x, at).type
    return choices[type]!(x, at) as Decoded<D[keyof D]>
  }
}
