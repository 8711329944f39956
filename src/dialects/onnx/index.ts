/** ONNX and com.microsoft: reading models, writing them, and what is known of their operators. */
export { importOnnx, type ImportOptions, type ImportResult } from './import/import-onnx'
export { exportOnnx, type ExportOptions, type ExportResult } from './export/export-onnx'
export { OnnxExportError } from './export/error'
export { OnnxImportError } from './import/error'
export { inferShapes } from './infer/infer-shapes'
export { onnxProperties, type OnnxProperties } from './properties'
export { knownKinds, onnxDialect } from './schemas/dialect'
export { upgradeOpset } from './upgrade/upgrade-opset'
