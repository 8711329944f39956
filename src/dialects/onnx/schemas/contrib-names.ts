/** Operators of com.microsoft that ONNX Runtime has (its docs/ContribOperators.md) and of which Graft has no schema. */
export const CONTRIB_NAMES: readonly string[] = `
  AttnLSTM BeamSearch BiasAdd BiasDropout BiasSplitGelu BifurcationDetector BitmaskBiasDropout BitmaskDropout
  CDist CausalConvWithState ComplexMul ComplexMulConj ConvTransposeWithDynamicPads CropAndResize
  DecoderAttention DecoderMaskedMultiHeadAttention DecoderMaskedSelfAttention DequantizeBFP DequantizeWithOrder
  DynamicQuantizeLSTM DynamicTimeWarping EPContext EngramGate ExpandDims FusedMatMulActivation GatedAdd
  GatedDeltaNet GatedRMSNorm GatedRelativePositionBias GatherBlockQuantized GatherND GemmFastGelu GemmFloat8
  GemmaRotaryEmbedding GreedySearch GridSample Inverse Irfft LinearAttention LinearAttentionGate
  LongformerAttention MRotaryEmbedding MatMulBlockQuantizedFp4Weight MatMulBlockQuantizedFp8Weight MatMulBnb4
  MatMulFpQ4 MatMulInteger16 MatMulNBitsMlp MatMulNBitsQkv MaxpoolWithMask MoE MulInteger MurmurHash3
  NGramHashMapping NGramRepeatBlock NhwcConv NhwcFusedConv NhwcMaxPool PackedAttention PackedMultiHeadAttention
  Pad PagedAttention QAttention QGemm QLinearAveragePool QLinearConcat QLinearConv QLinearGlobalAveragePool
  QLinearLeakyRelu QLinearReduceMean QLinearSoftmax QLinearWhere QMoE QOrderedAttention QOrderedGelu
  QOrderedLayerNormalization QOrderedLongformerAttention QOrderedMatMul QuantizeBFP QuantizeWithOrder Range
  ReduceSumInteger RelativePositionBias RemovePadding RestorePadding Rfft SampleOp Sampling Snpe SparseAttention
  SparseToDenseMatMul Tokenizer TorchEmbedding TransposeMatMul UnfoldTensor Unique VarlenCausalConvWithState
  VarlenNGramHashMapping WhisperBeamSearch WordConvEmbedding QEmbedLayerNormalization
`
  .trim()
  .split(/\s+/)
  .map((name) => `com.microsoft.${name}`)
