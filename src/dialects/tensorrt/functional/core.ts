import { ConstantValue, defaultNet, Tensor } from '../../../engine'
import type { Attributes, Dim, DType, Layer, Shape } from '../../../engine'
import { dataTypeOf } from '../data-type'
import { reshapedTo } from '../infer/shuffle'
import { LayerType } from '../layer-type'
import { namedInModule } from './names'
import { elementsOf } from './trace'

/** A tensor, or a number that becomes a CONSTANT of the type that it stands beside. */
export type Operand = Tensor | number | boolean

export interface Type {
  readonly dtype: DType | null
  readonly shape: Shape | null
}

/** A new layer of the current network, named after the module that makes it, with its first result. */
export function layer(
  kind: LayerType,
  inputs: readonly (Tensor | null)[],
  attributes: Attributes = NO_ATTRIBUTES,
  more: { readonly type?: Type; readonly name?: string | undefined } = NOTHING,
): Tensor {
  return added(kind, inputs, attributes, 1, more.type && [more.type], more.name).result()
}

/** The same with several results. */
export function layers(
  kind: LayerType,
  inputs: readonly (Tensor | null)[],
  attributes: Attributes,
  outputCount: number,
  more: {
    readonly types?: readonly Type[]
    readonly name?: string | undefined
    readonly metadata?: Readonly<Record<string, string>>
  } = NOTHING,
): Tensor[] {
  return added(kind, inputs, attributes, outputCount, more.types, more.name, more.metadata).getOutputs()
}

const NO_ATTRIBUTES: Attributes = {}
const NOTHING = {}

function added(
  kind: LayerType,
  inputs: readonly (Tensor | null)[],
  attributes: Attributes,
  outputCount: number,
  given: readonly Type[] | undefined,
  name: string | undefined,
  metadata?: Readonly<Record<string, string>>,
): Layer {
  const network = defaultNet()
  const outputs = given ?? tracedTypes(kind, inputs, attributes)
  const types = outputs ? { outputs } : { outputCount }
  const own = name === undefined ? namedInModule(network, kind, attributes) : { name }
  return network.addLayer({ kind, inputs, attributes, ...types, ...own, ...(metadata && { metadata }) })
}

/** Types that follow from shape tensors; null where the kind's own inference knows as much. */
function tracedTypes(kind: LayerType, inputs: readonly (Tensor | null)[], a: Attributes): Type[] | null {
  const [x] = inputs
  const at = kind === LayerType.SHUFFLE ? 1 : kind === LayerType.SLICE ? 2 : kind === LayerType.FILL ? 0 : -1
  const sizes = inputs[at]
  const elements = sizes && elementsOf(sizes)
  if (!elements) return null
  if (kind === LayerType.FILL) return null
  if (kind === LayerType.SLICE) return a['axes'] ? null : [{ dtype: x?.dtype ?? null, shape: elements }]
  if (a['first_transpose'] ?? a['second_transpose']) return null
  return [{ dtype: x?.dtype ?? null, shape: viewedAs(x?.shape ?? null, elements, a['zero_is_placeholder'] !== false) }]
}

/** A shape by sizes of which some are symbolic. */
function viewedAs(x: Shape | null, sizes: Shape, zeroCopies: boolean): Shape {
  const numbers = sizes.map((d) => (typeof d === 'number' ? d : 1))
  if (!sizes.includes(-1)) return sizes.map((d, i): Dim => (d === 0 && zeroCopies ? (x?.[i] ?? null) : d))
  // What is left for the open size is divided by the symbolic ones too: only where none is there is it worked out.
  const plain = sizes.every((d) => typeof d === 'number')
  const shape = plain ? reshapedTo(x, numbers, zeroCopies) : sizes
  return shape.map((d) => (d === -1 ? null : d))
}

/** A CONSTANT layer. */
export function constant(weights: ConstantValue, name?: string): Tensor {
  return layer(LayerType.CONSTANT, [], { weights }, { name })
}

/** Numbers as a CONSTANT of rank 1. */
export function constantOf(
  dtype: DType,
  values: readonly number[],
  shape: readonly number[] = [values.length],
): Tensor {
  return constant(ConstantValue.of(dtype, shape, values))
}

/** A number as a CONSTANT [1]: of a type that is given, else int32 where it is whole and float32 where it is not. */
export function toTensor(x: Operand, dtype: DType | null = null): Tensor {
  if (x instanceof Tensor) return x
  const own = typeof x === 'boolean' ? 'bool' : Number.isInteger(x) ? 'int32' : 'float32'
  return constantOf(dtype ?? own, [Number(x)])
}

/** @throws RangeError where it is not known */
export function rankOf(x: Tensor): number {
  if (x.rank === null) throw new RangeError(`the rank of ${x.name} is not known`)
  return x.rank
}

/** An axis counted from the front. @throws RangeError for one that the tensor does not have */
export function axisOf(dim: number, rank: number): number {
  const at = dim < 0 ? dim + rank : dim
  if (!Number.isInteger(dim) || at < 0 || at >= rank) throw new RangeError(`there is no dimension ${dim} of ${rank}`)
  return at
}

/** A size that has to be a number. @throws RangeError where it is not known */
export function staticSize(x: Tensor, dim: number): number {
  const size = x.shape?.[axisOf(dim, rankOf(x))]
  if (typeof size !== 'number') throw new RangeError(`size ${dim} of ${x.name} has to be known`)
  return size
}

/** @throws RangeError for a type that TensorRT lacks */
export function dataType(dtype: DType): string {
  const found = dataTypeOf(dtype)
  if (!found) throw new RangeError(`TensorRT has no element type ${dtype}`)
  return found
}
