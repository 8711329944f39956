import type { AttributeSchema, Category, Dialect, KindSchema, OperandSchema } from '../../engine'
import { viewOf } from './views'

const operand = (name: string, more: Partial<OperandSchema> = {}): OperandSchema => ({ name, ...more })

function kind(
  name: string,
  category: Category,
  inputs: readonly OperandSchema[],
  attributes: Record<string, AttributeSchema>,
): KindSchema {
  return { kind: name, category, inputs, outputs: [operand('output')], attributes }
}

const string: AttributeSchema = { type: 'STRING', required: true }
const ints: AttributeSchema = { type: 'INTS' }
const float: AttributeSchema = { type: 'FLOAT' }
const x = [operand('input')]

const KINDS: readonly KindSchema[] = [
  kind('CONSTANT', 'constant', [], { weights: { type: 'TENSOR', required: true } }),
  kind('ELEMENTWISE', 'elementwise', [operand('input1'), operand('input2')], { op: string }),
  kind('MATRIX_MULTIPLY', 'matmul', [operand('input0'), operand('input1')], {
    op0: { type: 'STRING' },
    op1: { type: 'STRING' },
  }),
  kind('UNARY', 'elementwise', x, { op: string }),
  kind('ACTIVATION', 'activation', x, { activation: string, alpha: float, beta: float }),
  kind('SOFTMAX', 'activation', x, { axes: ints }),
  kind('SHUFFLE', 'shape', x, { firstTranspose: ints, reshapeDims: ints }),
  kind('REDUCE', 'reduction', x, { op: string, axes: ints, keepDims: { type: 'INT' } }),
  kind('CAST', 'data-movement', x, { toType: string }),
  kind('NORMALIZATION', 'normalization', [operand('input'), operand('scale'), operand('bias')], {
    axes: ints,
    epsilon: float,
  }),
  {
    ...kind('PLUGIN_V2', 'attention', [operand('inputs', { variadic: true })], {
      pluginNamespace: string,
      pluginType: string,
    }),
    outputs: [operand('outputs', { variadic: true })],
  },
]

const BY_KIND = new Map(KINDS.map((k) => [k.kind, k]))

/** TensorRT's layers at the level of INetworkDefinition. */
export const tensorrtDialect: Dialect = {
  name: 'tensorrt',
  schema: (name) => BY_KIND.get(name),
  view: viewOf,
}
