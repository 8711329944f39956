/** ONNX and com.microsoft: reading models, writing them, and what is known of their operators. */
export { importOnnx, type ImportOptions, type ImportResult } from './import/import-onnx'
export { OnnxImportError } from './import/error'
export { inferShapes } from './infer/infer-shapes'
export { onnxDialect } from './schemas/dialect'
