import { ConstantValue } from '../../../engine'
import type { Attributes, DType, Layer, Network, Shape, Tensor } from '../../../engine'
import { dataTypeOf } from '../../onnx'
import { cannotRaise } from './error'

/** A number, or an int64 tensor [1] that holds it. */
export type Size = number | Tensor

/** Writes ONNX operators under the name and scope of the layer that they stand for. */
export class OnnxBuilder {
  name = ''
  scope = ''
  private readonly constants = new Map<string, Tensor>()
  private readonly shapes = new Map<Tensor, Tensor>()

  constructor(
    readonly network: Network,
    readonly opset: number,
  ) {}

  op(kind: string, inputs: readonly (Tensor | null)[], attributes: Attributes = {}, type?: Type): Tensor {
    return this.ops(kind, inputs, attributes, 1, type ? [type] : undefined)[0]!
  }

  ops(
    kind: string,
    inputs: readonly (Tensor | null)[],
    attributes: Attributes,
    outputCount: number,
    outputs?: readonly (Type | null)[],
  ): Tensor[] {
    const { name, scope } = this
    const spec = { kind, inputs, attributes, name: `${name}/${kind}`, scope }
    return (this.network.addLayer(outputs ? { ...spec, outputs } : { ...spec, outputCount }) as Layer).getOutputs()
  }

  constant(dtype: DType, values: readonly number[], shape: readonly number[] = []): Tensor {
    const odd = dtype.includes('float') ? undefined : values.find((v) => !Number.isInteger(v))
    if (odd !== undefined) return cannotRaise(`${odd} is no number of ${dtype} (${this.name})`)
    const key = `${dtype} ${shape.join(',')} ${values.join(',')}`
    let found = this.constants.get(key)
    if (!found) this.constants.set(key, (found = this.network.addConstant(ConstantValue.of(dtype, shape, values))))
    return found
  }
  ints(values: readonly number[]): Tensor {
    return this.constant('int64', values, [values.length])
  }
  cast(x: Tensor, dtype: DType): Tensor {
    return x.dtype === dtype ? x : this.op('Cast', [x], { to: dataTypeOf(dtype) })
  }
  /** One number in the type of a tensor. */
  like(x: Tensor, value: number): Tensor {
    return this.constant(x.dtype ?? 'float32', [value])
  }
  transpose(x: Tensor, perm: readonly number[] | null): Tensor {
    return !perm || perm.every((p, i) => p === i) ? x : this.op('Transpose', [x], { perm })
  }
  reshape(x: Tensor, dims: readonly number[] | Tensor, allowZero = false): Tensor {
    const zero = allowZero && (!isList(dims) || dims.includes(0))
    return this.op('Reshape', [x, isList(dims) ? this.ints(dims) : dims], zero ? { allowzero: 1 } : {})
  }
  unsqueeze(x: Tensor, axes: readonly number[]): Tensor {
    return axes.length === 0 ? x : this.op('Unsqueeze', [x, this.ints(axes)])
  }
  squeeze(x: Tensor, axes: readonly number[]): Tensor {
    return axes.length === 0 ? x : this.op('Squeeze', [x, this.ints(axes)])
  }

  /** Axes of a reduction are an operand from operator set 18 on, of ReduceSum from 13 on. */
  reduce(kind: string, x: Tensor, axes: readonly number[], keep: boolean): Tensor {
    const keepdims = keep ? 1 : 0
    if (this.opset >= 18 || kind === 'ReduceSum') return this.op(kind, [x, this.ints(axes)], { keepdims })
    return this.op(kind, [x], { axes, keepdims })
  }

  shape(x: Tensor): Tensor {
    let found = this.shapes.get(x)
    if (!found) this.shapes.set(x, (found = this.op('Shape', [x])))
    return found
  }
  size(x: Tensor, axis: number): Size {
    const known = x.shape?.[axis]
    return typeof known === 'number' ? known : this.element(this.shape(x), axis)
  }
  element(vector: Tensor, at: number): Tensor {
    return this.op('Slice', [vector, this.ints([at]), this.ints([at + 1]), this.ints([0])])
  }
  tensor(size: Size): Tensor {
    return typeof size === 'number' ? this.ints([size]) : size
  }
  combine(kind: 'Add' | 'Sub' | 'Mul' | 'Max' | 'Min', a: Size, b: Size): Size {
    if (typeof a === 'number' && typeof b === 'number') return OPERATIONS[kind](a, b)
    return this.op(kind, [this.tensor(a), this.tensor(b)])
  }
  vector(sizes: readonly Size[]): Tensor {
    const known = sizes.every((s) => typeof s === 'number')
    if (known) return this.ints(sizes)
    return this.op(
      'Concat',
      sizes.map((s) => this.tensor(s)),
      { axis: 0 },
    )
  }
  /** A tensor [1] or a number as a scalar. */
  scalar(size: Size): Tensor {
    return typeof size === 'number' ? this.constant('int64', [size]) : this.reshape(size, [])
  }
}

export interface Type {
  readonly dtype: DType | null
  readonly shape: Shape | null
}

const OPERATIONS = {
  Add: (a: number, b: number) => a + b,
  Sub: (a: number, b: number) => a - b,
  Mul: (a: number, b: number) => a * b,
  Max: Math.max,
  Min: Math.min,
}

const isList = (v: readonly number[] | Tensor): v is readonly number[] => Array.isArray(v)
