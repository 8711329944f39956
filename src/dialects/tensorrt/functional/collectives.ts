/** What several GPUs do together. There is no plugin configuration here: values travel in the type that they have. */
import { defaultNet } from '../../../engine'
import type { DType, Tensor } from '../../../engine'
import { constantOf, rankOf } from './core'
import { div, mul } from './elementwise'
import { like, plugin, typeId } from './plugins'
import { concat, shape, slice } from './shape'

export const AllReduceStrategy = {
  NCCL: 0, MIN_LATENCY: 1, UB: 2, AUTO: 3, ONESHOT: 4, TWOSHOT: 5, LOWPRECISION: 6, MNNVL: 7, NCCL_SYMMETRIC: 8, SYMM_MEM: 9, FLASHINFER: 10,
} as const // prettier-ignore
export const AllReduceFusionOp = {
  NONE: 0, RESIDUAL_RMS_NORM: 1, LAST_PROCESS_FOR_UB: 2, RESIDUAL_RMS_PREPOST_NORM: 3, RESIDUAL_RMS_NORM_QUANT_FP8: 4, RESIDUAL_RMS_NORM_QUANT_NVFP4: 5,
  RESIDUAL_RMS_NORM_OUT_QUANT_FP8: 6, RESIDUAL_RMS_NORM_OUT_QUANT_NVFP4: 7, MOE_FINALIZE_ALLREDUCE_RESIDUAL_RMS_NORM: 8,
} as const // prettier-ignore

export interface AllReduceParams {
  readonly strategy?: number
  readonly fusionOp?: number
  readonly bias?: Tensor | null
  readonly residual?: Tensor | null
  readonly normWeight?: Tensor | null
  readonly scale?: Tensor | null
  readonly normPreResidualWeight?: Tensor | null
  readonly eps?: number
  /** What strategies of several kernels need; without it NCCL does it. */
  readonly workspace?: Tensor | null
}

const BY_NCCL: readonly number[] = [AllReduceStrategy.NCCL, AllReduceStrategy.UB, AllReduceStrategy.NCCL_SYMMETRIC]

/** Sums over the ranks of a group. */
export const allreduce = (x: Tensor, group: readonly number[], params: AllReduceParams = {}): Tensor =>
  reduced(x, group, { ...params, fusionOp: AllReduceFusionOp.NONE })[0]!

/** The sum with what is fused into it: what comes out, and the sum of the residual. @throws RangeError without a residual */
export function allreduceFused(x: Tensor, group: readonly number[], params: AllReduceParams): [Tensor, Tensor] {
  if (!params.fusionOp) throw new RangeError('which operation is fused is not said: fusionOp')
  if (!params.residual) throw new RangeError('what is fused into allreduce needs a residual')
  const [final, inter] = reduced(x, group, params)
  return [final!, inter!]
}

function reduced(x: Tensor, group: readonly number[], params: AllReduceParams): Tensor[] {
  const { bias = null, residual = null, normWeight = null, scale = null, workspace = null, fusionOp = 0 } = params
  const wanted = params.strategy ?? AllReduceStrategy.AUTO
  const strategy = workspace || BY_NCCL.includes(wanted) ? wanted : AllReduceStrategy.NCCL_SYMMETRIC
  const fields = {
    group,
    type_id: typeId(x.dtype),
    strategy,
    fusion_op: fusionOp,
    eps: params.eps ?? 1e-6,
    affine: normWeight ? 1 : 0,
    bias: bias ? 1 : 0,
    scale: scale ? 1 : 0,
  }
  const before = normWeight && fusionOp === AllReduceFusionOp.RESIDUAL_RMS_PREPOST_NORM
  const fused = [bias, residual, normWeight, before ? (params.normPreResidualWeight ?? null) : null, scale]
  const inputs = [x, BY_NCCL.includes(strategy) ? null : workspace, ...(fusionOp === 0 ? [] : fused)]
  return plugin('AllReduce', inputs, fields, fusionOp === 0 ? [like(x)] : [like(x), like(x)])
}

/** The parts of all ranks of a group, one behind the other along a dimension. */
export function allgather(x: Tensor, group: readonly number[], gatherDim = 0): Tensor {
  const count = group.length
  const first = x.shape?.[0]
  const whole = x.shape && [typeof first === 'number' ? first * count : null, ...x.shape.slice(1)]
  const [y] = plugin('AllGather', [x], { group, type_id: typeId(x.dtype) }, [like(x, whole)])
  if (gatherDim === 0) return y!
  // The plugin gathers along the first dimension: what each rank gave is cut out, and joined along the other.
  const rank = rankOf(x)
  const each = div(shape(y!, 0), count)
  const zeros = Array.from({ length: rank }, () => constantOf('int64', [0]))
  const sizes = Array.from({ length: rank }, (_, d) => shape(y!, d))
  const parts = group.map((_, i) => {
    const starts = concat([mul(each, i), ...zeros.slice(1)])
    return slice(y!, starts, concat([each, ...sizes.slice(1)]))
  })
  return concat(parts, gatherDim)
}

export function reduceScatter(x: Tensor, group: readonly number[]): Tensor {
  const first = x.shape?.[0]
  const part = x.shape && [typeof first === 'number' ? first / group.length : null, ...x.shape.slice(1)]
  return plugin('ReduceScatter', [x], { group, type_id: typeId(x.dtype) }, [like(x, part)])[0]!
}
export const send = (x: Tensor, tgt: number): Tensor =>
  plugin('Send', [x], { tgt_rank: tgt, type_id: typeId(x.dtype) }, [like(x)])[0]!
export const recv = (x: Tensor, src: number): Tensor =>
  plugin('Recv', [x], { src_rank: src, type_id: typeId(x.dtype) }, [like(x)])[0]!

/**
 * alpha · a · b summed over the ranks of a group. Three results are the same memory by three addresses, and network outputs, numbered
 * within the network.
 */
export function gemmAllreduce(
  a: Tensor,
  b: Tensor,
  group: readonly number[],
  options: {
    readonly transa?: boolean
    readonly transb?: boolean
    readonly alpha?: number | Tensor
    readonly outputDtype?: DType
    readonly fp8InputsOverride?: boolean
    readonly aSf?: Tensor | null
    readonly bSf?: Tensor | null
  } = {},
): Tensor {
  const { transa = false, transb = false, alpha = 1, outputDtype = 'float16', aSf = null, bSf = null } = options
  const of = (x: Tensor): number => typeId(options.fp8InputsOverride ? 'float8e4m3fn' : x.dtype)
  const factor = typeof alpha === 'number' ? null : alpha
  const fields = {
    type_a: of(a),
    type_b: of(b),
    type_d: typeId(outputDtype),
    transa: Number(transa),
    transb: Number(transb),
    group,
    has_sfa: aSf ? 1 : 0,
    has_sfb: bSf ? 1 : 0,
    alpha_is_ptr: factor ? 1 : 0,
    alpha: typeof alpha === 'number' ? alpha : 1,
  }
  const rows = a.shape && (transa ? [...a.shape.slice(0, -2), a.shape.at(-1)!] : a.shape.slice(0, -1))
  const columns = b.shape?.at(transb ? -2 : -1) ?? null
  const type = { dtype: outputDtype, shape: rows && [...rows, columns] }
  const results = plugin('GemmAllReduce', [a, b, aSf, bSf, factor], fields, [type, type, type])
  const network = defaultNet()
  const index = network.outputs.filter((o) => o.name.startsWith('gemm_allreduce_uc_out_')).length
  results.forEach((t, i) => network.markOutput(t, `gemm_allreduce_${['uc', 'mc', 'ipc'][i]!}_out_${index}`))
  return results[0]!
}

/** Of the tokens of each sequence the part of one rank, and where each token of the whole is in what all ranks have. */
export function cpSplitPlugin(
  inputIds: Tensor,
  hostRequestTypes: Tensor,
  hostContextLengths: Tensor,
  options: { readonly cpSize?: number; readonly cpRank?: number } = {},
): [ids: Tensor, joined: Tensor] {
  const fields = { cp_size: options.cpSize ?? 1, cp_rank: options.cpRank ?? 0 }
  const part = { dtype: inputIds.dtype, shape: [null] }
  const types = [part, { dtype: 'int32', shape: [] } as const, { dtype: 'int32', shape: [null] } as const]
  const made = plugin('CpSplit', [inputIds, hostRequestTypes, hostContextLengths], fields, types, 'PLUGIN_V3')
  return [made[0]!, made[2]!]
}
