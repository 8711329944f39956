/** A network that ONNX cannot say; the message names the layer or tensor and what to do about it. */
export class OnnxExportError extends Error {
  override readonly name = 'OnnxExportError'
}
