/** ONNX and com.microsoft: reading models, writing them, and what is known of their operators. */
export { scopeOf } from './import/scope'
export { topologicalOrder } from './import/order'
export { importOnnx, type ImportOptions, type ImportResult } from './import/import-onnx'
export {
  exportBody,
  exportOnnx,
  exportParts,
  type ExportedParts,
  type ExportOptions,
  type ExportResult,
} from './export/export-onnx'
export { joined, lengthOf, type Part } from './proto/parts'
export { OnnxExportError } from './export/error'
export { OnnxImportError } from './import/error'
export { TensorRtDumpError, type DumpedLayer, type TensorRtDump } from './import/tensorrt-dump'
export { dataTypeOf, dtypeOf as dtypeOfNumber } from './proto/element-types'
export { readTensorFile } from './import/tensor-file'
export { broadcastShapes } from './infer/broadcast'
export { addDims, divideExactly, floorDivDims, mulDims, productOf, subDims } from './infer/dims'
export { einsumShape } from './infer/matmul'
export { dimValue, namesInDim } from './infer/dim-value'
export { inferShapes } from './infer/infer-shapes'
export { onnxProperties, type OnnxProperties } from './properties'
export { knownKinds, onnxDialect, operatorNotes, type OperatorNotes } from './schemas/dialect'
export { hasRandomBody, kindsIn } from './bodies'
export { bodyNetwork, type BodyNetwork, type Taken } from './body-network'
export { lacksKernel } from './kernels'
export { upgradeOpset } from './upgrade/upgrade-opset'
