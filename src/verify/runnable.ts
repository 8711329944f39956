import { asOnnx, withoutBfloat16 } from '../dialects/tensorrt'
import type { NetworkSnapshot } from '../engine'

/**
 * A network as ONNX Runtime runs it: TensorRT's layers in the ONNX operators that compute the same, their bfloat16 as float32.
 * @throws RaiseError where a layer has no form in ONNX, or is a plugin without a reference
 */
export function runnable(snapshot: NetworkSnapshot): NetworkSnapshot {
  return asOnnx(snapshot.dialect === 'tensorrt' ? withoutBfloat16(snapshot) : snapshot)
}
