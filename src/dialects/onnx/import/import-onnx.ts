import type { ByteSource, NetworkSnapshot } from '../../../engine'
import { OnnxExportError } from '../export/error'
import { inferShapes } from '../infer/infer-shapes'
import { decodeMessage, DecodeError } from '../proto/decode'
import type { ModelProto } from '../proto/messages'
import type { OnnxProperties } from '../properties'
import { onnxDialect } from '../schemas/dialect'
import { OnnxImportError, DOWNLOAD_AGAIN, REEXPORT } from './error'
import { GraphImporter } from './graph'
import { kindOf, normalDomain } from './layer'
import { OWN_FILE, outlineOf } from './outline'
import { refuseOtherFormats } from './recognize'
import { upgradeOpset } from '../upgrade/upgrade-opset'
import { refuseTensorRtDump } from './tensorrt-dump'

export interface ImportOptions {
  /** Files that hold weights outside the model, by the name that the model calls them. */
  readonly external?: ReadonlyMap<string, Uint8Array | ByteSource>
  /**
   * In files of IR version 3 and older an initializer had to be listed as an input, whether or not a caller was meant to give
   * another value. They are constants, unless this is set.
   */
  readonly overridable?: boolean
  /** A source of fewer bytes is read whole, weights and all. Default 4 MiB. */
  readonly wholeBelow?: number
  /** Name of the network; by default the graph's own. */
  readonly name?: string
  /** Told how far the import is, from 0 to 1. */
  readonly onProgress?: (fraction: number) => void
  /** An AbortSignal, looked at on every progress step. */
  readonly signal?: { throwIfAborted(): void }
}

export interface ImportResult {
  readonly snapshot: NetworkSnapshot
  /** External files that the model names and that were not given; their constants have no bytes. */
  readonly missingExternal: readonly string[]
  readonly warnings: readonly string[]
}

const OLDEST_OPSET = 6
/** Layers of a network have the meaning that they have from here on. */
const FIRST_OPSET = 9
/** From this IR version on an initializer need not be an input. */
const IR_WITH_CONSTANTS = 4
const NEWEST_OPSET = 24
/** No operator set has such a number, nor will one. */
const MOST_OPSET = 10_000
const MAX_WARNINGS = 100
/** Looking for what could stay in the file takes longer than reading so many bytes. */
const SMALL = 2 ** 22

/**
 * Opens an ONNX model: reads, checks and sorts the graph, and infers the types that the file does not state. Weights are
 * views on `file`, which must not change afterwards. Where it is a source of many bytes, its large weights stay where they
 * are until somebody asks for their elements; so do those of `external` files.
 * @throws OnnxImportError with what is wrong, where, and what to do
 * @throws the signal's reason where it is aborted
 */
export function importOnnx(file: Uint8Array | ByteSource, options: ImportOptions = {}): ImportResult {
  const bytes = file instanceof Uint8Array ? file : contentOf(file, options.wholeBelow ?? SMALL)
  refuseOtherFormats(bytes)
  const external = new Map<string, Uint8Array | ByteSource>(options.external)
  if (!(file instanceof Uint8Array)) external.set(OWN_FILE, file)
  const missing = new Set<string>()
  const warnings: string[] = []
  const warn = (message: string): void => {
    if (warnings.length < MAX_WARNINGS) warnings.push(message)
    else if (warnings.length === MAX_WARNINGS) warnings.push('there are more warnings, not shown')
  }
  const progress = (fraction: number): void => {
    options.signal?.throwIfAborted()
    options.onProgress?.(fraction)
  }
  const whole = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const snapshot = explained(() => {
    const model = decodeMessage('ModelProto', whole)
    if (model.graph) refuseTensorRtDump(model.graph)
    const opsets = opsetsOf(model, warn)
    const importer = new GraphImporter(model.graph!, {
      files: external,
      missing: (location) => missing.add(location),
      warn,
      schemaOf: (kind) => onnxDialect.schema(kind, opsets[domainOfKind(kind)] ?? 1),
      progress,
      listed: Number(model.ir_version ?? 0) < IR_WITH_CONSTANTS && options.overridable !== true,
    })
    importer.run()
    progress(0.6)
    return snapshotOf(model, opsets, importer, options.name)
  })
  const inferred = raised(inferShapes(snapshot, { warn }), warn)
  progress(1)
  return { snapshot: inferred, missingExternal: [...missing], warnings }
}

function contentOf(file: ByteSource, wholeBelow: number): Uint8Array {
  return file.length < wholeBelow ? file.pass(0, file.length) : outlineOf(file)
}

/**
 * Models of operator sets in which operators meant something else (broadcasting, training) are raised as they are opened, so that
 * nothing is ever read under two meanings.
 * @throws OnnxImportError for a layer that cannot be said in the newer one
 */
function raised(snapshot: NetworkSnapshot, warn: (message: string) => void): NetworkSnapshot {
  const own = snapshot.opsets['']
  if (own === undefined || own >= FIRST_OPSET) return snapshot
  try {
    const modern = upgradeOpset(snapshot, FIRST_OPSET)
    warn(`operator set ${own} is raised to ${FIRST_OPSET} on opening`)
    return modern
  } catch (error) {
    if (error instanceof OnnxExportError)
      throw new OnnxImportError(`Operator set ${own} is too old to be opened as it is`, 'opset_import', error.message)
    throw error
  }
}

function domainOfKind(kind: string): string {
  return kind.includes('.') ? kind.slice(0, kind.lastIndexOf('.')) : ''
}

/** Turns what the decoder throws, also on a body deep in the graph, into an error for people. */
function explained<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    const remedy = `If this is an ONNX model: ${DOWNLOAD_AGAIN[0]!.toLowerCase()}${DOWNLOAD_AGAIN.slice(1)}`
    throw new OnnxImportError(`Not readable as ONNX: ${error.message}`, `byte ${error.offset}`, remedy)
  }
}

/** @throws OnnxImportError where there is no graph or no operator set that Graft knows */
function opsetsOf(model: ModelProto, warn: (message: string) => void): Record<string, number> {
  if (!model.graph) throw new OnnxImportError('The file holds no graph', '', DOWNLOAD_AGAIN)
  const opsets: Record<string, number> = {}
  for (const { domain, version } of model.opset_import) {
    const [name, number] = [normalDomain(domain), Number(version ?? 0)]
    if ((opsets[name] ?? number) !== number)
      throw new OnnxImportError(
        `The model names two operator sets of ${name === '' ? 'the default domain' : name}: ${opsets[name]} and ${number}`,
        'opset_import',
        `Take out the one that it was not made for. ${REEXPORT}`,
      )
    opsets[name] = number
  }
  for (const node of model.graph.node) {
    const domain = normalDomain(node.domain)
    if (domain in opsets) continue
    if (domain === '') {
      const remedy = 'Add an opset_import for the default domain. ' + REEXPORT
      throw new OnnxImportError('The model does not say which operator set it uses', `node ${node.name ?? ''}`, remedy)
    }
    warn(`${kindOf(node)}: the model imports no operator set for ${domain}; version 1 is assumed`)
    opsets[domain] = 1
  }
  const version = opsets['']
  if (version === undefined) return opsets
  if (version < OLDEST_OPSET) {
    const remedy = `Graft opens opsets ${OLDEST_OPSET} to ${NEWEST_OPSET}: raise it with the ONNX version converter.`
    throw new OnnxImportError(`Operator set ${version} is too old`, 'opset_import', remedy)
  }
  if (version > MOST_OPSET) throw new OnnxImportError(`There is no operator set ${version}`, 'opset_import', REEXPORT)
  if (version > NEWEST_OPSET) warn(`opset ${version} is newer than ${NEWEST_OPSET}, the newest one that Graft knows`)
  return opsets
}

function snapshotOf(
  model: ModelProto,
  opsets: Readonly<Record<string, number>>,
  graph: GraphImporter,
  name: string | undefined,
): NetworkSnapshot {
  return {
    name: name ?? model.graph?.name ?? '',
    dialect: onnxDialect.name,
    opsets,
    layers: graph.layers,
    tensors: graph.tensors,
    inputs: graph.inputs,
    outputs: graph.outputs,
    nextLayerId: graph.layers.length,
    nextTensorId: graph.tensors.length,
    properties: { onnx: propertiesOf(model, graph) },
  }
}

function propertiesOf(model: ModelProto, graph: GraphImporter): OnnxProperties {
  return {
    irVersion: Number(model.ir_version ?? 0),
    producerName: model.producer_name ?? '',
    producerVersion: model.producer_version ?? '',
    domain: model.domain ?? '',
    modelVersion: model.model_version ?? 0,
    docString: model.doc_string ?? '',
    metadata: model.metadata_props,
    graphDocString: model.graph?.doc_string ?? '',
    graphMetadata: model.graph?.metadata_props ?? [],
    functions: model.functions,
    modelUnknown: model.unknown ?? [],
    graphUnknown: model.graph?.unknown ?? [],
    defaults: graph.defaults,
    declarations: graph.declarations,
  }
}
