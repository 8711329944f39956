/** What one asks of a network of TensorRT's layers: where its plugins are, what is computed in which precision, what takes memory, what no module made. */
import { byteSize } from '../../engine'
import type { DType, PatternAnalyzer, Tensor } from '../../engine'
import { OfLayer } from './of-layer'

/** Plugins, numbered by their types in the order in which these come. */
export function pluginsByType(): PatternAnalyzer {
  const numbers = new Map<string, number>()
  return new OfLayer('plugins_by_type', (layer) => {
    const type = layer.attribute('plugin_type')
    if (!layer.kind.startsWith('PLUGIN') || typeof type !== 'string') return null
    const known = numbers.get(type) ?? numbers.size + 1
    numbers.set(type, known)
    return known
  })
}

const BITS: Readonly<Partial<Record<DType, number>>> = {
  int4: 4, int8: 8, uint8: 8, float8e4m3fn: 8, float16: 16, bfloat16: 16, float32: 32,
} // prettier-ignore
/** They move values, or make them: nothing is computed in a precision. */
const MOVES: ReadonlySet<string> = new Set(['constant', 'shape', 'data-movement', 'control'])

/** Bits of what a layer computes in: of its first operand that is no integer of shapes. */
export const precisions = (): PatternAnalyzer =>
  new OfLayer('precision_map', (layer) => {
    if (MOVES.has(layer.schema?.category ?? '')) return null
    const dtype = layer.input(0)?.dtype
    return (dtype && BITS[dtype]) ?? null
  })

/** Bytes of the caches of keys and values that attention plugins write, where their sizes are known. */
export const cacheBytes = (): PatternAnalyzer =>
  new OfLayer('kv_cache_bytes', (layer) => {
    const isAttention = layer.attribute('plugin_type') === 'GPTAttention' || layer.kind === 'KV_CACHE_UPDATE'
    const present = layer.kind === 'KV_CACHE_UPDATE' ? layer.output() : (layer.getOutputs().slice(1).at(-1) ?? null)
    return isAttention && present ? bytesOf(present) : null
  })

/** Bytes of what layers make while the network runs, without constants, where their sizes are known. */
export const activationBytes = (): PatternAnalyzer =>
  new OfLayer('activation_bytes', (layer) => {
    if (layer.schema?.category === 'constant') return null
    const sizes = layer.getOutputs().flatMap((t) => bytesOf(t) ?? [])
    return sizes.length > 0 ? sizes.reduce((a, b) => a + b, 0) : null
  })

/** Layers that lie in no module, where others do: made by hand, or by a rewrite. */
export function withoutScope(): PatternAnalyzer {
  let scoped: boolean | null = null
  return new OfLayer('without_scope', (layer) => {
    scoped ??= layer.network.getLayers().some((l) => l.scope !== '')
    return scoped && layer.scope === '' ? 1 : null
  })
}

const bytesOf = ({ dtype, shape }: Tensor): number | null => (dtype && shape ? byteSize(dtype, shape) : null)
