import { ABSENT, domainOf, Network, operatorOf } from '../../../engine'
import type {
  ConstantValue,
  Layer,
  LayerId,
  LayerRecord,
  NetworkSnapshot,
  Tensor,
  TensorId,
  TensorRecord,
} from '../../../engine'
import { ConstantValue as Constant } from '../../../engine'
import { dataTypeOf, kindsIn, lacksKernel, OnnxExportError, onnxProperties, upgradeOpset } from '../../onnx'
import { tensorrtDialect } from '../dialect'
import { Builder } from './builder'
import { readBody } from './body'
import { attentionLowering } from './attention'
import { controlLowering } from './control'
import { recurrentLowering } from './recurrent'
import { convolutionLowering } from './convolution'
import { elementwiseLowering } from './elementwise'
import { indexingLowering } from './indexing'
import { matmulLowering } from './matmul'
import { OnnxNode } from './node'
import type { Bodies, Lower } from './node'
import { quantizeLowering } from './quantize'
import { reductionLowering } from './reduction'
import { shapeLowering } from './shape'
import { LoweringError, Unsupported } from './unsupported'

const LOWERINGS = new Map<string, Lower>(
  Object.entries({
    ...elementwiseLowering,
    ...matmulLowering,
    ...convolutionLowering,
    ...reductionLowering,
    ...shapeLowering,
    ...indexingLowering,
    ...quantizeLowering,
    ...attentionLowering,
    ...controlLowering,
    ...recurrentLowering,
  }),
)

/** An operator that became a plugin layer, for it has no counterpart among TensorRT's layers. */
export interface Unlowered {
  readonly layer: string
  readonly operator: string
  readonly reason: string
}

export interface Lowered {
  readonly network: Network
  readonly plugins: readonly Unlowered[]
  /** What is not as it was, in words: element types that TensorRT lacks. */
  readonly warnings: readonly string[]
}

/** Key of a layer's metadata that says why it is a plugin. */
export const NO_COUNTERPART = 'no counterpart'
/** Namespace of plugins that stand for an ONNX operator of the default domain. */
export const ONNX_NAMESPACE = 'onnx'

/** The operator sets that are lowered, the first that a model can be brought to. */
const OPSETS = [21, 20, 19, 18, 17, 13]
/** From here on ONNX Runtime sums averages in another order: where a quantization follows, ties fall to the other side. */
const OTHER_AVERAGES = 19

/**
 * An ONNX network in TensorRT's layers, as onnx-tensorrt's importer makes them: ranks aligned by SHUFFLEs, initializers as CONSTANTs,
 * negative indices counted from the front. Each operator's last layer takes over its name, and its results theirs; helpers stand
 * under it. Float64 becomes float32, as TensorRT has no float64. What has no counterpart becomes a plugin layer of the operator's
 * name, with its attributes as fields, and says why.
 * @throws LoweringError where a value is needed that nothing makes
 */
export function lowerOnnx(snapshot: NetworkSnapshot): Lowered {
  if (snapshot.dialect !== 'onnx') throw new TypeError(`a network of ${snapshot.dialect} is not lowered from ONNX`)
  const modernized = modern(snapshot)
  const { name, opsets, properties } = modernized
  const made = new Made(new Network(tensorrtDialect, { name, opsets, properties: plainProperties(properties) }))
  new Lowering(modernized, made, '').run()
  return made.result()
}

function modern(snapshot: NetworkSnapshot): NetworkSnapshot {
  const own = snapshot.opsets[''] ?? 1
  const kinds = kindsIn(snapshot)
  for (const version of OPSETS) {
    if (version <= own) break
    if (version >= OTHER_AVERAGES && kinds.has('AveragePool')) continue
    if ([...kinds].some((k) => lacksKernel(k, version) && !lacksKernel(k, own))) continue
    try {
      return upgradeOpset(snapshot, version)
    } catch (error) {
      if (!(error instanceof OnnxExportError)) throw error
    }
  }
  return snapshot
}

/** The network that is made, with what is to be said of it: of a model and of the bodies in it together. */
class Made {
  readonly b: Builder
  /** Names of tensors that are taken. */
  private readonly names = new Set<string>()
  /** Names of operators that are taken: bodies may use those of what is around them, and of each other. */
  private readonly operators = new Set<string>()
  /** The last layers of operators. */
  readonly own = new Set<LayerId>()
  readonly plugins: Unlowered[] = []
  /** Inputs that have a value of their own. */
  readonly fixed: string[] = []
  rounded = 0

  constructor(readonly network: Network) {
    this.b = new Builder(network)
  }

  result(): Lowered {
    this.sweep()
    this.b.forgetUnnamed()
    const { network, plugins, rounded, fixed } = this
    const warnings = [
      ...(rounded > 0 ? [`${rounded} values of float64 are float32: TensorRT has no float64`] : []),
      ...fixed.map(
        (name) =>
          `the input ${name} is the constant that the file has for it: TensorRT has no inputs with a value of their own`,
      ),
    ]
    return { network, plugins, warnings }
  }

  single(): 'float32' {
    this.rounded++
    return 'float32'
  }

  narrowed(value: ConstantValue): ConstantValue {
    return value.dtype === 'float64' ? Constant.of(this.single(), value.shape, value.numbers()) : value
  }

  /** A name for a tensor that no other has. */
  free(name: string): string {
    return freeIn(this.names, name === '' ? 'tensor' : name)
  }

  /** A name for an operator, and so for its loop or conditional, that no other has. */
  operator(name: string): string {
    return freeIn(this.operators, name)
  }

  /** Takes out helpers that nothing uses: what an operator looked at and did not need. Limits of loops give nothing, and stay. */
  private sweep(): void {
    const { network } = this
    for (const layer of network.getLayers().toReversed())
      if (!this.own.has(layer.id) && layer.numOutputs > 0 && isUnused(layer)) network.removeLayer(layer)
  }

  /** Takes out what was made for an operator that turns out to have no counterpart; constants and sizes stay, for others. */
  undo(from: LayerId, plugins: number): void {
    const { network } = this
    this.plugins.length = plugins
    const layers = network.getLayers().filter((l) => l.id >= from)
    for (const layer of layers) {
      this.own.delete(layer.id)
      if (layer.kind === 'RECURRENCE') network.setInput(layer, 1, null)
    }
    for (const layer of layers.toReversed())
      if (layer.kind !== 'CONSTANT' && layer.kind !== 'SHAPE' && layer.kind !== 'SLICE' && isUnused(layer))
        network.removeLayer(layer)
  }
}

function freeIn(taken: Set<string>, name: string): string {
  let found = name
  for (let n = 1; taken.has(found); n++) found = `${name}_${n}`
  taken.add(found)
  return found
}

const isUnused = (layer: Layer): boolean => layer.getOutputs().every((t) => t.liveUses === 0 && t.outputCount === 0)

/** One network that is lowered into another: a model, or the body of an operator. */
class Lowering {
  private readonly network: Network
  private readonly b: Builder
  private readonly tensors: ReadonlyMap<TensorId, TensorRecord>
  private readonly values = new Map<TensorId, Tensor>()
  /** What an Identity copies, by its result. */
  private readonly copied = new Map<TensorId, TensorId>()
  private readonly used: ReadonlySet<TensorId>

  /** @param scope of the operator whose body it is */
  constructor(
    private readonly snapshot: NetworkSnapshot,
    private readonly made: Made,
    private readonly scope: string,
  ) {
    this.network = made.network
    this.b = made.b
    const { defaults } = onnxProperties(snapshot)
    this.tensors = new Map(
      snapshot.tensors.map((t) => [t.id, defaults[t.id] && !t.value ? { ...t, value: defaults[t.id]! } : t]),
    )
    this.used = new Set([...snapshot.layers.flatMap((l) => l.inputs), ...snapshot.outputs.map((o) => o.tensor)])
    for (const { kind, inputs, outputs } of snapshot.layers)
      if (kind === 'Identity') this.copied.set(outputs[0] ?? ABSENT, inputs[0] ?? ABSENT)
  }

  run(): void {
    const { snapshot, network, made } = this
    for (const id of snapshot.inputs) {
      const { name, dtype, shape, value } = this.tensors.get(id)!
      if (value) {
        made.fixed.push(name)
        continue
      }
      this.values.set(id, network.addInput(made.free(name), dtype === 'float64' ? made.single() : dtype, shape))
    }
    this.lowerAll()
    for (const { name, tensor } of snapshot.outputs) network.markOutput(this.value(tensor), name)
  }

  /** The values that a body gives. @param values what it takes */
  within(values: ReadonlyMap<TensorId, Tensor>): Tensor[] {
    for (const [id, t] of values) this.values.set(id, t)
    this.lowerAll()
    return this.snapshot.outputs.map(({ tensor }) => this.value(tensor))
  }

  private lowerAll(): void {
    for (const record of this.snapshot.layers) if (!record.removed) this.lower(record)
  }

  private lower(record: LayerRecord): void {
    const { made } = this
    this.nameAfter(record)
    const first = this.network.counters.nextLayerId
    const plugins = made.plugins.length
    let results: readonly (Tensor | null)[]
    try {
      results = this.lowered(record, first)
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error
      made.undo(first, plugins)
      this.nameAfter(record)
      results = this.plugin(record, error.message)
    }
    this.name(record, results)
  }

  private nameAfter({ name, scope }: LayerRecord): void {
    this.b.name = name
    this.b.scope = this.scopeOf(scope)
  }
  private scopeOf(scope: string): string {
    return [this.scope, scope].filter((part) => part !== '').join('/')
  }

  /** What bodies of an operator are read and lowered by. */
  private bodiesOf(record: LayerRecord): Bodies {
    const { snapshot, made } = this
    return {
      read: (value, own, captured) => {
        const taken = captured.map((id) => ({ ...this.typeOf(id), value: this.constantOf(id) }))
        const scope = this.scopeOf(record.scope)
        return readBody(value, snapshot.opsets, own, taken, (network, values) =>
          new Lowering(network, made, scope).within(values),
        )
      },
      resume: () => this.nameAfter(record),
    }
  }

  /** What is known of a value, in the network that is made too. */
  private typeOf(id: TensorId): Pick<TensorRecord, 'dtype' | 'shape'> {
    const { dtype, shape } = this.tensors.get(id) ?? { dtype: null, shape: null }
    const made = this.values.get(id)
    return { dtype: made?.dtype ?? dtype, shape: made ? merged(made.shape, shape) : shape }
  }

  private lowered(record: LayerRecord, first: LayerId): readonly (Tensor | null)[] {
    const lower = LOWERINGS.get(record.kind)
    const opset = this.snapshot.opsets[domainOf(record.kind)] ?? 1
    if (!lower) throw new Unsupported(`TensorRT's layers have no counterpart of ${record.kind}`)
    this.refuseTypes(record)
    const made = lower(
      new OnnxNode(
        record,
        this.made.operator(record.name),
        this.b,
        domainOf(record.kind) === '' ? opset : (this.snapshot.opsets[''] ?? 1),
        (id) => this.tensors.get(id),
        (id) => this.value(id),
        (id) => this.constantOf(id),
        this.bodiesOf(record),
      ),
    )
    const results = Array.isArray(made) ? (made as readonly (Tensor | null)[]) : [made as Tensor]
    const lacking = record.outputs.find((id, i) => id !== ABSENT && !results[i] && this.used.has(id))
    if (lacking !== undefined)
      throw new Unsupported(`what TensorRT's layers make of ${record.kind} has no ${this.tensors.get(lacking)!.name}`)
    // A value that an operator hands on is another value still: with a name, and perhaps a network output, of its own.
    return results.map((t) => (t && (t.parent?.id ?? -1) < first ? this.b.layer('IDENTITY', [t]) : t))
  }

  /** Types that no layer takes. */
  private refuseTypes(record: LayerRecord): void {
    for (const id of [...record.inputs, ...record.outputs]) {
      const dtype = this.tensors.get(id)?.dtype
      if (dtype && REFUSED.has(dtype)) throw new Unsupported(`TensorRT has no ${dtype}`)
    }
  }

  private plugin(record: LayerRecord, reason: string): Tensor[] {
    const { kind, name, attributes } = record
    const operator = operatorOf(kind)
    this.made.plugins.push({ layer: name, operator: kind, reason })
    const outputs = record.outputs.map((id) => {
      if (id === ABSENT) return null
      const { dtype, shape } = this.tensors.get(id)!
      return { dtype: dtype === 'float64' ? 'float32' : dtype, shape } as const
    })
    const layer = this.network.addLayer({
      kind: 'PLUGIN_V2',
      inputs: record.inputs.map((id) => (id === ABSENT ? null : this.value(id))),
      attributes: {
        plugin_type: operator,
        plugin_namespace: domainOf(kind) === '' ? ONNX_NAMESPACE : domainOf(kind),
        num_outputs: outputs.length,
        ...attributes,
        ...(attributes['dtype'] === DOUBLE && { dtype: FLOAT }),
      },
      outputs,
      name,
      scope: this.scopeOf(record.scope),
      ...(record.attributeTypes && { attributeTypes: record.attributeTypes }),
      metadata: { [NO_COUNTERPART]: reason },
    })
    return layer.results as Tensor[]
  }

  /** Gives results and their layers the names that they have in the ONNX network. */
  private name(record: LayerRecord, results: readonly (Tensor | null)[]): void {
    const { network } = this
    const own = results.find((t) => t?.parent)?.parent
    if (own && own.name !== record.name && !network.getLayerByName(record.name)) network.renameLayer(own, record.name)
    for (const t of results) if (t?.parent) this.made.own.add(t.parent.id)
    record.outputs.forEach((id, i) => {
      const t = results[i]
      if (id === ABSENT || !t) return
      const { name, dtype, shape } = this.tensors.get(id)!
      network.renameTensor(t, this.made.free(name))
      const single = dtype === 'float64' ? this.made.single() : dtype
      const type = t.dtype ?? single
      network.setTensorType(t, type, merged(t.shape, shape))
      this.values.set(id, t)
    })
  }

  private value(id: TensorId): Tensor {
    const found = this.values.get(id)
    if (found) return found
    const record = this.tensors.get(id)
    if (!record?.value)
      throw new LoweringError(
        `This model is not lowered into TensorRT's layers: nothing makes ${record?.name ?? `tensor ${id}`}, which it needs. Open it as it is to see what else is wrong with it.`,
      )
    const made = this.b.constant(this.made.narrowed(record.value), this.made.free(record.name))
    this.values.set(id, made)
    return made
  }

  private constantOf(id: TensorId): ConstantValue | undefined {
    for (let at: TensorId | undefined = id; at !== undefined; at = this.copied.get(at)) {
      const value = this.tensors.get(at)?.value
      if (value) return this.made.narrowed(value)
    }
    return undefined
  }
}

/** Element types as ONNX numbers them. */
const [FLOAT, DOUBLE] = [dataTypeOf('float32'), dataTypeOf('float64')]

const REFUSED: ReadonlySet<string> = new Set([
  'int16',
  'uint16',
  'uint32',
  'uint64',
  'string',
  'complex64',
  'complex128',
  'float8e4m3fnuz',
  'float8e5m2',
  'float8e5m2fnuz',
  'uint4',
])

function merged(a: Tensor['shape'], b: Tensor['shape']): Tensor['shape'] {
  if (!a || !b || a.length !== b.length) return a ?? b
  return a.map((d, i) => (typeof d === 'number' ? d : typeof b[i] === 'number' ? b[i]! : (b[i] ?? d)))
}

/** Local functions and such belong to the ONNX file; what its inputs are belongs to the network. */
function plainProperties(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const onnx = properties['onnx'] as Record<string, unknown> | undefined
  return onnx
    ? { onnx: { irVersion: onnx['irVersion'], producerName: onnx['producerName'], functions: onnx['functions'] ?? [] } }
    : {}
}
