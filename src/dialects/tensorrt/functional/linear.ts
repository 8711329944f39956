import { defaultNet } from '../../../engine'
import type { ConstantValue, DType, Shape, Tensor } from '../../../engine'
import { LayerType } from '../layer-type'
import { keepRanges } from './dim-ranges'
import type { DimRange } from './dim-ranges'
import { constant, layer, rankOf } from './core'

/**
 * A new network input, as `Tensor(name=..., dtype=..., shape=..., dim_range=...)` is in the module. A size of -1 is one that is not known;
 * with `dimRange` it has the name that stands there, and the ranges are the network's optimization profiles.
 * @throws RangeError for ranges that are not one for each dimension, or not those that the name has elsewhere
 */
export function input(name: string, dtype: DType, shape: Shape, dimRange: DimRange | null = null): Tensor {
  const network = defaultNet()
  const names = dimRange && Object.keys(dimRange)
  if (dimRange) keepRanges(network, name, shape, dimRange)
  const known = shape.map((d, i) => (d === -1 ? (names?.[i] ?? null) : d))
  return network.addInput(name, dtype, known)
}

/** `x` times the transpose of `weight` [out, in], plus `bias` [out] where it is given: ranks aligned by static SHUFFLEs. */
export function linear(x: Tensor, weight: ConstantValue, bias?: ConstantValue, name = 'Linear'): Tensor {
  const w = aligned(constant(weight, `${name}/CONSTANT_weight`), rankOf(x))
  const y = layer(
    LayerType.MATRIX_MULTIPLY,
    [x, w],
    { op0: 'NONE', op1: 'TRANSPOSE' },
    { name: `${name}/MATRIX_MULTIPLY` },
  )
  if (!bias) return y
  const b = aligned(constant(bias, `${name}/CONSTANT_bias`), rankOf(x))
  return layer(LayerType.ELEMENTWISE, [y, b], { op: 'SUM' }, { name: `${name}/ELEMENTWISE_SUM` })
}

function aligned(x: Tensor, rank: number): Tensor {
  const ones = new Array<number>(rank - rankOf(x)).fill(1)
  return ones.length === 0 ? x : layer(LayerType.SHUFFLE, [x], { reshape_dims: [...ones, ...(x.shape as number[])] })
}
