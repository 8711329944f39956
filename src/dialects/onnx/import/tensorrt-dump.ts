/**
 * The file that `trtllm-build --visualize_network` writes: layers of a TensorRT network under ONNX operator names, with every
 * attribute as a string and without weights. None of its operators means what ONNX means by the name.
 */
import type { GraphProto, NodeProto } from '../proto/messages'
import { OnnxImportError } from './error'

const STRING = 3
const LAYER_TYPE = 'LayerType.'

/** @throws OnnxImportError for such a file: read as ONNX it would be rewritten into another network */
export function refuseTensorRtDump(graph: GraphProto): void {
  const layer = graph.node.find(isLayer)
  if (!layer) return
  throw new OnnxImportError(
    'This is not an ONNX model but a TensorRT network, as trtllm-build --visualize_network writes it down',
    `node ${layer.name ?? ''}`,
    'Its operators only bear ONNX names (Gemm is a batched product there) and its weights are not in the file, so it cannot be rewritten as ONNX. Export the model to ONNX from the framework that it was trained in.',
  )
}

function isLayer({ attribute }: NodeProto): boolean {
  const type = attribute.find((a) => a.name === 'type')
  return (
    type?.s !== undefined &&
    new TextDecoder().decode(type.s).startsWith(LAYER_TYPE) &&
    attribute.every((a) => a.type === STRING)
  )
}
