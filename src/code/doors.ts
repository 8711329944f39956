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

/** What a file of patterns imports. @throws CodeError for anything else */
export function openDoor(name: unknown): object {
  const door = typeof name === 'string' ? DOORS.get(name) : undefined
  if (!door) throw new CodeError(`${String(name)} cannot be imported: a pattern may import ${doorNames.join(', ')}`)
  return door
}
