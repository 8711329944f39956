import * as engine from '../engine'
import * as onnx from '../dialects/onnx'
import * as tensorrt from '../dialects/tensorrt'
import * as patterns from '../patterns'
import { CodeError } from './code-error'

const DOORS: ReadonlyMap<string, object> = new Map<string, object>([
  ['graft/engine', engine],
  ['graft/onnx', onnx],
  ['graft/tensorrt', tensorrt],
  ['graft/patterns', patterns],
])

/** The names that a file of patterns may import. */
export const doorNames: readonly string[] = [...DOORS.keys()]

/** What a file of patterns imports; it says which names it lacks where they are used. @throws CodeError for anything else */
export function openDoor(name: unknown): object {
  const door = typeof name === 'string' ? DOORS.get(name) : undefined
  if (!door) throw new CodeError(`${String(name)} cannot be imported: a pattern may import ${doorNames.join(', ')}`)
  const get = (_: object, key: string | symbol): unknown => {
    if (typeof key === 'string' && !(key in door) && !OF_MODULES.has(key)) throw lacking(String(name), key)
    return Reflect.get(door, key)
  }
  return new Proxy({}, { get, has: (_, key) => key in door, ownKeys: () => Reflect.ownKeys(door), getOwnPropertyDescriptor: (_, key) => described(door, key) }) // prettier-ignore
}

/** What compiled imports ask of any module. */
const OF_MODULES: ReadonlySet<string> = new Set(['__esModule', 'default', 'then', 'toJSON'])

/** Its trace shows the line where the name is used. */
function lacking(name: string, key: string): Error {
  const others = [...DOORS].flatMap(([other, door]) => (key in door ? [other] : []))
  const where = others.length > 0 ? `: it is in ${others.join(' and ')}` : ''
  return new Error(`${name} has no ${key}${where}`)
}

const described = (door: object, key: string | symbol): PropertyDescriptor | undefined =>
  key in door
    ? { value: Reflect.get(door, key) as unknown, enumerable: true, configurable: true, writable: false }
    : undefined
