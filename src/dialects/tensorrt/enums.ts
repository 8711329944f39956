/** TensorRT's enums, by the names of its Python module and in the order of their values. */

/** `trt.DataType`. */
export const DataType = [
  'FLOAT', 'HALF', 'INT8', 'INT32', 'BOOL', 'UINT8', 'FP8', 'BF16', 'INT64', 'INT4', 'FP4', 'E8M0',
] as const // prettier-ignore
export type DataType = (typeof DataType)[number]

const ELEMENTWISE = [
  'SUM', 'PROD', 'MAX', 'MIN', 'SUB', 'DIV', 'POW', 'FLOOR_DIV', 'AND', 'OR', 'XOR', 'EQUAL', 'GREATER', 'LESS',
] as const // prettier-ignore
export type ElementWiseOperation = (typeof ELEMENTWISE)[number]
/** `trt.ElementWiseOperation`. */
export const ElementWiseOperation = byName(ELEMENTWISE)

export const UnaryOperation = [
  'EXP', 'LOG', 'SQRT', 'RECIP', 'ABS', 'NEG', 'SIN', 'COS', 'TAN', 'SINH', 'COSH', 'ASIN', 'ACOS', 'ATAN', 'ASINH',
  'ACOSH', 'ATANH', 'CEIL', 'FLOOR', 'ERF', 'NOT', 'SIGN', 'ROUND', 'ISINF', 'ISNAN',
] as const // prettier-ignore
export type UnaryOperation = (typeof UnaryOperation)[number]

export const ActivationType = [
  'RELU', 'SIGMOID', 'TANH', 'LEAKY_RELU', 'ELU', 'SELU', 'SOFTSIGN', 'SOFTPLUS', 'CLIP', 'HARD_SIGMOID', 'SCALED_TANH',
  'THRESHOLDED_RELU', 'GELU_ERF', 'GELU_TANH',
] as const // prettier-ignore
export type ActivationType = (typeof ActivationType)[number]

export const ReduceOperation = ['SUM', 'PROD', 'MAX', 'MIN', 'AVG', 'NONE'] as const
export type ReduceOperation = (typeof ReduceOperation)[number]
export const MatrixOperation = ['NONE', 'TRANSPOSE', 'VECTOR'] as const
export type MatrixOperation = (typeof MatrixOperation)[number]
export const SampleMode = ['STRICT_BOUNDS', 'WRAP', 'CLAMP', 'FILL', 'REFLECT'] as const
export type SampleMode = (typeof SampleMode)[number]
export const GatherMode = ['DEFAULT', 'ELEMENT', 'ND'] as const
export const ScatterMode = ['ELEMENT', 'ND'] as const
export const FillOperation = ['LINSPACE', 'RANDOM_UNIFORM', 'RANDOM_NORMAL'] as const
export const PoolingType = ['MAX', 'AVERAGE', 'MAX_AVERAGE_BLEND'] as const
export const ScaleMode = ['UNIFORM', 'CHANNEL', 'ELEMENTWISE'] as const
export const InterpolationMode = ['NEAREST', 'LINEAR', 'CUBIC'] as const
export const CoordinateTransformation = ['ALIGN_CORNERS', 'ASYMMETRIC', 'HALF_PIXEL'] as const
export const ResizeSelector = ['FORMULA', 'UPPER'] as const
export const NearestRounding = ['HALF_UP', 'HALF_DOWN', 'FLOOR', 'CEIL'] as const
export const PaddingMode = ['EXPLICIT_ROUND_DOWN', 'EXPLICIT_ROUND_UP', 'SAME_UPPER', 'SAME_LOWER'] as const
export const TopKOperation = ['MAX', 'MIN'] as const
export const CumulativeOperation = ['SUM'] as const
export const LoopOutput = ['LAST_VALUE', 'CONCATENATE', 'REVERSE'] as const
export const TripLimit = ['COUNT', 'WHILE'] as const
export const BoundingBoxFormat = ['CORNER_PAIRS', 'CENTER_SIZES'] as const
export const NormalizationOp = ['NONE', 'SOFTMAX'] as const
export const CausalMaskKind = ['NONE', 'UPPER_LEFT', 'LOWER_RIGHT'] as const
export const AttentionIOForm = ['PADDED_BHND', 'PACKED_NHD'] as const
export const KVCacheMode = ['LINEAR'] as const
export const MoEActType = ['NONE', 'SILU'] as const
export const CollectiveOperation = ['ALL_REDUCE', 'ALL_GATHER', 'BROADCAST', 'REDUCE', 'REDUCE_SCATTER'] as const

function byName<const N extends string>(names: readonly N[]): { readonly [K in N]: K } {
  return Object.fromEntries(names.map((n) => [n, n])) as { readonly [K in N]: K }
}
