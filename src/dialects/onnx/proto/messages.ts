/**
 * The messages of an ONNX file: field numbers and wire types as onnx.proto3 (IR version 13) assigns them. Nested graphs,
 * functions and types that we never look into are `bytes`: they pass through as they are.
 */

/** A 64-bit integer, exact: a number where it is a safe integer, else a bigint. */
export type Int64 = number | bigint

export interface StringStringEntryProto {
  key?: string
  value?: string
}
export interface OperatorSetIdProto {
  domain?: string
  version?: Int64
}
export interface ModelProto {
  ir_version?: Int64
  opset_import: OperatorSetIdProto[]
  producer_name?: string
  producer_version?: string
  domain?: string
  model_version?: Int64
  doc_string?: string
  graph?: GraphProto
  metadata_props: StringStringEntryProto[]
  /** Encoded FunctionProtos. */
  functions: Uint8Array[]
  unknown?: Uint8Array[]
}
export interface GraphProto {
  node: NodeProto[]
  name?: string
  initializer: TensorProto[]
  sparse_initializer: SparseTensorProto[]
  doc_string?: string
  input: ValueInfoProto[]
  output: ValueInfoProto[]
  value_info: ValueInfoProto[]
  metadata_props: StringStringEntryProto[]
  unknown?: Uint8Array[]
}
export interface NodeProto {
  input: string[]
  output: string[]
  name?: string
  op_type?: string
  domain?: string
  overload?: string
  attribute: AttributeProto[]
  doc_string?: string
  metadata_props: StringStringEntryProto[]
  unknown?: Uint8Array[]
}
export interface AttributeProto {
  name?: string
  ref_attr_name?: string
  doc_string?: string
  type?: number
  f?: number
  i?: Int64
  s?: Uint8Array
  t?: TensorProto
  /** Encoded GraphProto. */
  g?: Uint8Array
  /** Encoded SparseTensorProto. */
  sparse_tensor?: Uint8Array
  /** Encoded TypeProto. */
  tp?: Uint8Array
  floats: number[]
  ints: Int64[]
  strings: Uint8Array[]
  tensors: TensorProto[]
  graphs: Uint8Array[]
  sparse_tensors: Uint8Array[]
  type_protos: Uint8Array[]
  unknown?: Uint8Array[]
}
export interface TensorProto {
  dims: Int64[]
  data_type?: number
  /** Little-endian elements, in one or more runs. */
  float_data: Uint8Array[]
  int32_data: number[]
  string_data: Uint8Array[]
  int64_data: Int64[]
  name?: string
  doc_string?: string
  raw_data?: Uint8Array
  /** Little-endian elements, in one or more runs. */
  double_data: Uint8Array[]
  uint64_data: Int64[]
  external_data: StringStringEntryProto[]
  /** 1: the data are in `external_data`. */
  data_location?: number
  unknown?: Uint8Array[]
}
export interface SparseTensorProto {
  values?: TensorProto
  indices?: TensorProto
  dims: Int64[]
}
export interface ValueInfoProto {
  name?: string
  type?: TypeProto
  doc_string?: string
  metadata_props: StringStringEntryProto[]
  unknown?: Uint8Array[]
}
export interface TypeProto {
  tensor_type?: TensorTypeProto
  denotation?: string
  /** Sequences, maps, optionals, sparse tensors. */
  unknown?: Uint8Array[]
}
export interface TensorTypeProto {
  elem_type?: number
  shape?: TensorShapeProto
}
export interface TensorShapeProto {
  dim: DimensionProto[]
}
export interface DimensionProto {
  dim_value?: Int64
  dim_param?: string
  denotation?: string
}

export interface Messages {
  ModelProto: ModelProto
  GraphProto: GraphProto
  NodeProto: NodeProto
  AttributeProto: AttributeProto
  TensorProto: TensorProto
  SparseTensorProto: SparseTensorProto
  ValueInfoProto: ValueInfoProto
  TypeProto: TypeProto
  TensorTypeProto: TensorTypeProto
  TensorShapeProto: TensorShapeProto
  DimensionProto: DimensionProto
  OperatorSetIdProto: OperatorSetIdProto
  StringStringEntryProto: StringStringEntryProto
}
export type MessageName = keyof Messages

export type ScalarType = 'string' | 'bytes' | 'int64' | 'uint64' | 'int32' | 'float'
/** `run4` and `run8`: repeated fixed-size numbers, kept as runs of their bytes instead of being decoded. */
export type FieldType = ScalarType | 'run4' | 'run8' | MessageName

export interface Field {
  readonly id: number
  readonly name: string
  readonly type: FieldType
  readonly repeated: boolean
}

/** `number: 'name type'`, with `*` after the type of a repeated field. */
const TABLE: Readonly<Record<MessageName, Readonly<Record<number, string>>>> = {
  ModelProto: {
    1: 'ir_version int64',
    2: 'producer_name string',
    3: 'producer_version string',
    4: 'domain string',
    5: 'model_version int64',
    6: 'doc_string string',
    7: 'graph GraphProto',
    8: 'opset_import OperatorSetIdProto*',
    14: 'metadata_props StringStringEntryProto*',
    25: 'functions bytes*',
  },
  GraphProto: {
    1: 'node NodeProto*',
    2: 'name string',
    5: 'initializer TensorProto*',
    10: 'doc_string string',
    11: 'input ValueInfoProto*',
    12: 'output ValueInfoProto*',
    13: 'value_info ValueInfoProto*',
    15: 'sparse_initializer SparseTensorProto*',
    16: 'metadata_props StringStringEntryProto*',
  },
  NodeProto: {
    1: 'input string*',
    2: 'output string*',
    3: 'name string',
    4: 'op_type string',
    5: 'attribute AttributeProto*',
    6: 'doc_string string',
    7: 'domain string',
    8: 'overload string',
    9: 'metadata_props StringStringEntryProto*',
  },
  AttributeProto: {
    1: 'name string',
    2: 'f float',
    3: 'i int64',
    4: 's bytes',
    5: 't TensorProto',
    6: 'g bytes',
    7: 'floats float*',
    8: 'ints int64*',
    9: 'strings bytes*',
    10: 'tensors TensorProto*',
    11: 'graphs bytes*',
    13: 'doc_string string',
    14: 'tp bytes',
    15: 'type_protos bytes*',
    20: 'type int32',
    21: 'ref_attr_name string',
    22: 'sparse_tensor bytes',
    23: 'sparse_tensors bytes*',
  },
  TensorProto: {
    1: 'dims int64*',
    2: 'data_type int32',
    4: 'float_data run4*',
    5: 'int32_data int32*',
    6: 'string_data bytes*',
    7: 'int64_data int64*',
    8: 'name string',
    9: 'raw_data bytes',
    10: 'double_data run8*',
    11: 'uint64_data uint64*',
    12: 'doc_string string',
    13: 'external_data StringStringEntryProto*',
    14: 'data_location int32',
  },
  SparseTensorProto: { 1: 'values TensorProto', 2: 'indices TensorProto', 3: 'dims int64*' },
  ValueInfoProto: {
    1: 'name string',
    2: 'type TypeProto',
    3: 'doc_string string',
    4: 'metadata_props StringStringEntryProto*',
  },
  TypeProto: { 1: 'tensor_type TensorTypeProto', 6: 'denotation string' },
  TensorTypeProto: { 1: 'elem_type int32', 2: 'shape TensorShapeProto' },
  TensorShapeProto: { 1: 'dim DimensionProto*' },
  DimensionProto: { 1: 'dim_value int64', 2: 'dim_param string', 3: 'denotation string' },
  OperatorSetIdProto: { 1: 'domain string', 2: 'version int64' },
  StringStringEntryProto: { 1: 'key string', 2: 'value string' },
}

/** Fields of each message, by ascending number. */
export const FIELDS = Object.fromEntries(
  Object.entries(TABLE).map(([message, fields]) => [message, Object.entries(fields).map(parseField)]),
) as unknown as Readonly<Record<MessageName, readonly Field[]>>

function parseField([id, spec]: [string, string]): Field {
  const [name = '', type = ''] = spec.split(' ')
  const repeated = type.endsWith('*')
  return { id: Number(id), name, type: (repeated ? type.slice(0, -1) : type) as FieldType, repeated }
}

/** What every repeated field begins with: most stay empty. */
export const NONE: never[] = []

/** Messages in which nothing is set. Literals, since copies of one object by spread are the larger part of what reading costs. */
export const BLANK: { readonly [M in MessageName]: () => Messages[M] } = {
  ModelProto: () => ({ opset_import: NONE, metadata_props: NONE, functions: NONE }),
  GraphProto: () => ({
    node: NONE,
    initializer: NONE,
    sparse_initializer: NONE,
    input: NONE,
    output: NONE,
    value_info: NONE,
    metadata_props: NONE,
  }),
  NodeProto: () => ({ input: NONE, output: NONE, attribute: NONE, metadata_props: NONE }),
  AttributeProto: () => ({
    floats: NONE,
    ints: NONE,
    strings: NONE,
    tensors: NONE,
    graphs: NONE,
    sparse_tensors: NONE,
    type_protos: NONE,
  }),
  TensorProto: () => ({
    dims: NONE,
    float_data: NONE,
    int32_data: NONE,
    string_data: NONE,
    int64_data: NONE,
    double_data: NONE,
    uint64_data: NONE,
    external_data: NONE,
  }),
  SparseTensorProto: () => ({ dims: NONE }),
  ValueInfoProto: () => ({ metadata_props: NONE }),
  TypeProto: () => ({}),
  TensorTypeProto: () => ({}),
  TensorShapeProto: () => ({ dim: NONE }),
  DimensionProto: () => ({}),
  OperatorSetIdProto: () => ({}),
  StringStringEntryProto: () => ({}),
}

/** AttributeProto.type. */
export const ATTRIBUTE_TYPES = [
  'UNDEFINED',
  'FLOAT',
  'INT',
  'STRING',
  'TENSOR',
  'GRAPH',
  'FLOATS',
  'INTS',
  'STRINGS',
  'TENSORS',
  'GRAPHS',
  'SPARSE_TENSOR',
  'SPARSE_TENSORS',
  'TYPE_PROTO',
  'TYPE_PROTOS',
] as const
export type AttributeTypeName = (typeof ATTRIBUTE_TYPES)[number]
