import type { Category, Dialect, KindSchema } from '../../../engine'

/** What a layer of an engine does, by its type; the first that fits. */
const CATEGORIES: readonly (readonly [RegExp, Category])[] = [
  [/conv|deconv/i, 'convolution'],
  [/pool/i, 'pooling'],
  [/gemm|matmul|matrixmultiply|fullyconnected/i, 'matmul'],
  [/attention|mha/i, 'attention'],
  [/norm/i, 'normalization'],
  [/softmax|activation/i, 'activation'],
  [/reduce|topk/i, 'reduction'],
  [/quantize/i, 'quantization'],
  [/shuffle|slice|gather|concat|shape|resize/i, 'shape'],
  [/reformat|noop|copy|cast|trainstation/i, 'data-movement'],
  [/constant/i, 'constant'],
  [/pointwise|elementwise|unary|scale|kgen|select/i, 'elementwise'],
  [/loop|condition|signal|wait/i, 'control'],
]

const schemas = new Map<string, KindSchema>()

/** Any type is a kind: TensorRT adds to them with every version. */
function schemaOf(kind: string): KindSchema {
  const known = schemas.get(kind)
  if (known) return known
  const any = { variadic: true, optional: true }
  const schema: KindSchema = {
    kind,
    category: CATEGORIES.find(([type]) => type.test(kind))?.[1] ?? 'other',
    inputs: [{ name: 'inputs', ...any }],
    outputs: [{ name: 'outputs', ...any }],
    attributes: {},
  }
  schemas.set(kind, schema)
  return schema
}

/** The layers of a built engine: the kernels that run, and not what they were made of. Nothing of it can be rewritten. */
export const engineDialect: Dialect = { name: 'tensorrt-engine', schema: schemaOf }
