import { defaultNet } from '../../../engine'
import type { ConstantValue, DType, Shape, Tensor } from '../../../engine'
import { LayerType } from '../layer-type'
import { constant, layer, rankOf } from './core'

/** A new network input, as `Tensor(name=..., dtype=..., shape=...)` is in the module. A size of -1 is one that is not known. */
export function input(name: string, dtype: DType, shape: Shape): Tensor {
  const known = shape.map((d) => (d === -1 ? null : d))
  return defaultNet().addInput(name, dtype, known)
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
