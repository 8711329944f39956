import {
  ABSENT,
  type ConstantValue,
  type Attributes,
  type DType,
  type NetworkSnapshot,
  type Shape,
} from '../../../src/engine'
import { exportOnnx } from '../../../src/dialects/onnx'
import type { Runtime } from '../../../src/verify'
import { nodeRuntime } from '../../../src/verify/node'
import { encodeMessage } from '../../../src/dialects/onnx/proto/encode'
import { dataTypeOf } from '../../../src/dialects/onnx/proto/element-types'
import type {
  AttributeProto,
  GraphProto,
  ModelProto,
  NodeProto,
  TensorProto,
  ValueInfoProto,
} from '../../../src/dialects/onnx/proto/messages'

/** Protos with every repeated field there, so that a test states only what it is about. */
export const attributeProto = (name: string, also: Partial<AttributeProto>): AttributeProto => ({
  name,
  floats: [],
  ints: [],
  strings: [],
  tensors: [],
  graphs: [],
  sparse_tensors: [],
  type_protos: [],
  ...also,
})

export const node = (spec: string, attribute: AttributeProto[] = [], also: Partial<NodeProto> = {}): NodeProto => {
  const [left = '', right = ''] = spec.split(' = ')
  const [, op_type = '', args = ''] = /^([\w.]+)\((.*)\)$/.exec(right) ?? []
  const names = (list: string): string[] => list.split(',').map((x) => x.trim())
  return {
    input: args === '' ? [] : names(args),
    output: names(left),
    op_type,
    attribute,
    metadata_props: [],
    ...also,
  }
}

export const tensorProto = (name: string, dtype: DType, dims: number[], also: Partial<TensorProto>): TensorProto => ({
  name,
  dims,
  data_type: dataTypeOf(dtype),
  float_data: [],
  int32_data: [],
  string_data: [],
  int64_data: [],
  double_data: [],
  uint64_data: [],
  external_data: [],
  ...also,
})

export const int64s = (name: string, values: number[], dims = [values.length]): TensorProto =>
  tensorProto(name, 'int64', dims, { int64_data: values })

export const value = (name: string, dtype?: DType, shape?: Shape): ValueInfoProto => ({
  name,
  metadata_props: [],
  ...(dtype
    ? {
        type: {
          tensor_type: {
            elem_type: dataTypeOf(dtype),
            ...(shape
              ? {
                  shape: {
                    dim: shape.map((d) => (typeof d === 'number' ? { dim_value: d } : d ? { dim_param: d } : {})),
                  },
                }
              : {}),
          },
        },
      }
    : {}),
})

export const graphProto = (also: Partial<GraphProto>): GraphProto => ({
  node: [],
  name: 'g',
  initializer: [],
  sparse_initializer: [],
  input: [],
  output: [],
  value_info: [],
  metadata_props: [],
  ...also,
})

export const modelProto = (graph: Partial<GraphProto>, also: Partial<ModelProto> = {}): ModelProto => ({
  ir_version: 10,
  opset_import: [{ domain: '', version: 18 }],
  metadata_props: [],
  functions: [],
  graph: graphProto(graph),
  ...also,
})

export const modelBytes = (graph: Partial<GraphProto>, also: Partial<ModelProto> = {}): Uint8Array =>
  encodeMessage('ModelProto', modelProto(graph, also))

export const graphBytes = (graph: Partial<GraphProto>): Uint8Array => encodeMessage('GraphProto', graphProto(graph))

export interface OneLayer {
  readonly kind: string
  readonly inputs: readonly (ConstantValue | null)[]
  readonly attributes?: Attributes
  readonly outputs?: number
  readonly opset?: number
}

/** A network of one layer whose operands are network inputs `x0`, `x1` ... and whose results are outputs `y0`, `y1` ... */
export function networkOfOne({ kind, inputs, attributes = {}, outputs = 1, opset = 18 }: OneLayer): NetworkSnapshot {
  const given = inputs.map((v, i) => ({ v, i })).filter(({ v }) => v !== null)
  const operands = given.map(({ v, i }, id) => ({
    id,
    name: `x${i}`,
    dtype: v!.dtype,
    shape: v!.shape,
    producer: ABSENT,
  }))
  const ids = inputs.map((_, i) => given.findIndex((g) => g.i === i))
  const first = operands.length
  const results = Array.from({ length: outputs }, (_, i) => ({
    id: first + i,
    name: `y${i}`,
    dtype: null,
    shape: null,
    producer: 0,
  }))
  const layer = { id: 0, kind, name: 'layer', scope: '', attributes, origin: [], removed: false, flayer: null }
  return {
    name: 'one',
    dialect: 'onnx',
    opsets: { '': opset },
    layers: [{ ...layer, inputs: ids, outputs: results.map((r) => r.id) }],
    tensors: [...operands, ...results],
    inputs: operands.map((t) => t.id),
    outputs: results.map((r) => ({ name: r.name, tensor: r.id })),
    nextLayerId: 1,
    nextTensorId: first + outputs,
    properties: {},
  }
}

let runtime: Promise<Runtime> | null = null

export interface Result {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly bytes: Uint8Array
  readonly numbers: readonly number[]
}

/** Runs a model on ONNX Runtime without any optimization. */
export async function run(
  bytes: Uint8Array,
  feeds: Readonly<Record<string, ConstantValue>>,
): Promise<Record<string, Result>> {
  runtime ??= nodeRuntime()
  const session = await (await runtime).load(bytes)
  const results = await session.run(new Map(Object.entries(feeds)))
  await session.release()
  return Object.fromEntries([...results].map(([name, v]) => [name, resultOf(v)]))
}

function resultOf(v: ConstantValue): Result {
  return { dtype: v.dtype, shape: v.shape as number[], bytes: v.bytes!, numbers: Array.from(v.numbers()) }
}

export function runOne(layer: OneLayer): Promise<Record<string, Result>> {
  const feeds = Object.fromEntries(layer.inputs.flatMap((v, i) => (v ? [[`x${i}`, v] as const] : [])))
  return run(exportOnnx(networkOfOne(layer)).bytes, feeds)
}
