import type { Tensor } from '../../../engine'
import { LayerType } from '../layer-type'
import { allgather, allreduce } from './collectives'
import { layer, rankOf } from './core'
import { cast, eq, gt, lt, mul, opAnd, opOr, sub, where } from './elementwise'
import { plugin, typeId } from './plugins'
import { concat, expandDims, shape, slice } from './shape'

/** Rows of int8, each with a scale of its own. */
function lookup(input: Tensor, weight: Tensor, rank: number, perTokenScale: Tensor): Tensor {
  const columns = weight.shape?.at(-1) ?? null
  const type = { dtype: perTokenScale.dtype, shape: input.shape && [...input.shape, columns] }
  return plugin('Lookup', [input, weight, perTokenScale], { type_id: typeId(perTokenScale.dtype), rank }, [type])[0]!
}

/**
 * Rows of a table by their numbers; `padding` rows come behind it. Ranks share the table out by its rows (shardingDim 0), of which each
 * gives those that it has and zeros, or by its columns.
 * @throws RangeError where rows are shared out and the rank is not said
 */
export function embedding(
  input: Tensor,
  weight: Tensor,
  options: {
    readonly tpSize?: number
    readonly tpGroup?: readonly number[] | null
    readonly shardingDim?: 0 | 1
    readonly tpRank?: number
    readonly perTokenScale?: Tensor | null
    readonly padding?: Tensor | null
  } = {},
): Tensor {
  const { tpSize = 1, tpGroup = null, shardingDim = 0, tpRank, perTokenScale = null, padding = null } = options
  const table = padding ? concat([weight, padding], 0) : weight
  const rows = (ids: Tensor): Tensor => layer(LayerType.GATHER, [table, ids], { axis: 0 })
  if (tpSize <= 1 || !tpGroup) return perTokenScale ? lookup(input, table, 0, perTokenScale) : rows(input)
  if (shardingDim === 1) return allgather(rows(input), tpGroup, -1)
  if (tpRank === undefined) throw new RangeError('rows are shared out: which rank this is has to be said')
  if (perTokenScale) return allreduce(lookup(input, weight, tpRank, perTokenScale), tpGroup)
  const count = slice(shape(weight), [0], [1])
  const own = sub(input, mul(count, tpRank))
  const isOwn = opAnd(opOr(gt(own, 0), eq(own, 0)), lt(own, count))
  const wide = expandDims(isOwn, rankOf(isOwn))
  const found = rows(where(isOwn, own, 0))
  const ones = cast(wide, found.dtype ?? 'float32')
  return allreduce(where(wide, found, sub(ones, ones)), tpGroup)
}
