import type { ConstantValue, NetworkSnapshot, TensorId } from '../../engine'
import type { Int64, StringStringEntryProto } from './proto/messages'

/** What a value's declaration says besides name, dtype and shape. */
export interface ValueDeclaration {
  readonly docString?: string
  readonly metadata?: readonly StringStringEntryProto[]
  /** Encoded TypeProto of a value that is no plain tensor (a sequence, an optional, a denoted type). */
  readonly type?: Uint8Array
}

/** `NetworkSnapshot.properties.onnx`: what an ONNX file says besides its graph, kept for export. */
export interface OnnxProperties {
  readonly irVersion: number
  readonly producerName: string
  readonly producerVersion: string
  readonly domain: string
  readonly modelVersion: Int64
  readonly docString: string
  readonly metadata: readonly StringStringEntryProto[]
  readonly graphDocString: string
  readonly graphMetadata: readonly StringStringEntryProto[]
  /** Encoded FunctionProtos. */
  readonly functions: readonly Uint8Array[]
  /** Encoded fields of the model and of the graph that we do not know (training, quantization annotations). */
  readonly modelUnknown: readonly Uint8Array[]
  readonly graphUnknown: readonly Uint8Array[]
  /** Values that network inputs take where the caller gives none: initializers that are inputs too. */
  readonly defaults: Readonly<Record<TensorId, ConstantValue>>
  readonly declarations: Readonly<Record<TensorId, ValueDeclaration>>
}

const EMPTY: OnnxProperties = {
  irVersion: 10,
  producerName: 'graft',
  producerVersion: '',
  domain: '',
  modelVersion: 0,
  docString: '',
  metadata: [],
  graphDocString: '',
  graphMetadata: [],
  functions: [],
  modelUnknown: [],
  graphUnknown: [],
  defaults: {},
  declarations: {},
}

/** The ONNX properties of a network, those of a new model where it did not come from ONNX. */
export function onnxProperties(snapshot: NetworkSnapshot): OnnxProperties {
  const own = snapshot.properties['onnx'] as Partial<OnnxProperties> | undefined
  return { ...EMPTY, ...own }
}

/** Keys of LayerRecord.metadata that hold fields of NodeProto rather than metadata of the file. */
export const NODE_FIELD = {
  docString: 'onnx:doc_string',
  overload: 'onnx:overload',
  /** Only where the kind does not tell: an operator type that has a dot in it. */
  opType: 'onnx:op_type',
} as const
