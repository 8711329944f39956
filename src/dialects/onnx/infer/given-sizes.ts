/**
 * Sizes that a caller chooses: where an operator takes a size from the contents of a network input, as `Reshape(x, s)` of an input `s`
 * does, what the file states of it is what it was in the exporter's example. Numbers that the operators do not give are not taken from
 * there: of another caller's values they would be wrong.
 */
import { ABSENT } from '../../../engine'
import type { LayerRecord, NetworkSnapshot, Shape, TensorId } from '../../../engine'

/** Operands that the sizes of results depend on, beside what shapes do. Every operand for those whose results are as long as they find. */
const SIZES: Readonly<Record<string, readonly number[]>> = {
  Reshape: [1],
  Unsqueeze: [1],
  Squeeze: [1],
  Expand: [1],
  Tile: [1],
  Slice: [1, 2, 3, 4],
  Pad: [1, 3],
  Resize: [1, 2, 3],
  Upsample: [1],
  Split: [1],
  TopK: [1],
  OneHot: [1],
  ConstantOfShape: [0],
  Range: [0, 1, 2],
  CenterCropPad: [1],
  Col2Im: [1, 2],
  ReduceSum: [1],
  ReduceMean: [1],
  ReduceMax: [1],
  ReduceMin: [1],
  ReduceProd: [1],
  ReduceL1: [1],
  ReduceL2: [1],
  ReduceLogSum: [1],
  ReduceLogSumExp: [1],
  ReduceSumSquare: [1],
  NonZero: [0],
  Unique: [0],
  Compress: [0, 1],
  NonMaxSuppression: [0, 1, 2, 3, 4],
}

/** What these give is what is known of shapes, and not what is in the tensor. */
const OF_SHAPES: ReadonlySet<string> = new Set(['Shape', 'Size'])

/** Follows a network from its inputs; layers are to be told in order. */
export class GivenSizes {
  /** Tensors whose contents depend on those of a network input. */
  private readonly contents: Set<TensorId>
  /** Tensors whose sizes do. */
  private readonly sizes = new Set<TensorId>()

  constructor({ inputs }: Pick<NetworkSnapshot, 'inputs'>) {
    this.contents = new Set(inputs)
  }

  /** Takes the next layer in. @returns whether sizes of its results depend on what a caller gives */
  follow({ kind, inputs, outputs }: Pick<LayerRecord, 'kind' | 'inputs' | 'outputs'>): boolean {
    const isSized = inputs.some((id) => this.sizes.has(id))
    const isGiven = OF_SHAPES.has(kind) ? isSized : inputs.some((id) => this.contents.has(id))
    const takes = isSized || (SIZES[kind] ?? []).some((i) => this.contents.has(inputs[i] ?? ABSENT))
    const sized = takes && !OF_SHAPES.has(kind)
    for (const id of outputs) {
      if (isGiven) this.contents.add(id)
      if (sized) this.sizes.add(id)
    }
    return sized
  }
}

/** What is left of a stated shape where the sizes are a caller's: names, which say no more than that there is a size. */
export function withoutNumbers(stated: Shape | null): Shape | null {
  return stated?.some((d) => typeof d === 'number') ? stated.map((d) => (typeof d === 'number' ? null : d)) : stated
}
