import type { Category, LayerDescription, LayerRecord } from '../../engine'

/** Attributes that every plugin layer has; what else it has are its fields. */
export const PLUGIN_ATTRIBUTES = ['plugin_type', 'plugin_version', 'plugin_namespace', 'num_outputs'] as const

/** Key of a plugin layer's metadata that says that its fields are not known. */
export const FIELDS = 'fields'
/** Key of a plugin layer's metadata: the types of its fields, by name, as JSON. */
export const FIELD_TYPES = 'field types'

const CATEGORIES: readonly (readonly [type: RegExp, category: Category])[] = [
  [/attention/i, 'attention'],
  [/gemm|matmul|MixtureOfExperts|moe/i, 'matmul'],
  [/norm/i, 'normalization'],
  [/quantize/i, 'quantization'],
  [/conv/i, 'convolution'],
]

/** What a plugin layer is; null for another layer. */
export function pluginOf({ kind, attributes }: LayerRecord): LayerDescription | null {
  const [type, namespace] = [attributes['plugin_type'], attributes['plugin_namespace']]
  if (!kind.startsWith('PLUGIN') || typeof type !== 'string' || type === '') return null
  return {
    title: type,
    namespace: typeof namespace === 'string' ? namespace : '',
    category: CATEGORIES.find(([name]) => name.test(type))?.[1] ?? 'other',
    said: PLUGIN_ATTRIBUTES,
  }
}
