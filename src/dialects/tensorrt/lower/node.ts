import { ABSENT, operatorOf } from '../../../engine'
import type { AttributeValue, ConstantValue, DType, LayerRecord, Shape, Tensor, TensorRecord } from '../../../engine'
import { AttributeReader } from '../attribute-reader'
import type { Builder } from './builder'
import { unsupported } from './unsupported'

/** One ONNX operator that is being lowered: its operands as they came, and as values of the new network. */
export class OnnxNode extends AttributeReader {
  constructor(
    readonly record: LayerRecord,
    readonly b: Builder,
    readonly opset: number,
    private readonly tensorOf: (id: number) => TensorRecord | undefined,
    private readonly tensorFor: (id: number) => Tensor,
    private readonly constantOf: (id: number) => ConstantValue | undefined,
  ) {
    super()
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

/** Results of an operator, in their order; null for one that is not made. @throws Unsupported */
export type Lower = (n: OnnxNode) => Tensor | readonly (Tensor | null)[]
