import { ABSENT } from '../../../engine'
import type { FLayerRecord, LayerRecord, NetworkSnapshot, TensorId, TensorRecord } from '../../../engine'
import { NetworkFileError } from './error'
import { ordered } from './assemble'
import type { PlainArg, PlainCall, PlainLayer, PlainNetwork, PlainTensor } from './assemble'

/**
 * A network of layers as files have it: without removed layers, each behind those that it reads of; constants that no layer makes are
 * CONSTANT layers.
 * @throws NetworkFileError for a network of another dialect
 */
export function plainNetwork(snapshot: NetworkSnapshot): PlainNetwork {
  if (snapshot.dialect !== 'tensorrt')
    throw new NetworkFileError(
      `A network of ${snapshot.dialect} is no network of TensorRT's layers: lower it first (--dialect tensorrt, "Open for TensorRT").`,
    )
  return new Plain(snapshot).run()
}

class Plain {
  private readonly tensors: ReadonlyMap<TensorId, TensorRecord>
  /** Tensors that bear the name that they go out under, as TensorRT has it. */
  private readonly public = new Map<TensorId, string>()

  constructor(private readonly snapshot: NetworkSnapshot) {
    this.tensors = new Map(snapshot.tensors.map((t) => [t.id, t]))
    const taken = new Set(snapshot.tensors.map((t) => t.name))
    for (const { name, tensor } of snapshot.outputs) {
      const isInput = snapshot.inputs.includes(tensor)
      if (isInput || this.public.has(tensor) || taken.has(name)) continue
      this.public.set(tensor, name)
      taken.add(name)
    }
  }

  run(): PlainNetwork {
    const { snapshot } = this
    const layers = snapshot.layers.filter((l) => !l.removed)
    return {
      name: snapshot.name,
      inputs: snapshot.inputs.map((id) => this.tensor(id)),
      layers: ordered([...this.constants(layers), ...layers.map((l) => this.layer(l))]),
      outputs: snapshot.outputs.map(({ name, tensor }) => ({ name, tensor: this.tensor(tensor).name })),
    }
  }

  /** Of what is used, for these have no layer of their own. */
  private constants(layers: readonly LayerRecord[]): PlainLayer[] {
    const names = new Set(layers.map((l) => l.name))
    const used = new Set([...layers.flatMap((l) => l.inputs), ...this.snapshot.outputs.map((o) => o.tensor)])
    return [...used].flatMap((id) => {
      const { name, value } = this.tensors.get(id) ?? {}
      if (name === undefined || !value) return []
      const attributes = { weights: value, shape: value.shape }
      const layer = names.has(name) ? `${name}/CONSTANT` : name
      return [
        { kind: 'CONSTANT', name: layer, scope: '', inputs: [], outputs: [this.tensor(id)], attributes, metadata: {} },
      ]
    })
  }

  private layer(record: LayerRecord): PlainLayer {
    const { kind, name, scope, inputs, outputs, attributes, metadata = {}, flayer } = record
    return {
      kind,
      name,
      scope,
      inputs: inputs.map((id) => (id === ABSENT ? null : this.tensor(id).name)),
      outputs: outputs.map((id, i) => (id === ABSENT ? { name: `${name}_unused_${i}`, dtype: null, shape: null } : this.tensor(id))), // prettier-ignore
      attributes,
      metadata,
      ...(flayer && { call: this.call(flayer) }),
    }
  }

  private tensor(id: TensorId): PlainTensor {
    const { name, dtype, shape } = this.tensors.get(id)!
    return { name: this.public.get(id) ?? name, dtype, shape }
  }

  private call({ kind, rawInputs, rawOutputs }: FLayerRecord): PlainCall {
    const inputs = Object.entries(rawInputs).map(([name, arg]) => [name, this.argument(arg)] as const)
    return { kind, inputs: Object.fromEntries(inputs), outputs: this.argument(rawOutputs) }
  }

  private argument(arg: FLayerRecord['rawOutputs']): PlainArg {
    if (arg === null || typeof arg !== 'object') return arg
    if (Array.isArray(arg)) return arg.map((a: FLayerRecord['rawOutputs']) => this.argument(a))
    const { tensor } = arg as { tensor?: unknown }
    if (typeof tensor === 'number') return this.tensors.has(tensor) ? { tensor: this.tensor(tensor).name } : null
    return Object.fromEntries(Object.entries(arg).map(([name, a]) => [name, this.argument(a as typeof arg)]))
  }
}
