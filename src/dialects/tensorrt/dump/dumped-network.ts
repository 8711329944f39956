import { isConstantValue, snapshotOf } from '../../../engine'
import type { Attributes, AttributeValue, DType, Layer, Network, NetworkSnapshot, Shape } from '../../../engine'
import { OnnxImportError } from '../../onnx'
import type { DumpedLayer, TensorRtDump } from '../../onnx'
import { assembled } from '../file/assemble'
import type { PlainLayer, PlainTensor } from '../file/assemble'
import { LAYERS } from '../kinds/table'
import type { LayerType } from '../layer-type'
import { TENSORRT_LLM } from '../plugin-fields'
import { FIELDS } from '../plugins'
import { scopesOfNames } from '../scopes-of-names'
import { isUnknown, unknownWeights } from '../unknown-weights'
import { permutationOf, readAttributes } from './attributes'
import { isStatistics, weightsOf } from './statistics'

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
  private readonly scopes: readonly string[]

  constructor(
    private readonly dump: TensorRtDump,
    private readonly name: string,
  ) {
    this.scopes = scopesOfNames(dump.layers)
  }

  run(): DumpedNetwork {
    const { dump } = this
    const made = new Set([...dump.inputs, ...dump.layers.flatMap((l) => l.outputs)])
    const network = assembled({
      name: this.name,
      inputs: dump.inputs.map((name) => this.tensorOf(name)),
      layers: dump.layers.map((layer, i) => this.layerOf(layer, this.scopes[i]!)),
      outputs: dump.outputs.filter((name) => made.has(name)).map((name) => ({ name, tensor: name })),
    })
    const lost = dump.outputs.filter((name) => !made.has(name))
    const warnings = [...warningsOf(network), ...lost.map((name) => `no layer makes the output ${name}`)]
    return { snapshot: snapshotOf(network), warnings }
  }

  private layerOf(layer: DumpedLayer, scope: string): PlainLayer {
    const kind = kindOf(layer)
    return {
      kind,
      name: layer.name,
      scope,
      inputs: layer.inputs.map((name) => (name === '' ? null : name)),
      outputs: layer.outputs.map((name) => this.tensorOf(name)),
      attributes: this.attributesOf(kind, layer),
      metadata: metadataOf(layer),
    }
  }

  private tensorOf(name: string): PlainTensor {
    const [dtype, shape] = this.typeOf(name)
    return { name, dtype, shape }
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
}

function warningsOf(network: Network): string[] {
  const layers = network.getLayers()
  const lost = layers
    .flatMap((l) => Object.values(l.record.attributes))
    .filter((v) => isConstantValue(v) && isUnknown(v))
  const plugins = layers.filter((l) => l.kind.startsWith('PLUGIN')).length
  const isDead = (l: Layer): boolean =>
    l.getOutputs().length > 0 && l.getOutputs().every((t) => t.getUsers().length === 0 && !network.isOutput(t))
  const dead = layers.filter(isDead).length
  return [
    `The elements of ${lost.length} weights are not in this file, nor are the fields of ${plugins} plugins: shapes and structure are here; what needs those numbers cannot be run.`,
    ...(dead > 0 ? [`${dead} layers are dead: nothing uses what they make.`] : []),
  ]
}

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
  return { plugin_type: type, plugin_namespace: TENSORRT_LLM, num_outputs: outputs.length }
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
