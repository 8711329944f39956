import type { ByteSource } from '../../../engine'
import { importOnnx, TensorRtDumpError } from '../../onnx'
import type { ImportOptions, ImportResult } from '../../onnx'
import { dumpedNetwork } from '../dump/dumped-network'
import { isNetworkFile } from './format'
import { readNetwork } from './read-network'

/**
 * Opens a model of any format, by what its bytes say: ONNX, a `.graft-trt` file, or a TensorRT network as
 * `trtllm-build --visualize_network` dumps it. The snapshot names its dialect.
 * @throws OnnxImportError with what is wrong, where, and what to do
 */
export function importModel(file: Uint8Array | ByteSource, options: ImportOptions = {}): ImportResult {
  if (isNetworkFile(head(file))) return readNetwork(new TextDecoder().decode(whole(file)), options)
  try {
    return importOnnx(file, options)
  } catch (error) {
    if (!(error instanceof TensorRtDumpError)) throw error
    return { ...dumpedNetwork(error.dump, options.name ?? 'network'), missingExternal: [] }
  }
}

const HEAD = 256

const head = (file: Uint8Array | ByteSource): Uint8Array =>
  file instanceof Uint8Array ? file.subarray(0, HEAD) : file.read(0, Math.min(HEAD, file.length))

const whole = (file: Uint8Array | ByteSource): Uint8Array =>
  file instanceof Uint8Array ? file : file.pass(0, file.length)
