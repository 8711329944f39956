import { GELU } from './activation/gelu'
import { ATTENTION } from './attention/family'
import { ARITHMETIC } from './cleanup/arithmetic'
import { CHAINS } from './cleanup/chains'
import { CONDITIONS } from './cleanup/conditions'
import { CONSTANTS } from './cleanup/constants'
import { GATHERS } from './cleanup/gather'
import { MERGE } from './linear/qkv-merge'
import { SLICES } from './cleanup/slices'
import { DEAD } from './cleanup/dead'
import { DUPLICATES } from './cleanup/duplicates'
import { FOLDING } from './cleanup/fold'
import { MOVEMENT } from './cleanup/movement'
import { SINKING } from './cleanup/transpose-sinking'
import { NO_OPS } from './cleanup/no-op'
import { BOUNDS } from './convolution/bounds'
import { CONV_FOLDING } from './convolution/folding'
import { FUSED_CONV } from './convolution/fused-conv'
import { HARD_SWISH } from './convolution/hard-swish'
import { PADDING } from './convolution/padding'
import { POINTWISE } from './convolution/pointwise'
import { POOLING } from './convolution/pooling'
import type { LibraryEntry, Target } from './library'
import { FLAT_GEMM } from './linear/flat-gemm'
import { LINEAR_FOLDING } from './linear/folding'
import { FUSED_MATMUL } from './linear/fused-matmul'
import { GEMM } from './linear/gemm'
import { BARE_NORM } from './normalization/bare'
import { EMBEDDING } from './normalization/embedding'
import { GROUP_NORM } from './normalization/group-norm'
import { NORMALIZATION } from './normalization/layer-norm'
import { SKIP_NORM } from './normalization/skip'
import { DYNAMIC_QUANTIZATION } from './quantization/dynamic'

const ALL: readonly LibraryEntry[] = [
  ...FOLDING,
  ...NO_OPS,
  ...CHAINS,
  ...DUPLICATES,
  ...GELU,
  ...NORMALIZATION,
  ...BARE_NORM,
  ...GROUP_NORM,
  ...EMBEDDING,
  ...SKIP_NORM,
  ...ATTENTION,
  ...FLAT_GEMM,
  ...DEAD,
  ...GATHERS,
  ...MOVEMENT,
  ...SINKING,
  ...SLICES,
  ...CONDITIONS,
  ...CONSTANTS,
  ...ARITHMETIC,
  ...MERGE,
  ...BOUNDS,
  ...PADDING,
  ...CONV_FOLDING,
  ...POOLING,
  ...HARD_SWISH,
  ...FUSED_CONV,
  ...POINTWISE,
  ...LINEAR_FOLDING,
  ...GEMM,
  ...FUSED_MATMUL,
  ...DYNAMIC_QUANTIZATION,
]

/** The library for ONNX networks, in the order of its families. */
export function onnxLibrary(target: Target): LibraryEntry[] {
  return ALL.filter((e) => e.targets.includes(target))
}
