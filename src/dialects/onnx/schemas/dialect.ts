import type { Dialect } from '../../../engine'

export const onnxDialect: Dialect = { name: 'onnx', schema: () => undefined }
