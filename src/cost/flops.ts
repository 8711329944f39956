/** The formula of each kind. */
import { domainOf, operatorOf } from '../engine'
import { times } from './arithmetic'
import type { Amount } from './arithmetic'
import { numberOf, textOf } from './facts'
import type { LayerFacts } from './facts'
import { attention, groupQuery, multiHead, packedAttention, rotary } from './flops-attention'
import { perActivation, perElement, perReduced } from './flops-elements'
import * as matrix from './flops-matrix'
import type { Flops } from './flops-matrix'
import * as norm from './flops-norm'
import type { Measure } from './sizes'

const BY_OPERATOR: Readonly<Record<string, Flops>> = {
  MatMul: matrix.matmul,
  MATRIX_MULTIPLY: matrix.matmul,
  FusedMatMul: matrix.matmul,
  MatMulInteger: matrix.matmul,
  QLinearMatMul: matrix.matmul,
  MatMulIntegerToFloat: matrix.matmulWithBias,
  DynamicQuantizeMatMul: matrix.matmulWithBias,
  MatMulNBits: matrix.matmulNBits,
  Gemm: matrix.gemm,
  FusedGemm: matrix.gemm,
  Einsum: matrix.einsum,
  Conv: matrix.conv,
  DeformConv: matrix.conv,
  FusedConv: matrix.fusedConv,
  ConvInteger: matrix.convInteger,
  QLinearConv: matrix.qlinearConv,
  ConvTranspose: matrix.convTranspose,
  LSTM: matrix.recurrent,
  GRU: matrix.recurrent,
  RNN: matrix.recurrent,
  'com.microsoft.Attention': packedAttention,
  Attention: attention,
  MultiHeadAttention: multiHead,
  GroupQueryAttention: groupQuery,
  RotaryEmbedding: rotary,
  LayerNormalization: norm.layerNorm,
  NORMALIZATION: norm.maskedNorm,
  EINSUM: matrix.einsum,
  CONVOLUTION: matrix.convolution,
  DECONVOLUTION: matrix.deconvolution,
  SimplifiedLayerNormalization: norm.rmsNorm,
  RMSNormalization: norm.rmsNorm,
  SkipLayerNormalization: norm.skipNorm,
  SkipSimplifiedLayerNormalization: norm.skipNorm,
  EmbedLayerNormalization: norm.embedNorm,
  GroupNormalization: norm.groupNorm,
  InstanceNormalization: norm.groupNorm,
  GroupNorm: norm.groupNorm,
  SkipGroupNorm: norm.groupNorm,
  BatchNormalization: norm.batchNorm,
  LpNormalization: norm.lpNorm,
  LRN: norm.localResponse,
  SCALE: (f, m) => times(3, m.count(f.inputs[0])),
  PLUGIN: () => null,
  PLUGIN_V2: () => null,
  PLUGIN_V3: () => null,
  MeanVarianceNormalization: (f, m) => times(6, m.count(f.inputs[0])),
}

/** A comparison or addition for each element of each window; of the whole picture where the window is that. */
const pooling: Flops = (f, m) => {
  const kernel = f.record.attributes['kernel_shape'] ?? f.record.attributes['window_size_nd']
  if (!Array.isArray(kernel)) return m.count(f.inputs[0])
  return times(m.count(f.outputs[0]), ...(kernel as readonly number[]))
}

/** What a whole category takes where the operator has no formula of its own; null for one that does nobody knows what. */
function byCategory(f: LayerFacts, m: Measure): Amount {
  switch (f.category) {
    case 'elementwise':
    case 'activation':
    case 'quantization':
      return elementwise(f, m)
    case 'reduction':
      return times(m.count(f.inputs[0]), perReduced(f.record.kind))
    case 'pooling':
      return pooling(f, m)
    case 'shape':
    case 'data-movement':
    case 'constant':
      return 0
    default:
      return null
  }
}

/** Sum, Mean, Max and Min take any number of operands, two at a time. */
function elementwise(f: LayerFacts, m: Measure): Amount {
  const { kind } = f.record
  if (kind === 'ACTIVATION') return times(m.count(f.outputs[0]), perActivation(textOf(f, 'type')))
  const many = /^(Sum|Mean|Max|Min)$/.test(kind) ? Math.max(1, f.inputs.length - 1) : 1
  const slower = kind === 'Swish' && numberOf(f, 'alpha', 1) !== 1 ? 1 : 0
  const gelu = kind === 'Gelu' && f.record.attributes['approximate'] === 'tanh' ? perElement('FastGelu') : null
  return times(m.count(f.outputs[0]), (gelu ?? perElement(kind) + slower) * many)
}

/** By kind, as they were found. */
const formulas = new Map<string, Flops | null>()

/** FLOPs of one layer; null where a size, or the operator itself, is not known. */
export function flopsOf(facts: LayerFacts, measure: Measure): Amount {
  const { kind } = facts.record
  let formula = formulas.get(kind)
  if (formula === undefined) {
    const known = domainOf(kind) === '' || domainOf(kind) === 'com.microsoft'
    formula = (known && (BY_OPERATOR[kind] ?? BY_OPERATOR[operatorOf(kind)])) || null
    formulas.set(kind, formula)
  }
  return formula ? formula(facts, measure) : byCategory(facts, measure)
}
