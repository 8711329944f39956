import { Network } from '../../../engine'
import type { Attributes, AttributeValue, DType, NetworkSnapshot, Shape, Tensor } from '../../../engine'
import { snapshotOf } from '../../../engine'
import { OnnxImportError, topologicalOrder } from '../../onnx'
import type { DumpedLayer, TensorRtDump } from '../../onnx'
import { tensorrtDialect } from '../dialect'
import { LAYERS } from '../kinds/table'
import type { LayerType } from '../layer-type'
import { FIELDS } from '../plugins'
import { isUnknown, unknownWeights } from '../unknown-weights'
import { permutationOf, readAttributes } from './attributes'
import { isStatistics, weightsOf } from './statistics'

/** Name of the plugins' library whose networks are dumped so. */
const NAMESPACE = 'tensorrt_llm'
const LAYER_TYPE = 'LayerType.'

export interface DumpedNetwork {
  readonly snapshot: NetworkSnapshot
  readonly warnings: readonly string[]
}

/**
 * A dump of `trtllm-build --visualize_network` as the layers that it was written from: attributes by their names, modules as scopes,
 * each layer behind those that it reads of. Weights of more than a few elements, and fields of plugins, are not in such a file.
 * @throws OnnxImportError for a layer of a type that is not known, and for a cycle
 */
export function dumpedNetwork(dump: TensorRtDump, name: string): DumpedNetwork {
  return new Dumped(dump, name).run()
}

class Dumped {
  private readonly network: Network
  private readonly values = new Map<string, Tensor>()
  private readonly root: string

  constructor(
    private readonly dump: TensorRtDump,
    name: string,
  ) {
    this.network = new Network(tensorrtDialect, { name })
    this.root = rootOf(dump.layers)
  }

  run(): DumpedNetwork {
    const { dump, network } = this
    for (const name of dump.inputs) this.values.set(name, network.addInput(name, ...this.typeOf(name)))
    for (const layer of ordered(dump.layers)) this.add(layer)
    this.feedBack()
    const lost = dump.outputs.filter((name) => !this.values.has(name))
    for (const name of dump.outputs) {
      const tensor = this.values.get(name)
      if (tensor) network.markOutput(tensor, name)
    }
    const warnings = [...this.warnings(), ...lost.map((name) => `no layer makes the output ${name}`)]
    return { snapshot: snapshotOf(network), warnings }
  }

  private add(layer: DumpedLayer): void {
    const kind = kindOf(layer)
    const made = this.network.addLayer({
      kind,
      name: layer.name,
      scope: this.scopeOf(layer),
      inputs: layer.inputs.map((name) => (name === '' || this.isFedBack(kind, name) ? null : this.value(name, layer))),
      attributes: this.attributesOf(kind, layer),
      metadata: metadataOf(layer),
      outputs: layer.outputs.map((name) => {
        const [dtype, shape] = this.typeOf(name)
        return { name: this.network.uniqueName(name), dtype, shape }
      }),
    })
    layer.outputs.forEach((name, i) => {
      const [output] = made.getOutputs(i)
      if (output) this.values.set(name, output)
    })
  }

  /** The value of the iteration before: a layer makes it that comes later. */
  private isFedBack(kind: LayerType, name: string): boolean {
    return kind === 'RECURRENCE' && !this.values.has(name)
  }

  private feedBack(): void {
    for (const layer of this.dump.layers) {
      const made = kindOf(layer) === 'RECURRENCE' ? this.network.getLayerByName(layer.name) : undefined
      const next = layer.inputs[1]
      if (made && next && !made.input(1)) this.network.setInput(made, 1, this.value(next, layer))
    }
  }

  private value(name: string, { name: user }: DumpedLayer): Tensor {
    const known = this.values.get(name)
    if (known) return known
    throw new OnnxImportError(
      `Nothing makes the tensor ${name}`,
      `layer ${user}`,
      'The file is not whole: write it again.',
    )
  }

  private typeOf(name: string): [DType | null, Shape | null] {
    const type = this.dump.types.get(name)
    return [type?.dtype ?? null, type?.shape ?? null]
  }

  private attributesOf(kind: LayerType, layer: DumpedLayer): Attributes {
    const has = (i: number): boolean => (layer.inputs[i] ?? '') !== ''
    const read = readAttributes(kind, layer.attributes, has)
    if (kind.startsWith('PLUGIN')) return { ...read, ...pluginOf(layer) }
    this.trimPermutations(read, layer)
    return { ...read, ...this.weightsIn(kind, read, layer) }
  }

  /** TensorRT's permutations have eight numbers, whatever the rank. */
  private trimPermutations(read: Record<string, AttributeValue>, layer: DumpedLayer): void {
    const before = this.typeOf(layer.inputs[0] ?? '')[1]?.length
    const after = this.typeOf(layer.outputs[0] ?? '')[1]?.length
    for (const [name, rank] of [
      ['first_transpose', before],
      ['second_transpose', after],
    ] as const) {
      const eight = read[name]
      if (!Array.isArray(eight)) continue
      const own = permutationOf(eight as number[], rank ?? eight.length)
      if (own) read[name] = own
      else delete read[name]
    }
  }

  private weightsIn(kind: LayerType, read: Attributes, layer: DumpedLayer): Attributes {
    const found: Record<string, AttributeValue> = {}
    const [dtype] = this.typeOf(layer.outputs[0] ?? '')
    for (const [name, text] of layer.attributes) {
      if (!isStatistics(text)) continue
      const shape = this.weightsShape(kind, name, read, layer) ?? flatShape(text)
      found[name] = weightsOf(text, dtype ?? 'float32', shape, `${layer.name}.${name}`)
    }
    // TensorRT takes no CONSTANT without them.
    const shape = read['shape']
    if (kind === 'CONSTANT' && !found['weights'])
      found['weights'] = unknownWeights(dtype ?? 'float32', Array.isArray(shape) ? (shape as number[]) : [], layer.name)
    return found
  }

  /** The file has them flattened; null where their shape is not known otherwise. */
  private weightsShape(kind: LayerType, name: string, read: Attributes, layer: DumpedLayer): number[] | null {
    const { shape, num_output_maps: maps, kernel_size_nd: size, num_groups: groups } = read
    if (kind === 'CONSTANT') return Array.isArray(shape) ? (shape as number[]) : null
    const channels = this.typeOf(layer.inputs[0] ?? '')[1]?.[1]
    if (name !== 'kernel' || typeof maps !== 'number' || !Array.isArray(size) || typeof channels !== 'number')
      return null
    const per = typeof groups === 'number' ? groups : 1
    const [first, second] = kind === 'CONVOLUTION' ? [maps, channels / per] : [channels, maps / per]
    return [first, second, ...(size as number[])]
  }

  /**
   * The module that made the layer: `GPT/transformer/layers/0/mlp/gelu_L3053/TANH_0` lies in `transformer/layers/0/mlp`. One that was made outside of
   * all modules, as by a rewrite, lies where its results say.
   */
  private scopeOf({ name, outputs }: DumpedLayer): string {
    const own = modulesOf(name)
    const path = own.length > 0 ? own : modulesOf(outputs[0] ?? '')
    return (path[0] === this.root ? path.slice(1) : path).join('/')
  }

  private warnings(): string[] {
    const layers = this.network.getLayers()
    const weights = layers
      .flatMap((l) => Object.values(l.record.attributes))
      .filter((v) => isConstant(v) && isUnknown(v))
    const plugins = layers.filter((l) => l.kind.startsWith('PLUGIN')).length
    const dead = layers.filter((l) => l.getOutputs().length > 0 && l.getOutputs().every((t) => !t.getUsers().length && !this.network.isOutput(t))) // prettier-ignore
    return [
      `The elements of ${weights.length} weights are not in this file, nor are the fields of ${plugins} plugins: shapes and structure are here; what needs those numbers cannot be run.`,
      ...(dead.length > 0 ? [`${dead.length} layers are dead: nothing uses what they make.`] : []),
    ]
  }
}

const isConstant = (v: AttributeValue): v is ReturnType<typeof unknownWeights> =>
  typeof v === 'object' && !Array.isArray(v) && 'dtype' in v

function kindOf({ name, attributes }: DumpedLayer): LayerType {
  const type = attributes.get('type') ?? ''
  const kind = type.slice(LAYER_TYPE.length)
  if (type.startsWith(LAYER_TYPE) && Object.hasOwn(LAYERS, kind)) return kind as LayerType
  throw new OnnxImportError(
    type === '' ? 'A layer of the TensorRT network has no type' : `There is no TensorRT layer type ${kind}`,
    `layer ${name}`,
    'The file was changed, or a newer TensorRT wrote it than Graft knows.',
  )
}

/** `.../PLUGIN_V2_GPTAttention_0`: the file says what a plugin is in the name of its layer only. */
function pluginOf({ name, outputs }: DumpedLayer): Attributes {
  const [, type = 'unknown'] = /PLUGIN(?:_V\d)?_([A-Za-z]\w*?)_\d+$/.exec(name) ?? []
  return { plugin_type: type, plugin_namespace: NAMESPACE, num_outputs: outputs.length }
}

/** What is said of a layer beside its attributes. */
function metadataOf({ name, attributes }: DumpedLayer): Record<string, string> {
  const metadata: Record<string, string> = attributes.has('plugin') ? { [FIELDS]: 'not in the file' } : {}
  const said = attributes.get('metadata')
  if (said && said !== name) metadata['metadata'] = said
  if (attributes.get('precision_is_set') === 'True') metadata['precision'] = attributes.get('precision') ?? ''
  for (const [key, text] of attributes) if (isStatistics(text)) metadata[`statistics of ${key}`] = text
  return metadata
}

function flatShape(statistics: string): number[] {
  const [, dims = ''] = /^shape=\(([\d, ]*)\)/.exec(statistics) ?? []
  return dims
    .split(',')
    .filter((d) => d.trim() !== '')
    .map(Number)
}

/** The parts of a name that are modules: those before the first Python frame, `matmul_L1061`, and the type. */
function modulesOf(name: string): string[] {
  if (name.startsWith('/')) return []
  const parts = name.split('/').slice(0, -1)
  const frame = parts.findIndex((p) => /_L\d+$/.test(p))
  return frame < 0 ? parts : parts.slice(0, frame)
}

/** The class of the whole model, where all names begin with it. */
function rootOf(layers: readonly DumpedLayer[]): string {
  const roots = new Set(layers.flatMap(({ name }) => modulesOf(name)[0] ?? []))
  return roots.size === 1 ? [...roots][0]! : ''
}

/** Each layer behind those whose results it reads; what a RECURRENCE takes of the iteration before may come later. */
function ordered(layers: readonly DumpedLayer[]): DumpedLayer[] {
  const makers = new Map(layers.flatMap((l, i) => l.outputs.map((name) => [name, i] as const)))
  const order = topologicalOrder(
    layers.map((l) => {
      const read = kindOf(l) === 'RECURRENCE' ? l.inputs.slice(0, 1) : l.inputs
      return read.flatMap((name) => (name === '' ? [] : (makers.get(name) ?? [])))
    }),
  )
  if ('order' in order) return order.order.map((i) => layers[i]!)
  const cycle = order.cycle.map((i) => layers[i]!.name).join(' -> ')
  throw new OnnxImportError('The network has a cycle', cycle, 'The file is damaged: write it again.')
}
