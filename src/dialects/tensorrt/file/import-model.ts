import type { ByteSource } from '../../../engine'
import { importOnnx, TensorRtDumpError } from '../../onnx'
import type { ImportOptions, ImportResult } from '../../onnx'
import { dumpedNetwork } from '../dump/dumped-network'

/**
 * Opens a model of any format, by what its bytes say: ONNX, or a TensorRT network as `trtllm-build --visualize_network` dumps it.
 * The snapshot names its dialect.
 * @throws OnnxImportError with what is wrong, where, and what to do
 */
export function importModel(file: Uint8Array | ByteSource, options: ImportOptions = {}): ImportResult {
  try {
    return importOnnx(file, options)
  } catch (error) {
    if (!(error instanceof TensorRtDumpError)) throw error
    return { ...dumpedNetwork(error.dump, options.name ?? 'network'), missingExternal: [] }
  }
}
