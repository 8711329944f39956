import type { ConstantValue } from '../../../engine'
import { decodeMessage, DecodeError } from '../proto/decode'
import { OnnxImportError, DOWNLOAD_AGAIN } from './error'
import { constantOf } from './tensor'

/**
 * A tensor by itself, as ONNX's test data keep it (`input_0.pb`).
 * @throws OnnxImportError for a file that holds none, or one whose data lie elsewhere
 */
export function readTensorFile(bytes: Uint8Array): { readonly name: string; readonly value: ConstantValue } {
  try {
    const proto = decodeMessage('TensorProto', bytes)
    const elsewhere = (location: string): never => {
      throw new OnnxImportError(`Its elements are in ${location}`, '', 'Save the tensor with its elements in it.')
    }
    return { name: proto.name ?? '', value: constantOf(proto, proto.name ?? '', new Map(), elsewhere) }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    throw new OnnxImportError(`Not readable as a tensor: ${error.message}`, `byte ${error.offset}`, DOWNLOAD_AGAIN)
  }
}
