import type { Dialect } from '../engine'
import { genericDialect } from '../engine'
import { onnxDialect } from '../dialects/onnx'

/** The dialect that a snapshot names; a generic one for a name that nobody knows. */
export function dialectNamed(name: string): Dialect {
  return name === onnxDialect.name ? onnxDialect : genericDialect
}
