import { ABSENT, Network, snapshotOf } from '../../../engine'
import type { LayerRecord, NetworkSnapshot, Tensor, TensorId, TensorRecord } from '../../../engine'
import { onnxDialect } from '../../onnx'
import { LAYERS } from '../kinds/table'
import type { LayerType } from '../layer-type'
import { NO_COUNTERPART, ONNX_NAMESPACE } from '../lower/lower-onnx'
import { FIELDS, PLUGIN_ATTRIBUTES } from '../plugins'
import { attentionRaising } from './attention-layers'
import { OnnxBuilder } from './builder'
import type { Type } from './builder'
import { controlRaising } from './control'
import { convolutionRaising } from './convolution'
import { elementwiseRaising } from './elementwise'
import { cannotRaise, RaiseError } from './error'
import { raiseLoop } from './loop'
import type { Level } from './loop'
import { matmulRaising } from './matmul'
import { moeRaising } from './moe'
import { Plan } from './plan'
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
    ...moeRaising,
    ...controlRaising,
  } satisfies Readonly<Record<string, Raise>>),
)

/** Why kinds have no form in ONNX, where it is more than that. */
const NO_FORM: Readonly<Record<string, string>> = {
  DYNAMIC_QUANTIZE:
    'DYNAMIC_QUANTIZE makes FP4 with scales of FP8, or FP8 with scales of E8M0: ONNX Runtime has neither FP4 nor E8M0',
  DIST_COLLECTIVE: 'DIST_COLLECTIVE takes values of other GPUs',
}

/** Of the default domain, where the network does not say which its plugins are of. */
const OPSET = 21

/**
 * A TensorRT network in ONNX operators that compute what its layers compute; inputs and outputs keep their names. Each layer's last
 * operator takes over its name, and its results theirs.
 * @throws RaiseError for a plugin without a reference, and for a kind that has no form in ONNX
 */
export function raiseToOnnx(snapshot: NetworkSnapshot): NetworkSnapshot {
  return Raising.of(snapshot).run()
}

/** A network of either dialect as one of ONNX. @throws RaiseError as `raiseToOnnx` does */
export function asOnnx(snapshot: NetworkSnapshot): NetworkSnapshot {
  return snapshot.dialect === 'tensorrt' ? raiseToOnnx(snapshot) : snapshot
}

/** What all levels of a network that is being raised share. */
interface Source {
  readonly snapshot: NetworkSnapshot
  readonly tensors: ReadonlyMap<TensorId, TensorRecord>
  readonly plan: Plan
}

/** Values of this many bytes are no worth to be taken from outside. */
const SMALL = 1024

/** What an attribute does that a newer TensorRT has is not known. */
function refuseUnknown({ kind, name, attributes }: LayerRecord): void {
  const known = LAYERS[kind as LayerType].attributes
  const other = Object.keys(attributes).find((key) => !Object.hasOwn(known, key))
  if (other !== undefined) cannotRaise(`what ${other} of ${kind} ${name} does is not known`)
}

class Raising implements Level {
  private readonly values = new Map<TensorId, Tensor>()
  /** Values that bear a name of the network already. */
  private readonly taken = new Set<Tensor>()
  readonly captured: TensorId[] = []

  static of(snapshot: NetworkSnapshot): Raising {
    const opset = Math.max(snapshot.opsets[''] ?? OPSET, 13)
    const opsets = { ...snapshot.opsets, '': opset }
    const network = new Network(onnxDialect, { name: snapshot.name, opsets, properties: snapshot.properties })
    const tensors = new Map(snapshot.tensors.map((t) => [t.id, t]))
    return new Raising({ snapshot, tensors, plan: new Plan(snapshot) }, new OnnxBuilder(network, opset))
  }

  private constructor(
    private readonly source: Source,
    readonly b: OnnxBuilder,
    /** The level that gives what is not made here: the same network, or the one around it. */
    private readonly around: Raising | null = null,
  ) {}

  get plan(): Plan {
    return this.source.plan
  }
  private get network(): Network {
    return this.b.network
  }

  run(): NetworkSnapshot {
    const { snapshot } = this.source
    for (const id of snapshot.inputs) this.know(id, this.input(this.recordOf(id).name, this.recordOf(id)))
    this.raiseAll(null)
    for (const { name, tensor } of snapshot.outputs) this.network.markOutput(this.value(tensor), name)
    return snapshotOf(this.network)
  }

  raiseAll(loop: string | null): void {
    for (const step of this.plan.steps(loop)) {
      if ('loop' in step) raiseLoop(step.loop, this)
      else this.raise(step.layer)
    }
  }

  body(): Level {
    const { opsets, name } = this.network
    const network = new Network(onnxDialect, { name, opsets })
    return new Raising(this.source, new OnnxBuilder(network, this.b.opset), this)
  }

  otherwise(layers: readonly LayerRecord[], values: ReadonlyMap<TensorId, Tensor>, wanted: TensorId): Tensor {
    const fork = new Raising(this.source, this.b, this)
    for (const [id, t] of values) fork.know(id, t)
    for (const layer of layers) fork.raise(layer)
    return fork.value(wanted)
  }

  input(name: string, { dtype, shape }: Type): Tensor {
    return this.network.addInput(this.network.uniqueName(name), dtype, shape)
  }

  private know(id: TensorId, t: Tensor): void {
    this.values.set(id, t)
    this.taken.add(t)
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

  take(id: TensorId, t: Tensor | null | undefined): void {
    if (id === ABSENT || !t) return
    const { name, dtype, shape } = this.recordOf(id)
    if (t.parent) {
      this.network.renameTensor(t, name)
      this.network.setTensorType(t, t.dtype ?? dtype, shape ?? t.shape)
    }
    this.know(id, t)
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
    if (!reference) refuseUnknown(layer)
    return raise(
      new RaisedLayer(
        layer,
        this.b,
        (id) => this.source.tensors.get(id),
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
    if (!came && !onnxDialect.schema(kind, this.source.snapshot.opsets[domain] ?? 1))
      cannotRaise(`plugin ${String(type as string)} has no reference (${layer.name})`)
    const own: ReadonlySet<string> = new Set(PLUGIN_ATTRIBUTES)
    const attributes = Object.fromEntries(Object.entries(layer.attributes).filter(([name]) => !own.has(name)))
    const outputs = layer.outputs.map((id) => (id === ABSENT ? null : this.typeOf(id)))
    const inputs = layer.inputs.map((id) => (id === ABSENT ? null : this.value(id)))
    const { name, scope, attributeTypes } = layer
    const made = this.network.addLayer({ kind, inputs, attributes, outputs, name, scope, ...(attributeTypes && { attributeTypes }) }) // prettier-ignore
    return made.results
  }

  typeOf(id: TensorId): Type {
    const { dtype, shape } = this.recordOf(id)
    return { dtype, shape }
  }

  private recordOf(id: TensorId): TensorRecord {
    return this.source.tensors.get(id) ?? cannotRaise(`there is no tensor ${id}`)
  }

  value(id: TensorId): Tensor {
    const found = this.values.get(id)
    if (found) return found
    if (this.around) return this.outside(this.around, id)
    const record = this.source.tensors.get(id)
    if (!record?.value) throw new RaiseError(`nothing makes ${record?.name ?? `tensor ${id}`}`)
    const made = this.network.addConstant(record.value, record.name)
    this.values.set(id, made)
    return made
  }

  /** Small constants stand where they are used, so that more is known there. */
  private outside(around: Raising, id: TensorId): Tensor {
    const t = around.value(id)
    if (around.network === this.network) return t
    const { value } = t
    const isSmall = value?.isAvailable && (value.byteLength ?? Infinity) <= SMALL
    const made = isSmall ? this.network.addConstant(value, t.name) : this.input(t.name, t)
    if (!isSmall) this.captured.push(id)
    this.values.set(id, made)
    return made
  }
}
