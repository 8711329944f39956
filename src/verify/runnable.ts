import { raiseToOnnx } from '../dialects/tensorrt'
import type { NetworkSnapshot } from '../engine'

/**
 * A network as ONNX Runtime takes it: TensorRT's layers in the ONNX operators that compute the same.
 * @throws RaiseError where a layer has no form in ONNX, or is a plugin without a reference
 */
export function runnable(snapshot: NetworkSnapshot): NetworkSnapshot {
  return snapshot.dialect === 'tensorrt' ? raiseToOnnx(snapshot) : snapshot
}
