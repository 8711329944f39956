import { ABSENT } from '../../../engine'
import type { AttributeSchema, LayerRecord, Tensor, TensorRecord } from '../../../engine'
import { AttributeReader } from '../attribute-reader'
import { LAYERS } from '../kinds/table'
import type { LayerType } from '../layer-type'
import type { OnnxBuilder, Size } from './builder'
import { cannotRaise } from './error'

/** One TensorRT layer that is being raised: its attributes with their defaults, its operands as values of the ONNX network. */
export class RaisedLayer extends AttributeReader {
  private readonly schemas: Readonly<Record<string, AttributeSchema>>

  constructor(
    readonly record: LayerRecord,
    readonly b: OnnxBuilder,
    private readonly tensorOf: (id: number) => TensorRecord | undefined,
    private readonly tensorFor: (id: number) => Tensor,
  ) {
    super()
    this.schemas = Object.hasOwn(LAYERS, record.kind) ? LAYERS[record.kind as LayerType].attributes : {}
  }

  has(i: number): boolean {
    return (this.record.inputs[i] ?? ABSENT) !== ABSENT
  }
  input(i: number): Tensor {
    const id = this.record.inputs[i] ?? ABSENT
    return id === ABSENT ? cannotRaise(`operand ${i} of ${this.record.name} is not given`) : this.tensorFor(id)
  }
  inputs(): Tensor[] {
    return this.record.inputs.map((_, i) => this.input(i))
  }
  result(i = 0): TensorRecord | undefined {
    return this.tensorOf(this.record.outputs[i] ?? ABSENT)
  }
  rank(i = 0): number {
    return this.input(i).rank ?? cannotRaise(`the rank of ${this.input(i).name} is not known`)
  }

  /** A tensor by the name of the functional's parameter; null where it was not given. */
  argument(name: string): Tensor | null {
    const { flayer, inputs } = this.record
    const arg = flayer?.rawInputs[name]
    const id = typeof arg === 'object' && arg !== null && 'tensor' in arg ? Number(arg['tensor']) : null
    if (id === null) return null
    return inputs.includes(id) ? this.tensorFor(id) : cannotRaise(`${name} of ${this.record.name} is no operand of it`)
  }

  /** The tensors of an argument that is a list of them; none for another. */
  argumentList(name: string): Tensor[] {
    const { flayer } = this.record
    const arg = flayer?.rawInputs[name]
    if (!Array.isArray(arg)) return []
    return arg.flatMap((t: unknown) =>
      typeof t === 'object' && t !== null && 'tensor' in t ? [this.tensorFor(Number(t.tensor))] : [],
    )
  }

  protected value(name: string): unknown {
    return this.record.attributes[name] ?? this.schemas[name]?.default
  }
  /** Weights that are an attribute, as a constant. */
  weights(name: string): Tensor | null {
    const v = this.tensor(name)
    return v && this.b.network.addConstant(v, `${this.record.name}.${name}`)
  }

  /** Elements of an operand, or of the attribute that stands for it. */
  elements(i: number, name: string, count: number, usual: number): Size[] {
    if (!this.has(i)) {
      const given = this.ints(name)
      return Array.from({ length: count }, (_, k) => given?.[k] ?? usual)
    }
    const vector = this.b.cast(this.input(i), 'int64')
    const value = this.input(i).value
    if (value?.isAvailable) return value.toArray()
    return count === 1 ? [vector] : Array.from({ length: count }, (_, k) => this.b.element(vector, k))
  }
}

/** The results of a layer, in their order. @throws RaiseError */
export type Raise = (l: RaisedLayer) => Tensor | readonly Tensor[]
