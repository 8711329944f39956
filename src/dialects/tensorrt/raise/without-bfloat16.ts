import { ConstantValue, isConstantValue } from '../../../engine'
import type { AttributeValue, LayerRecord, NetworkSnapshot, TensorRecord } from '../../../engine'

/**
 * The same network with float32 where it has bfloat16, which ONNX Runtime has no kernels of on a CPU: every bfloat16 is a float32, and
 * what is computed so is nearer to the numbers meant. A snapshot without any is given back as it is.
 */
export function withoutBfloat16(snapshot: NetworkSnapshot): NetworkSnapshot {
  if (!snapshot.tensors.some((t) => t.dtype === 'bfloat16')) return snapshot
  return { ...snapshot, tensors: snapshot.tensors.map(widenedTensor), layers: snapshot.layers.map(widenedLayer) }
}

function widenedTensor(t: TensorRecord): TensorRecord {
  if (t.dtype !== 'bfloat16') return t
  return { ...t, dtype: 'float32', ...(t.value && { value: widened(t.value) }) }
}

function widened(value: ConstantValue): ConstantValue {
  if (value.dtype !== 'bfloat16' || !value.isAvailable) return value
  return ConstantValue.of('float32', value.shape, value.numbers())
}

function widenedLayer(layer: LayerRecord): LayerRecord {
  const changed: Record<string, AttributeValue> = {}
  for (const [name, value] of Object.entries(layer.attributes)) {
    if (isConstantValue(value) && value.dtype === 'bfloat16') changed[name] = widened(value)
    else if (value === 'BF16' && (name === 'to_type' || name === 'scale_type')) changed[name] = 'FLOAT'
  }
  return Object.keys(changed).length === 0 ? layer : { ...layer, attributes: { ...layer.attributes, ...changed } }
}
