import { ConstantValue } from '../../../engine'
import type { Attributes, DType, Dim, LayerId, Network, Shape, Tensor } from '../../../engine'
import { dataTypeOf } from '../data-type'
import type { LayerType } from '../layer-type'
import { unsupported } from './unsupported'

/** A size that is worked out: a number, or an int64 tensor [1] that holds it at run time. */
export type Size = number | Tensor

/** No exporter calls a size so. */
const UNNAMED = '§'

/** Makes layers under the name and scope of the operator that is being lowered. */
export class Builder {
  /** Path and name of the operator. */
  name = ''
  scope = ''
  private readonly shapes = new Map<Tensor, Tensor>()
  private readonly sizes = new Map<Tensor, Map<number, Tensor>>()
  private readonly constants = new Map<string, Tensor>()
  private unnamed = 0

  constructor(readonly network: Network) {}

  /** A name for a size that has none, while it has to be told from others: `forgetUnnamed` takes it out again. */
  unnamedSize(): string {
    return `${UNNAMED}${++this.unnamed}`
  }

  forgetUnnamed(): void {
    if (this.unnamed === 0) return
    const isUnnamed = (d: Dim): boolean => typeof d === 'string' && d.includes(UNNAMED)
    for (const t of this.network.getTensors())
      if (t.shape?.some(isUnnamed)) this.network.setTensorType(t, t.dtype, t.shape.map((d) => (isUnnamed(d) ? null : d))) // prettier-ignore
  }

  /** A layer of one result, named after the operator and its own kind. */
  layer(kind: LayerType, inputs: readonly (Tensor | null)[], attributes: Attributes = {}, type?: Known): Tensor {
    return this.layers(kind, inputs, attributes, 1, type ? [type] : undefined)[0]!
  }

  layers(
    kind: LayerType,
    inputs: readonly (Tensor | null)[],
    attributes: Attributes,
    outputCount: number,
    outputs?: readonly (Known | null)[],
  ): Tensor[] {
    const { name, scope } = this
    const spec = { kind, inputs, attributes, name: `${name}/${kind}`, scope }
    return this.network.addLayer(outputs ? { ...spec, outputs } : { ...spec, outputCount }).getOutputs()
  }

  /** Takes the layer of a value out where nobody uses it; constants, and layers before `first`, may be used later. */
  drop({ parent }: Tensor, first: LayerId): void {
    if (!parent || parent.id < first || parent.kind === 'CONSTANT') return
    if (parent.getOutputs().every((t) => t.liveUses === 0 && t.outputCount === 0)) this.network.removeLayer(parent)
  }

  constant(value: ConstantValue, name?: string): Tensor {
    const { scope } = this
    const type = { dtype: value.dtype, shape: value.shape, ...(name !== undefined && { name }) }
    const own = name ?? `${this.name}/CONSTANT`
    const attributes = { weights: value }
    const layer = this.network.addLayer({ kind: 'CONSTANT', inputs: [], attributes, outputs: [type], name: own, scope })
    return layer.result()
  }

  /** A small int64 constant; equal ones are one layer. */
  ints(values: readonly number[], shape: readonly number[] = [values.length]): Tensor {
    return this.shared('int64', values, shape)
  }

  /** A small constant of some type; equal ones are one layer. */
  shared(dtype: DType, values: readonly number[], shape: readonly number[]): Tensor {
    const key = `${dtype} ${shape.join(',')} ${values.join(',')}`
    let found = this.constants.get(key)
    if (!found) this.constants.set(key, (found = this.constant(ConstantValue.of(dtype, shape, values))))
    return found
  }

  /** One number in the type and rank of a tensor. */
  like(x: Tensor, value: number): Tensor {
    return this.shared(typeOf(x), [value], new Array<number>(rankOf(x)).fill(1))
  }

  elementwise(op: string, a: Tensor, b: Tensor): Tensor {
    const rank = Math.max(rankOf(a), rankOf(b))
    return this.layer('ELEMENTWISE', [this.aligned(a, rank), this.aligned(b, rank)], { op })
  }
  unary(op: string, x: Tensor): Tensor {
    return this.layer('UNARY', [x], { op })
  }
  activation(type: string, x: Tensor, alpha?: number, beta?: number): Tensor {
    const bounds = { ...(alpha !== undefined && { alpha }), ...(beta !== undefined && { beta }) }
    return this.layer('ACTIVATION', [x], { type, ...bounds })
  }
  cast(x: Tensor, dtype: DType): Tensor {
    if (x.dtype === dtype) return x
    return this.layer('CAST', [x], { to_type: dataTypeOf(dtype) ?? unsupported(`TensorRT has no ${dtype}`) })
  }

  /** The same with leading dimensions of 1: a SHUFFLE, or where several sizes are not known an UNSQUEEZE. */
  aligned(x: Tensor, rank: number): Tensor {
    const missing = rank - rankOf(x)
    if (missing <= 0) return x
    const ones = new Array<number>(missing).fill(1)
    return this.reshapedLike(x, [...ones, ...shapeOf(x)], () =>
      this.layer('UNSQUEEZE', [x, this.ints([...ones.keys()])], {}),
    )
  }

  /** The same elements under a shape of which one size may be open; `otherwise` where several are. */
  reshapedLike(x: Tensor, shape: Shape, otherwise: () => Tensor): Tensor {
    if (shape.filter((d) => typeof d !== 'number').length > 1) return otherwise()
    const dims = shape.map((d) => (typeof d === 'number' ? d : -1))
    const type = { dtype: x.dtype, shape }
    return this.layer(
      'SHUFFLE',
      [x],
      { reshape_dims: dims, ...(dims.includes(0) && { zero_is_placeholder: false }) },
      type,
    )
  }

  transposed(x: Tensor, perm: readonly number[]): Tensor {
    return perm.every((p, i) => p === i) ? x : this.layer('SHUFFLE', [x], { first_transpose: perm })
  }

  /** SHAPE of a tensor; made once. */
  shapeOf(x: Tensor): Tensor {
    let found = this.shapes.get(x)
    if (!found) this.shapes.set(x, (found = this.layer('SHAPE', [x])))
    return found
  }

  /** One size of a tensor. */
  size(x: Tensor, axis: number): Size {
    const known = x.shape?.[axis]
    if (typeof known === 'number') return known
    const sizes = this.sizes.get(x) ?? new Map<number, Tensor>()
    this.sizes.set(x, sizes)
    let found = sizes.get(axis)
    if (!found) {
      const type = { dtype: 'int64', shape: [1] } as const
      sizes.set(
        axis,
        (found = this.layer('SLICE', [this.shapeOf(x)], { start: [axis], shape: [1], stride: [1] }, type)),
      )
    }
    return found
  }

  /** Arithmetic on sizes: at once where both are numbers. */
  combine(op: 'SUM' | 'SUB' | 'PROD' | 'MAX' | 'MIN' | 'FLOOR_DIV', a: Size, b: Size): Size {
    if (typeof a === 'number' && typeof b === 'number') return OPERATIONS[op](a, b)
    if (b === 0 && (op === 'SUM' || op === 'SUB')) return a
    if (a === 0 && op === 'SUM') return b
    if (b === 1 && (op === 'PROD' || op === 'FLOOR_DIV')) return a
    if (a === 1 && op === 'PROD') return b
    if (a === b && (op === 'MAX' || op === 'MIN')) return a
    return this.layer('ELEMENTWISE', [this.sizeTensor(a), this.sizeTensor(b)], { op })
  }

  /** A size as an int64 tensor [1]. */
  sizeTensor(size: Size): Tensor {
    return typeof size === 'number' ? this.ints([size]) : size
  }

  /** Sizes in a row, as numbers where all are known, else as an int64 tensor. */
  vector(sizes: readonly Size[]): readonly number[] | Tensor {
    if (sizes.every((s) => typeof s === 'number')) return sizes
    if (sizes.length === 1) return this.sizeTensor(sizes[0]!)
    const parts = sizes.map((s) => this.sizeTensor(s))
    return this.layer('CONCATENATION', parts, { axis: 0 })
  }

  /** A SHUFFLE to sizes that may be known at run time only. */
  reshape(x: Tensor, sizes: readonly Size[], shape: Shape): Tensor {
    const open = sizes.filter((s) => typeof s !== 'number').length
    const type = { dtype: x.dtype, shape }
    if (open <= 1)
      return this.reshapedLike(
        x,
        sizes.map((s): Dim => (typeof s === 'number' ? s : null)),
        () => x,
      )
    const dims = this.vector(sizes) as Tensor
    return this.layer('SHUFFLE', [x, dims], { zero_is_placeholder: false }, type)
  }

  /** A SLICE along some axes, each with start, size and stride; the other dimensions stay. */
  slice(x: Tensor, parts: readonly SlicePart[], mode = 'STRICT_BOUNDS', fill: Tensor | null = null): Tensor {
    const start = this.vector(parts.map((p) => p.start))
    const size = this.vector(parts.map((p) => p.size))
    const stride = this.vector(parts.map((p) => p.stride))
    const operand = (v: readonly number[] | Tensor): Tensor | null => (isNumbers(v) ? null : v)
    const attribute = (name: string, v: readonly number[] | Tensor): Attributes => (isNumbers(v) ? { [name]: v } : {})
    const axes = parts.map((p) => p.axis)
    const isAll = axes.length === rankOf(x) && axes.every((a, i) => a === i)
    const attributes = {
      ...attribute('start', start),
      ...attribute('shape', size),
      ...attribute('stride', stride),
      ...(mode !== 'STRICT_BOUNDS' && { mode }),
      ...(!isAll && { axes }),
    }
    const shape = shapeOf(x).map((d, i): Dim => {
      const part = parts.find((p) => p.axis === i)
      return !part ? d : typeof part.size === 'number' ? part.size : null
    })
    const inputs = [x, operand(start), operand(size), operand(stride), fill]
    while (inputs.at(-1) === null) inputs.pop()
    return this.layer('SLICE', inputs, attributes, { dtype: x.dtype, shape })
  }
}

export interface SlicePart {
  readonly axis: number
  readonly start: Size
  readonly size: Size
  readonly stride: Size
}

interface Known {
  readonly dtype: DType | null
  readonly shape: Shape | null
}

const isNumbers = (v: readonly number[] | Tensor): v is readonly number[] => Array.isArray(v)

const OPERATIONS = {
  SUM: (a: number, b: number) => a + b,
  SUB: (a: number, b: number) => a - b,
  PROD: (a: number, b: number) => a * b,
  MAX: Math.max,
  MIN: Math.min,
  FLOOR_DIV: (a: number, b: number) => Math.floor(a / b),
}

export function rankOf(x: Tensor): number {
  return shapeOf(x).length
}
export function shapeOf(x: Tensor): Shape {
  return x.shape ?? unsupported(`the rank of ${x.name} is not known`)
}
export function typeOf(x: Tensor): DType {
  return x.dtype ?? unsupported(`the type of ${x.name} is not known`)
}
