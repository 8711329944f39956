/** Why ONNX Runtime could not be loaded, and what to do. */
export function missingText({
  code,
  message,
}: {
  readonly code?: string | undefined
  readonly message: string
}): string {
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
    ? 'verification runs models in ONNX Runtime, which is not installed here: npm install onnxruntime-node'
    : `verification runs models in ONNX Runtime, and onnxruntime-node cannot be loaded: ${message}`
}
