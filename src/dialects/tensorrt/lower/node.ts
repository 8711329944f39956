import { ABSENT, operatorOf } from '../../../engine'
import type {
  AttributeValue,
  ConstantValue,
  DType,
  LayerRecord,
  Shape,
  SubgraphValue,
  Tensor,
  TensorId,
  TensorRecord,
} from '../../../engine'
import { AttributeReader } from '../attribute-reader'
import type { Builder } from './builder'
import { unsupported } from './unsupported'

interface Type {
  readonly dtype: DType | null
  readonly shape: Shape | null
}

/** A body of an operator, that has been looked at and may be lowered. */
export interface Body {
  /** What it gives, by what is known of each turn. */
  readonly outputs: readonly TensorRecord[]
  /** The one element of a value of it that is constant; null for another value. */
  constant(value: TensorId): number | null
  /** Whether a value of it is its own input `i`, handed on. */
  isOwn(value: TensorId, i: number): boolean
  /** Whether its own input `i` is used in it. */
  uses(i: number): boolean
  /** Whether a value follows from its own inputs, those of `fixed` left out. */
  changes(value: TensorId, fixed: readonly number[]): boolean
  /** Its values where its own inputs, and behind them those that it captures, are these. */
  lower(inputs: readonly Tensor[]): Tensor[]
}

/** What bodies are lowered by. */
export interface Bodies {
  /** @throws Unsupported for one that cannot be read */
  read(body: SubgraphValue, own: readonly Type[], captured: readonly TensorId[]): Body
  /** Layers are named after this operator again. */
  resume(): void
}

/** One ONNX operator that is being lowered: its operands as they came, and as values of the new network. */
export class OnnxNode extends AttributeReader {
  constructor(
    readonly record: LayerRecord,
    /** Unique in the network that is made. */
    readonly name: string,
    readonly b: Builder,
    readonly opset: number,
    private readonly tensorOf: (id: number) => TensorRecord | undefined,
    private readonly tensorFor: (id: number) => Tensor,
    private readonly constantOf: (id: number) => ConstantValue | undefined,
    private readonly bodies: Bodies,
  ) {
    super()
  }

  private get captureCount(): number {
    for (const value of Object.values(this.record.attributes)) if (isSubgraph(value)) return value.captures.length
    return 0
  }
  /** Operands from one on, but for what bodies capture. @throws Unsupported where one is not given */
  own(from = 0): Tensor[] {
    const count = this.inputCount - this.captureCount
    return Array.from({ length: Math.max(0, count - from) }, (_, i) => this.input(from + i))
  }
  /** What bodies capture, in their order. */
  captured(): Tensor[] {
    const from = this.inputCount - this.captureCount
    return Array.from({ length: this.captureCount }, (_, i) => this.input(from + i))
  }
  /** @param own what is known of its own inputs @throws Unsupported where there is none, or one that cannot be read */
  body(name: string, own: readonly Type[]): Body {
    const value = this.record.attributes[name]
    if (!isSubgraph(value)) return unsupported(`it has no ${name}`)
    return this.bodies.read(value, own, this.record.inputs.slice(this.inputCount - this.captureCount))
  }
  /** Behind the layers of a body: layers are named after this operator again. */
  resume(): void {
    this.bodies.resume()
  }

  get operator(): string {
    return operatorOf(this.record.kind)
  }
  get inputCount(): number {
    return this.record.inputs.length
  }

  has(i: number): boolean {
    return (this.record.inputs[i] ?? ABSENT) !== ABSENT
  }
  /** @throws Unsupported where the operand is not given */
  input(i: number): Tensor {
    const id = this.record.inputs[i] ?? ABSENT
    return id === ABSENT ? unsupported(`operand ${i} is not given`) : this.tensorFor(id)
  }
  inputs(): Tensor[] {
    return this.record.inputs.map((_, i) => this.input(i))
  }
  /** What ONNX says of an operand. */
  type(i: number): TensorRecord | undefined {
    return this.tensorOf(this.record.inputs[i] ?? ABSENT)
  }
  dtype(i: number): DType | null {
    return this.input(i).dtype
  }
  rank(i: number): number {
    return this.type(i)?.shape?.length ?? unsupported(`the rank of operand ${i} is not known`)
  }
  result(i: number): TensorRecord | undefined {
    return this.tensorOf(this.record.outputs[i] ?? ABSENT)
  }
  resultShape(i = 0): Shape {
    return this.result(i)?.shape ?? unsupported('the rank of the result is not known')
  }
  makes(i: number): boolean {
    return (this.record.outputs[i] ?? ABSENT) !== ABSENT
  }

  /** The value of an operand that is a constant, also where exporters hand it on by Identity; null for another. */
  constant(i: number): ConstantValue | null {
    const value = this.constantOf(this.record.inputs[i] ?? ABSENT)
    return value?.isAvailable ? value : null
  }
  /** Elements of an operand that is a small constant; null for another. */
  numbers(i: number): readonly number[] | null {
    const value = this.constant(i)
    return value?.isNumeric && value.size <= 65536 ? value.toArray() : null
  }
  scalar(i: number): number | null {
    return this.constant(i)?.scalar() ?? null
  }

  attribute(name: string): AttributeValue | undefined {
    return this.record.attributes[name]
  }
  protected value(name: string): unknown {
    return this.record.attributes[name]
  }
  int(name: string, usual: number): number {
    return this.number(name) ?? usual
  }

  /** An axis counted from the front. @throws Unsupported for one that is none */
  axis(axis: number, rank: number): number {
    const at = axis < 0 ? axis + rank : axis
    return at >= 0 && at < rank ? at : unsupported(`axis ${axis} is none of ${rank}`)
  }

  /** Axes that are an attribute, or the operand `i`; null where they are neither. @throws Unsupported where they are not constant */
  axes(i: number, rank: number): number[] | null {
    const given =
      this.ints('axes') ?? (this.has(i) ? (this.numbers(i) ?? unsupported('its axes are not constant')) : null)
    return given && given.map((a) => this.axis(a, rank))
  }
}

const isSubgraph = (value: AttributeValue | undefined): value is SubgraphValue =>
  typeof value === 'object' && 'graph' in value

/** Results of an operator, in their order; null for one that is not made. @throws Unsupported */
export type Lower = (n: OnnxNode) => Tensor | readonly (Tensor | null)[]
