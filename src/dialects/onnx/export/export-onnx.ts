import { domainOf, type NetworkSnapshot, type SubgraphValue } from '../../../engine'
import { encodeMessage } from '../proto/encode'
import type { ModelProto } from '../proto/messages'
import { onnxProperties, type OnnxProperties } from '../properties'
import { upgradeOpset } from '../upgrade/upgrade-opset'
import { GraphExporter } from './graph'
import { header, joined, lengthOf, type Part } from '../proto/parts'
import { OnnxExportError } from './error'
import type { WeightsFile } from './tensor'

export interface ExportOptions {
  /** Raise the default domain's operator set to this version. */
  readonly targetOpset?: number
  /** Put weights into a file of this name beside the model; needed above 2 GB. */
  readonly weightsFile?: string
  /** Put weights that came from other files, and are here, into the model. */
  readonly inlineExternal?: boolean
}

export interface ExportResult {
  readonly bytes: Uint8Array
  /** Files that have to lie beside the model, by name. Those that the model was opened with are not repeated. */
  readonly external?: ReadonlyMap<string, Uint8Array>
}

/** As ExportResult, with what lies in files still there: for whoever writes it without having it all in memory. */
export interface ExportedParts {
  readonly model: readonly Part[]
  readonly external: ReadonlyMap<string, readonly Part[]>
}

/** Number of `graph` in ModelProto. */
const GRAPH = 7
/** Initializers that are no inputs exist from this IR version on. */
const MIN_IR_VERSION = 4
const IR_WITH_FUNCTIONS = 8

/**
 * The network as an ONNX file: layers in topological order without the removed ones, constants as initializers, public
 * names of inputs and outputs as they were, and all that the file said when it was opened.
 * @throws OnnxExportError
 */
export function exportOnnx(network: NetworkSnapshot, options: ExportOptions = {}): ExportResult {
  const { model, external } = exportParts(network, options)
  const files = [...external].map(([name, parts]) => [name, joined(parts)] as const)
  return { bytes: joined(model), ...(files.length > 0 && { external: new Map(files) }) }
}

/** As `exportOnnx`, in parts. @throws OnnxExportError */
export function exportParts(network: NetworkSnapshot, options: ExportOptions = {}): ExportedParts {
  if (network.dialect !== 'onnx')
    throw new OnnxExportError(
      `This is a network of ${network.dialect}, not of ONNX operators: written as it is, no reader would understand it.`,
    )
  const snapshot = options.targetOpset === undefined ? network : upgradeOpset(network, options.targetOpset)
  const properties = onnxProperties(snapshot)
  const weights: WeightsFile | null = options.weightsFile
    ? { location: options.weightsFile, parts: [], length: 0 }
    : null
  const graph = new GraphExporter(snapshot, properties, weights, options.inlineExternal ?? false).write()
  const rest = encodeMessage('ModelProto', { ...modelFields(properties), opset_import: opsetImports(snapshot) })
  const model = [rest, header(GRAPH, lengthOf(graph)), ...graph]
  return { model, external: new Map(weights ? [[weights.location, weights.parts]] : []) }
}

/**
 * A network as the body of a layer. Its first inputs, so many, are the body's own; the others are values of the graph around it, which
 * stand behind the layer's operands in the same order.
 */
export function exportBody(network: NetworkSnapshot, inputs: number): SubgraphValue {
  const exporter = new GraphExporter(network, onnxProperties(network), null, true, inputs)
  return { graph: joined(exporter.write()), captures: exporter.captures() }
}

function modelFields(properties: OnnxProperties): Omit<ModelProto, 'opset_import' | 'graph'> {
  const { functions, producerName, producerVersion, domain, modelVersion, docString } = properties
  return {
    ir_version: Math.max(properties.irVersion, functions.length ? IR_WITH_FUNCTIONS : MIN_IR_VERSION),
    metadata_props: [...properties.metadata],
    functions: [...functions],
    unknown: [...properties.modelUnknown],
    ...(producerName ? { producer_name: producerName } : {}),
    ...(producerVersion ? { producer_version: producerVersion } : {}),
    ...(domain ? { domain } : {}),
    ...(modelVersion !== 0 ? { model_version: modelVersion } : {}),
    ...(docString ? { doc_string: docString } : {}),
  }
}

/** What the network imports, and version 1 of every further domain that its layers use. */
function opsetImports(snapshot: NetworkSnapshot): ModelProto['opset_import'] {
  const versions = new Map(Object.entries(snapshot.opsets))
  for (const { kind, removed } of snapshot.layers) {
    const domain = domainOf(kind)
    if (!removed && domain !== '' && !versions.has(domain)) versions.set(domain, 1)
  }
  return [...versions].map(([domain, version]) => ({ domain, version }))
}
