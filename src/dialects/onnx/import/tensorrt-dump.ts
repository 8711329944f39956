/**
 * The file that `trtllm-build --visualize_network` writes: layers of a TensorRT network under ONNX operator names, with every
 * attribute as a string and without weights. None of its operators means what ONNX means by the name.
 */
import type { GraphProto, NodeProto } from '../proto/messages'
import { OnnxImportError } from './error'
import { declaredType } from './types'
import type { DeclaredType } from './types'

const STRING = 3
const LAYER_TYPE = 'LayerType.'

/** A layer as it stands in such a file. */
export interface DumpedLayer {
  readonly name: string
  /** '' for an operand that is not given. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: ReadonlyMap<string, string>
}

export interface TensorRtDump {
  readonly layers: readonly DumpedLayer[]
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** By tensor name. */
  readonly types: ReadonlyMap<string, DeclaredType>
}

/** The file is no ONNX model; `dump` is what it is. */
export class TensorRtDumpError extends OnnxImportError {
  constructor(
    readonly dump: TensorRtDump,
    node: string,
  ) {
    super(
      'This is not an ONNX model but a TensorRT network, as trtllm-build --visualize_network writes it down',
      `node ${node}`,
      'Its operators only bear ONNX names (Gemm is a batched product there) and its weights are not in the file, so it is opened as TensorRT layers and not as ONNX.',
    )
  }
}

/** @throws TensorRtDumpError for such a file: read as ONNX it would be rewritten into another network */
export function refuseTensorRtDump(graph: GraphProto): void {
  const layer = graph.node.find(isLayer)
  if (layer) throw new TensorRtDumpError(dumpOf(graph), layer.name ?? '')
}

function isLayer({ attribute }: NodeProto): boolean {
  const type = attribute.find((a) => a.name === 'type')
  return (
    type?.s !== undefined &&
    new TextDecoder().decode(type.s).startsWith(LAYER_TYPE) &&
    attribute.every((a) => a.type === STRING)
  )
}

function dumpOf({ node, input, output, value_info }: GraphProto): TensorRtDump {
  const decoder = new TextDecoder()
  const types = [...value_info, ...output, ...input].map((v) => [v.name ?? '', declaredType(v)] as const)
  return {
    layers: node.map((n) => ({
      name: n.name ?? '',
      inputs: n.input,
      outputs: n.output,
      attributes: new Map(n.attribute.map((a) => [a.name ?? '', a.s ? decoder.decode(a.s) : ''])),
    })),
    inputs: input.map((v) => v.name ?? ''),
    outputs: output.map((v) => v.name ?? ''),
    types: new Map(types),
  }
}
