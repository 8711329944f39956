import { ABSENT, Network, snapshotOf } from '../../../engine'
import type { LayerRecord, NetworkSnapshot, Tensor, TensorId, TensorRecord } from '../../../engine'
import { onnxDialect, topologicalOrder } from '../../onnx'
import { NO_COUNTERPART, ONNX_NAMESPACE } from '../lower/lower-onnx'
import { FIELDS, PLUGIN_ATTRIBUTES } from '../plugins'
import { attentionRaising } from './attention-layers'
import { OnnxBuilder } from './builder'
import { controlRaising, withConditions } from './control'
import { convolutionRaising } from './convolution'
import { elementwiseRaising } from './elementwise'
import { cannotRaise, RaiseError } from './error'
import { matmulRaising } from './matmul'
import { PLUGIN_REFERENCES } from './plugins'
import { quantizeRaising } from './quantize'
import { RaisedLayer } from './raised-layer'
import type { Raise } from './raised-layer'
import { reductionRaising } from './reduction'
import { shapeRaising } from './shape'

const RAISINGS = new Map<string, Raise>(
  Object.entries({
    ...elementwiseRaising,
    ...shapeRaising,
    ...matmulRaising,
    ...reductionRaising,
    ...convolutionRaising,
    ...quantizeRaising,
    ...attentionRaising,
    ...controlRaising,
  } satisfies Readonly<Record<string, Raise>>),
)

/** Why kinds have no form in ONNX, where it is more than that. */
const LOOP = 'what a loop does, turn by turn, cannot be run'
const NO_FORM: Readonly<Record<string, string>> = {
  ITERATOR: LOOP,
  RECURRENCE: LOOP,
  LOOP_OUTPUT: LOOP,
  DYNAMIC_QUANTIZE: 'DYNAMIC_QUANTIZE makes FP4 and scales of FP8, which ONNX Runtime does not compute with',
  DIST_COLLECTIVE: 'DIST_COLLECTIVE takes values of other GPUs',
  MOE: 'what MOE computes is not documented to the last sign',
}

/** Of the default domain, where the network does not say which its plugins are of. */
const OPSET = 21

/**
 * A TensorRT network in ONNX operators that compute what its layers compute; inputs and outputs keep their names. Each layer's last
 * operator takes over its name, and its results theirs.
 * @throws RaiseError for a plugin without a reference, and for a kind that has no form in ONNX
 */
export function raiseToOnnx(snapshot: NetworkSnapshot): NetworkSnapshot {
  return new Raising(snapshot).run()
}

/** A network of either dialect as one of ONNX. @throws RaiseError as `raiseToOnnx` does */
export function asOnnx(snapshot: NetworkSnapshot): NetworkSnapshot {
  return snapshot.dialect === 'tensorrt' ? raiseToOnnx(snapshot) : snapshot
}

class Raising {
  private readonly network: Network
  private readonly b: OnnxBuilder
  private readonly tensors: ReadonlyMap<TensorId, TensorRecord>
  private readonly values = new Map<TensorId, Tensor>()
  /** Values that bear a name of the network already. */
  private readonly taken = new Set<Tensor>()

  constructor(private readonly snapshot: NetworkSnapshot) {
    const opset = Math.max(snapshot.opsets[''] ?? OPSET, 13)
    const opsets = { ...snapshot.opsets, '': opset }
    this.network = new Network(onnxDialect, { name: snapshot.name, opsets, properties: snapshot.properties })
    this.b = new OnnxBuilder(this.network, opset)
    this.tensors = new Map(snapshot.tensors.map((t) => [t.id, t]))
  }

  run(): NetworkSnapshot {
    const { snapshot, network } = this
    for (const id of snapshot.inputs) {
      const { name, dtype, shape } = this.tensors.get(id)!
      const input = network.addInput(name, dtype, shape)
      this.values.set(id, input)
      this.taken.add(input)
    }
    for (const layer of neededLayers(snapshot)) this.raise(layer)
    for (const { name, tensor } of snapshot.outputs) network.markOutput(this.value(tensor), name)
    return snapshotOf(network)
  }

  private raise(layer: LayerRecord): void {
    const { b } = this
    b.name = layer.name
    b.scope = layer.scope
    const made = this.raised(layer)
    const found = Array.isArray(made) ? (made as readonly (Tensor | null)[]) : [made as Tensor]
    const results = found.map((t) => (t && this.taken.has(t) ? b.op('Identity', [t]) : t))
    const own = results.find((t) => t?.parent)?.parent
    if (own && !this.network.getLayerByName(layer.name)) this.network.renameLayer(own, layer.name)
    layer.outputs.forEach((id, i) => this.take(id, results[i]))
  }

  private take(id: TensorId, t: Tensor | null | undefined): void {
    if (id === ABSENT || !t) return
    const { name, dtype, shape } = this.tensors.get(id)!
    if (!t.isConstant) {
      this.network.renameTensor(t, name)
      this.network.setTensorType(t, t.dtype ?? dtype, shape ?? t.shape)
    }
    this.values.set(id, t)
    this.taken.add(t)
  }

  /** Results that are not made are null. */
  private raised(layer: LayerRecord): Tensor | readonly (Tensor | null)[] {
    const { plugin_type: type, plugin_namespace: namespace } = layer.attributes
    const reference = namespace === 'tensorrt_llm' ? PLUGIN_REFERENCES.get(String(type as string)) : undefined
    if (layer.metadata?.[FIELDS] !== undefined)
      cannotRaise(`the fields of plugin ${String(type as string)} are ${layer.metadata[FIELDS]} (${layer.name})`)
    if (layer.kind.startsWith('PLUGIN') && !reference) return this.plugin(layer)
    const raise = reference ?? RAISINGS.get(layer.kind)
    if (!raise) throw new RaiseError(NO_FORM[layer.kind] ?? `${layer.kind} has no form in ONNX (${layer.name})`)
    return raise(
      new RaisedLayer(
        layer,
        this.b,
        (id) => this.tensors.get(id),
        (id) => this.value(id),
      ),
    )
  }

  /** A plugin that stands for an ONNX operator is that operator. */
  private plugin(layer: LayerRecord): readonly (Tensor | null)[] {
    const { plugin_type: type, plugin_namespace: namespace } = layer.attributes
    const kind =
      namespace === ONNX_NAMESPACE ? String(type as string) : `${String(namespace as string)}.${String(type as string)}`
    const domain = namespace === ONNX_NAMESPACE ? '' : String(namespace as string)
    const came = layer.metadata?.[NO_COUNTERPART] !== undefined
    if (!came && !onnxDialect.schema(kind, this.snapshot.opsets[domain] ?? 1))
      cannotRaise(`plugin ${String(type as string)} has no reference (${layer.name})`)
    const own: ReadonlySet<string> = new Set(PLUGIN_ATTRIBUTES)
    const attributes = Object.fromEntries(Object.entries(layer.attributes).filter(([name]) => !own.has(name)))
    const outputs = layer.outputs.map((id) => (id === ABSENT ? null : this.typeOf(id)))
    const inputs = layer.inputs.map((id) => (id === ABSENT ? null : this.value(id)))
    const made = this.network.addLayer({ kind, inputs, attributes, outputs, name: layer.name, scope: layer.scope })
    return made.results
  }

  private typeOf(id: TensorId): Pick<TensorRecord, 'dtype' | 'shape'> {
    const { dtype, shape } = this.tensors.get(id)!
    return { dtype, shape }
  }

  private value(id: TensorId): Tensor {
    const found = this.values.get(id)
    if (found) return found
    const record = this.tensors.get(id)
    if (!record?.value) throw new RaiseError(`nothing makes ${record?.name ?? `tensor ${id}`}`)
    const made = this.network.addConstant(record.value, record.name)
    this.values.set(id, made)
    return made
  }
}

/** The layers that the outputs need, each behind those that it takes values of. @throws RaiseError for a cycle */
function neededLayers({ layers: all, outputs }: NetworkSnapshot): LayerRecord[] {
  const layers = withConditions(all)
  const makers = new Map<TensorId, LayerRecord>()
  for (const layer of layers)
    if (!layer.removed) for (const id of layer.outputs) if (id !== ABSENT) makers.set(id, layer)
  const needed = new Set<LayerRecord>()
  const stack = outputs.map((o) => o.tensor)
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    const layer = makers.get(id)
    if (!layer || needed.has(layer)) continue
    needed.add(layer)
    stack.push(...layer.inputs)
  }
  const list = layers.filter((l) => needed.has(l))
  const places = new Map(list.map((l, i) => [l, i]))
  const order = topologicalOrder(
    list.map((l) => l.inputs.flatMap((id) => places.get(makers.get(id) ?? l) ?? []).filter((i) => list[i] !== l)),
  )
  if ('order' in order) return order.order.map((i) => list[i]!)
  return cannotRaise(`the network has a cycle through ${list[order.cycle[0]!]!.name}: a loop cannot be run`)
}
