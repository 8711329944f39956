import type { Dialect } from '../../engine'
import { genericDialect } from '../../engine'
import { onnxDialect } from '../onnx'
import { tensorrtDialect } from './dialect'
import { engineDialect } from './engine/engine-dialect'

const DIALECTS: readonly Dialect[] = [onnxDialect, tensorrtDialect, engineDialect]

/** The dialect that a snapshot names; a generic one for a name that nobody knows. */
export function dialectNamed(name: string): Dialect {
  return DIALECTS.find((d) => d.name === name) ?? genericDialect
}
