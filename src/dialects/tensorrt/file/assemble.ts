import { Network } from '../../../engine'
import type { Attributes, DType, Layer, RawArg, Shape, Tensor } from '../../../engine'
import { OnnxImportError, topologicalOrder } from '../../onnx'
import { tensorrtDialect } from '../dialect'

export interface PlainTensor {
  readonly name: string
  readonly dtype: DType | null
  readonly shape: Shape | null
}

/** An argument of a functional; a tensor by its name. */
export type PlainArg =
  null | number | string | boolean | readonly PlainArg[] | { readonly tensor: string } | { readonly [name: string]: PlainArg } // prettier-ignore

/** What a functional was called with, and what it gave. */
export interface PlainCall {
  readonly kind: string
  readonly inputs: Readonly<Record<string, PlainArg>>
  readonly outputs: PlainArg
}

/** A layer as a file has it: operands and results by their names. */
export interface PlainLayer {
  readonly kind: string
  readonly name: string
  readonly scope: string
  /** null for an operand that is not given. */
  readonly inputs: readonly (string | null)[]
  readonly outputs: readonly PlainTensor[]
  readonly attributes: Attributes
  readonly metadata: Readonly<Record<string, string>>
  readonly call?: PlainCall
}

export interface PlainNetwork {
  readonly name: string
  readonly inputs: readonly PlainTensor[]
  readonly layers: readonly PlainLayer[]
  readonly outputs: readonly { readonly name: string; readonly tensor: string }[]
}

/**
 * The network of these layers, each behind those that it reads of. Types that are not said are inferred.
 * @throws OnnxImportError that names the layer: a tensor that nothing makes, two that have one name, a cycle
 */
export function assembled(plain: PlainNetwork): Network {
  return new Assembly(plain).run()
}

const DAMAGED = 'The file is not whole, or it was changed: write it again.'

class Assembly {
  private readonly network: Network
  private readonly values = new Map<string, Tensor>()

  constructor(private readonly plain: PlainNetwork) {
    this.network = new Network(tensorrtDialect, { name: plain.name })
  }

  run(): Network {
    const { plain, network } = this
    for (const { name, dtype, shape } of plain.inputs) this.know(name, network.addInput(name, dtype, shape), 'inputs')
    const made = ordered(plain.layers).map((layer) => [layer, this.add(layer)] as const)
    for (const [plainLayer, layer] of made) this.feedBack(plainLayer, layer)
    for (const [{ call }, layer] of made) if (call) this.remember(call, layer)
    const names = new Set<string>()
    for (const { name, tensor } of plain.outputs) {
      if (names.has(name)) throw new OnnxImportError(`Two outputs are called ${name}`, 'outputs', DAMAGED)
      names.add(name)
      network.markOutput(this.value(tensor, 'outputs'), name)
    }
    return network
  }

  private add(plain: PlainLayer): Layer {
    const { kind, name, scope, attributes, metadata, outputs } = plain
    const spec = {
      kind,
      name,
      scope,
      attributes,
      inputs: plain.inputs.map((t) => (t === null || this.isFedBack(kind, t) ? null : this.value(t, name))),
      ...(Object.keys(metadata).length > 0 && { metadata }),
    }
    // As far as the file says nothing, what the kind makes of its operands.
    const untyped = outputs.length > 0 && outputs.every((t) => t.dtype === null && t.shape === null)
    const made = this.network.addLayer(untyped ? { ...spec, outputCount: outputs.length } : { ...spec, outputs })
    outputs.forEach((t, i) => {
      const [result] = made.getOutputs(i)
      if (!result) return
      if (result.name !== t.name) this.network.renameTensor(result, this.network.uniqueName(t.name))
      this.know(t.name, result, name)
    })
    return made
  }

  private know(name: string, tensor: Tensor, where: string): void {
    if (this.values.has(name)) throw new OnnxImportError(`Two tensors are called ${name}`, where, DAMAGED)
    this.values.set(name, tensor)
  }

  private value(name: string, where: string): Tensor {
    const known = this.values.get(name)
    if (known) return known
    throw new OnnxImportError(`Nothing makes the tensor ${name}`, `layer ${where}`, DAMAGED)
  }

  /** The value of the iteration before: a layer makes it that comes later. */
  private isFedBack(kind: string, name: string): boolean {
    return kind === RECURRENCE && !this.values.has(name)
  }

  private feedBack(plain: PlainLayer, layer: Layer): void {
    const next = plain.kind === RECURRENCE ? plain.inputs[1] : null
    if (next && !layer.input(1)) this.network.setInput(layer, 1, this.value(next, plain.name))
  }

  /** The record of a call, with the tensors that it names; one that is not there any more was not given. */
  private remember({ kind, inputs, outputs }: PlainCall, layer: Layer): void {
    const { flayerMemo } = this.network
    const args = Object.entries(inputs).map(([name, arg]) => [name, this.live(arg)] as const)
    const info = flayerMemo.create(kind, Object.fromEntries(args))
    info.setOutputs(this.live(outputs))
    flayerMemo.add(layer.name, info)
  }

  private live(arg: PlainArg): RawArg {
    if (arg === null || typeof arg !== 'object') return arg
    if (isList(arg)) return arg.map((a) => this.live(a))
    if (isTensor(arg)) return this.values.get(arg.tensor) ?? null
    return Object.fromEntries(Object.entries(arg).map(([name, a]) => [name, this.live(a)]))
  }
}

const isList = (arg: PlainArg): arg is readonly PlainArg[] => Array.isArray(arg)
const isTensor = (arg: object): arg is { readonly tensor: string } => 'tensor' in arg && typeof arg.tensor === 'string'

const RECURRENCE = 'RECURRENCE'

/** Each layer behind those whose results it reads; what a RECURRENCE takes of the iteration before may come later. */
export function ordered<L extends Pick<PlainLayer, 'kind' | 'name' | 'inputs'> & { readonly outputs: readonly { readonly name: string }[] }>( // prettier-ignore
  layers: readonly L[],
): L[] {
  const makers = new Map(layers.flatMap((l, i) => l.outputs.map(({ name }) => [name, i] as const)))
  const order = topologicalOrder(
    layers.map(({ kind, inputs }) => {
      const read = kind === RECURRENCE ? inputs.slice(0, 1) : inputs
      return read.flatMap((name) => (name === null ? [] : (makers.get(name) ?? [])))
    }),
  )
  if ('order' in order) return order.order.map((i) => layers[i]!)
  const cycle = order.cycle.map((i) => layers[i]!.name).join(' -> ')
  throw new OnnxImportError('The network has a cycle', cycle, DAMAGED)
}
