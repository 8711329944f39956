import { callsIn, Schemas } from '../../engine'
import type { RuleGraph } from '../../engine'
import { onnxDialect } from '../onnx'
import { tensorrtDialect } from './dialect'

const ONNX = Schemas.newest(onnxDialect)
const TENSORRT = Schemas.newest(tensorrtDialect)

/** Whether all that a rule matches are layers of TensorRT. */
export function isOfTensorrt({ left }: RuleGraph): boolean {
  const known = tensorrtDialect.kinds ?? []
  // A kind variable says once which kinds it stands for.
  return callsIn(left).every(({ kind, kinds = kind.startsWith('$') ? [] : [kind] }) =>
    kinds.every((k) => known.includes(k)),
  )
}

/** What is known of the operators that a rule speaks of: the newest of ONNX, or TensorRT's. */
export const schemasOfRule = (rule: RuleGraph): Schemas => (isOfTensorrt(rule) ? TENSORRT : ONNX)
