/** TensorRT's layer types that this dialect knows, by the names of `trt.LayerType`. */
export const LayerType = {
  CONSTANT: 'CONSTANT',
  ELEMENTWISE: 'ELEMENTWISE',
  MATRIX_MULTIPLY: 'MATRIX_MULTIPLY',
  UNARY: 'UNARY',
  ACTIVATION: 'ACTIVATION',
  SOFTMAX: 'SOFTMAX',
  SHUFFLE: 'SHUFFLE',
  REDUCE: 'REDUCE',
  CAST: 'CAST',
  NORMALIZATION: 'NORMALIZATION',
  PLUGIN_V2: 'PLUGIN_V2',
} as const
export type LayerType = (typeof LayerType)[keyof typeof LayerType]

/** Names of `trt.ElementWiseOperation`. */
export const ElementWiseOperation = {
  SUM: 'SUM',
  SUB: 'SUB',
  PROD: 'PROD',
  DIV: 'DIV',
  POW: 'POW',
  MIN: 'MIN',
  MAX: 'MAX',
} as const
export type ElementWiseOperation = (typeof ElementWiseOperation)[keyof typeof ElementWiseOperation]

export type MatrixOperation = 'NONE' | 'TRANSPOSE' | 'VECTOR'
export type UnaryOperation = 'EXP' | 'LOG' | 'SQRT' | 'RECIP' | 'ABS' | 'NEG' | 'ERF' | 'NOT'
export type ActivationType = 'RELU' | 'SIGMOID' | 'TANH' | 'GELU_ERF' | 'GELU_TANH' | 'LEAKY_RELU' | 'CLIP'
export type ReduceOperation = 'SUM' | 'PROD' | 'MAX' | 'MIN' | 'AVG'
