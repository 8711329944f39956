/** What orders, sums up or samples along a dimension. */
import type { DType, Tensor } from '../../../engine'
import { Tensor as TensorClass } from '../../../engine'
import { LayerType } from '../layer-type'
import { axisOf, constantOf, layer, layers, rankOf } from './core'
import { freeName } from './names'
import { cast, div, eq, gt, lt, mul, opOr } from './elementwise'
import { arange, argmax, expand } from './indexing'
import { plugin, typeId } from './plugins'
import { sum } from './reduction'
import { concat, expandDims, shape, squeeze, unsqueeze, view } from './shape'

/** The last dimension, with those before it as rows, as the plugins of the last dimension take it. */
function asRows(x: Tensor, length: Tensor | number): Tensor {
  const rank = rankOf(x)
  if (rank === 2) return x
  if (rank === 1) return unsqueeze(x, 0)
  return view(x, concat([-1, length]), false)
}

/** The size of the last dimension: a number, or where it is not known a scalar. */
function lengthOf(x: Tensor): Tensor | number {
  const size = x.shape?.at(-1)
  return typeof size === 'number' ? size : shape(x, -1)
}

/**
 * The k largest elements along a dimension, and where they stand; smallest for `largest: false`. For a number k on the last dimension by the
 * plugin TopkLastDim, else by TOPK.
 */
export function topk(
  x: Tensor,
  k: number | Tensor,
  dim: number,
  options: { readonly largest?: boolean; readonly preferPlugin?: boolean } = {},
): [values: Tensor, indices: Tensor] {
  const { largest = true, preferPlugin = true } = options
  const rank = rankOf(x)
  const axis = axisOf(dim, rank)
  if (preferPlugin && axis === rank - 1 && typeof k === 'number') {
    const length = lengthOf(x)
    const sizes = concat([...Array.from({ length: rank - 1 }, (_, i) => shape(x, i)), k])
    const rows = asRows(x, length)
    const of = [rows.shape?.[0] ?? null, k]
    const types = [
      { dtype: x.dtype, shape: of },
      { dtype: 'int32', shape: of },
    ] as const
    const fields = { type_id: typeId(rows.dtype), k, is_largest: Number(largest) }
    const found = plugin('TopkLastDim', [rows], fields, types)
    return [view(found[0]!, sizes, false), view(found[1]!, sizes, false)]
  }
  const attributes = { op: largest ? 'MAX' : 'MIN', axes: 1 << axis, ...(typeof k === 'number' && { k }) }
  const scalar = k instanceof TensorClass && rankOf(k) === 1 ? squeeze(k, 0) : k
  const [values, indices] = layers(LayerType.TOPK, scalar instanceof TensorClass ? [x, scalar] : [x], attributes, 2)
  return [values!, indices!]
}

/**
 * Sums up along a dimension: on the last by the plugin CumsumLastDim, or as the product with a triangle of ones; on another by a loop.
 */
export function cumsum(x: Tensor, dim: number, options: { readonly preferPlugin?: boolean } = {}): Tensor {
  const rank = rankOf(x)
  const axis = axisOf(dim, rank)
  if (axis !== rank - 1) return summedInLoop(x, axis)
  if (options.preferPlugin ?? true) {
    const length = lengthOf(x)
    const whole = shape(x)
    const rows = asRows(x, length)
    const type = { dtype: x.dtype, shape: rows.shape }
    const last = rows.shape?.at(-1)
    const fields = { input_length: typeof last === 'number' ? last : -1, type_id: typeId(rows.dtype) }
    const [y] = plugin('CumsumLastDim', [rows], fields, [type])
    return view(y!, whole, false)
  }
  const length = shape(x, axis)
  const numbers = arange(constantOf('int64', [0], []), length, 'int64')
  const [row, column] = [unsqueeze(numbers, 0), unsqueeze(numbers, 1)]
  const triangle = cast(opOr(lt(row, column), eq(row, column)), x.dtype ?? 'float32')
  return sum(mul(unsqueeze(x, -2), triangle), -1)
}

/** One slice after the other, each added to the sum so far. */
function summedInLoop(x: Tensor, axis: number): Tensor {
  const loop = freeName(x.network, 'cumsum', LayerType.TRIP_LIMIT, 'loop')
  const sizes = x.shape!.flatMap((_, i) => (i === axis ? [] : [shape(x, i)]))
  const zero = constantOf(x.dtype ?? 'float32', [0], [])
  const wide = expandDims(zero, [...sizes.keys()])
  const start = expand(wide, concat(sizes))
  const count = shape(x, axis)
  const { network } = x
  network.addLayer({ kind: LayerType.TRIP_LIMIT, inputs: [count], attributes: { loop, kind: 'COUNT' }, outputs: [] })
  const slice = layer(LayerType.ITERATOR, [x], { loop, axis })
  const type = { dtype: start.dtype, shape: start.shape }
  const so = network.addLayer({
    kind: LayerType.RECURRENCE,
    inputs: [start, null],
    attributes: { loop },
    outputs: [type],
  })
  const next = layer(LayerType.ELEMENTWISE, [slice, so.output()], { op: 'SUM' }, { type })
  network.setInput(so, 1, next)
  return layer(
    LayerType.LOOP_OUTPUT,
    [next, count],
    { loop, kind: 'CONCATENATE', axis },
    { type: { dtype: x.dtype, shape: x.shape } },
  )
}

/** `rand` is disabled in the module, as its layer was at fault there. @throws Error always */
export function rand(_shape: Tensor, _low = 0, _high = 1, _dtype: DType = 'float32'): Tensor {
  throw new Error('rand() is disabled, in TensorRT-LLM too: give the random numbers as an input')
}

/**
 * Of each row of probabilities, which need not add up to 1, the first place at which their sum reaches a random number between 0 and 1.
 * @throws Error without random numbers, as `rand`
 */
export function categoricalSample(probs: Tensor, randData: Tensor | null = null): Tensor {
  const shares = div(probs, sum(probs, -1, true))
  const sizes = concat(shares.shape!.slice(0, -1).map((_, i) => shape(shares, i)))
  const random = randData ?? rand(sizes)
  const limit = expand(unsqueeze(random, -1), shape(shares))
  const sums = cumsum(shares, -1)
  const reached = opOr(gt(sums, limit), eq(sums, limit))
  return argmax(cast(reached, probs.dtype ?? 'float32'), -1)
}
