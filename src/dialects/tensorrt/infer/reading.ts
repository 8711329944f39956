import type { AttributeSchema, Dim, DType, InferenceContext, Shape, ValueType } from '../../../engine'
import { AttributeReader } from '../attribute-reader'

/** What inference and checks read of a layer. A size of -1, as TensorRT writes one that is not known, is unknown. */
export class Reading extends AttributeReader {
  constructor(
    private readonly context: InferenceContext,
    private readonly schemas: Readonly<Record<string, AttributeSchema>>,
  ) {
    super()
  }

  get kind(): string {
    return this.context.kind
  }
  get inputCount(): number {
    return this.context.inputs.length
  }
  get outputCount(): number {
    return this.context.outputCount
  }

  has(i: number): boolean {
    return Boolean(this.context.inputs[i])
  }
  shape(i: number): Shape | null {
    const shape = this.context.inputs[i]?.shape ?? null
    return shape?.some((d) => typeof d === 'number' && d < 0) ? shape.map(known) : shape
  }
  rank(i: number): number | null {
    return this.context.inputs[i]?.shape?.length ?? null
  }
  dtype(i: number): DType | null {
    return this.context.inputs[i]?.dtype ?? null
  }
  shapes(): (Shape | null)[] {
    return this.context.inputs.map((_, i) => this.shape(i))
  }

  /** The elements of an operand that is a small constant; null for another. */
  numbers(i: number): readonly number[] | null {
    const value = this.context.inputs[i]?.value
    return value?.data && value.isNumeric && value.size <= 4096 ? value.toArray() : null
  }
  /** How many elements an operand of rank 1 has. */
  length(i: number): number | null {
    const shape = this.shape(i)
    return shape?.length === 1 && typeof shape[0] === 'number' ? shape[0] : null
  }

  protected value(name: string): unknown {
    return this.context.attributes[name] ?? this.schemas[name]?.default
  }
}

const known = (d: Dim): Dim => (typeof d === 'number' && d < 0 ? null : d)

/** TensorRT has 8; a damaged file may claim any number. */
const MOST_DIMENSIONS = 64

/** So many sizes that are not known; null where they are too many to be any. */
export const unknownShape = (rank: number): Dim[] | null =>
  rank <= MOST_DIMENSIONS ? new Array<Dim>(rank).fill(null) : null

export const sameAsFirst = (r: Reading): ValueType[] => [{ dtype: r.dtype(0), shape: r.shape(0) }]
