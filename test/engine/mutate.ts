/** Damage done to JSON at random, from a seed: what a slip of a key, a bad disk or an attacker does. */
import { pick, random } from './random-networks'

/** Every place of a value, by the keys that lead there. */
export function placesIn(json: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof json !== 'object' || json === null || !isPlain(json)) return [path]
  const inner = Object.entries(json).flatMap(([k, v]) => placesIn(v, [...path, Array.isArray(json) ? Number(k) : k]))
  return path.length === 0 ? inner : [path, ...inner]
}

const isPlain = (x: object): boolean => Array.isArray(x) || Object.getPrototypeOf(x) === Object.prototype

export function at(json: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((o, key) => (o as Record<string | number, unknown>)[key], json)
}

/** A copy in which the value at one place is another; `undefined` takes it out. */
export function changed(json: unknown, path: readonly (string | number)[], to: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return to
  const inner = changed((json as Record<string | number, unknown>)[key], rest, to)
  if (Array.isArray(json)) {
    const list: unknown[] = [...(json as unknown[])]
    if (inner === undefined) list.splice(Number(key), 1)
    else list[Number(key)] = inner
    return list
  }
  const { [key]: _, ...others } = json as Record<string | number, unknown>
  return inner === undefined ? others : { ...(json as object), [key]: inner }
}

const STRANGE: readonly unknown[] = [
  undefined,
  null,
  true,
  -1,
  0,
  1,
  2.5,
  3,
  4e9,
  2 ** 31,
  -(2 ** 40),
  1e300,
  '',
  'x',
  '__proto__',
  'toString',
  'constructor',
  [],
  [null],
  {},
  { $constant: {} },
  { $constant: { dtype: 'float32', shape: [4e9], bytes: '' } },
  { $number: 'NaN' },
  { $number: 'x' },
  { $bigint: '1' },
  { $bigint: 'x' },
  { $bytes: '*' },
  { $held: 1 },
  { tensor: 4e9 },
  { type: 'addLayer' },
]

/** A copy with one to three faults, and where they are. */
export function mutated(json: unknown, seed: number): { readonly json: unknown; readonly where: string } {
  const r = random(seed)
  let now = json
  const where: string[] = []
  for (let n = 1 + Math.floor(r() * r() * 3); n > 0; n--) {
    const places = placesIn(now)
    const path = pick(r, places)
    if (!path) break
    const value = at(now, path)
    const to =
      typeof value === 'number' && r() < 0.6 ? value + pick(r, [1, -1, 10, 9 * value]) : another(r, now, places, value)
    where.push(`${path.join('.')}: ${JSON.stringify(value)?.slice(0, 60)} to ${JSON.stringify(to)?.slice(0, 60)}`)
    now = changed(now, path, to)
  }
  return { json: now, where: where.join('; ') }
}

/** Something strange, or what stands somewhere else; of a list also itself in another order, or twice. */
function another(
  r: () => number,
  json: unknown,
  places: readonly (readonly (string | number)[])[],
  value: unknown,
): unknown {
  if (Array.isArray(value) && r() < 0.5) return r() < 0.5 ? value.toReversed() : [...value, ...value]
  return r() < 0.6 ? pick(r, STRANGE) : structuredClone(at(json, pick(r, places)))
}
