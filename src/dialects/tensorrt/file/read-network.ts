import {
  BITS,
  ByteRange,
  byteSize,
  ConstantValue,
  decode,
  fromPlain,
  isConstantValue,
  snapshotOf,
} from '../../../engine'
import type { Attributes, AttributeSchema, AttributeValue, ByteSource, DType } from '../../../engine'
import { OnnxImportError } from '../../onnx'
import type { ImportOptions, ImportResult } from '../../onnx'
import { dtypeOfDataType } from '../data-type'
import { DataType } from '../enums'
import { LAYERS } from '../kinds/table'
import type { LayerType } from '../layer-type'
import { FACTS } from '../facts'
import type { FileFacts } from '../facts'
import { FIELD_TYPES, FIELDS } from '../plugins'
import { scopesOfNames } from '../scopes-of-names'
import { unknownWeights } from '../unknown-weights'
import { assembled } from './assemble'
import type { PlainLayer, PlainTensor } from './assemble'
import { fieldTypes, FILE, WEIGHTS } from './format'
import type { FileLayer, FileTensor, NetworkFile } from './format'

/** Weights of more bytes stay where they are until somebody asks. */
const LARGE = 2 ** 12

/**
 * Opens a `.graft-trt` file.
 * @throws OnnxImportError with what is wrong, where, and what to do
 */
export function readNetwork(json: string, options: ImportOptions): ImportResult {
  return new Reader(parsed(json), options).run()
}

function parsed(json: string): NetworkFile {
  const remedy = 'Write the file again, with tools/dump_network.py or with Graft.'
  try {
    return FILE(JSON.parse(json.replace(/^\ufeff/, '')), 'file')
  } catch (error) {
    if (error instanceof decode.DecodeError)
      throw new OnnxImportError(`This .graft-trt file is not as it should be: ${error.why}`, error.at, remedy)
    if (error instanceof SyntaxError)
      throw new OnnxImportError(`This .graft-trt file is no JSON: ${error.message}`, '', remedy)
    throw error
  }
}

class Reader {
  private readonly warnings: string[] = []
  private readonly weights: Uint8Array | ByteSource | null
  private readonly missing: readonly string[]
  private lost = 0
  /** Of each place of the file one value for all that lie there: written again they lie there once, too. */
  private readonly held = new Map<string, ConstantValue>()

  constructor(
    private readonly file: NetworkFile,
    private readonly options: ImportOptions,
  ) {
    const { weights } = file
    this.weights = weights ? (options.external?.get(weights) ?? null) : null
    this.missing = weights && !this.weights ? [weights] : []
  }

  run(): ImportResult {
    const { file, warnings } = this
    const scopes = scopesIn(file)
    const network = assembled({
      name: this.options.name ?? file.name ?? 'network',
      inputs: file.inputs.map(tensorOf),
      layers: file.layers.map((layer, i) => this.layerOf(layer, scopes[i] ?? '', `file.layers[${i}]`)),
      outputs: file.outputs,
    })
    const tensors = [...file.inputs, ...file.layers.flatMap((l) => l.outputs)]
    const types = new Set(tensors.flatMap(({ dtype }) => (dtype && !dtypeOfDataType(dtype) ? [dtype] : [])))
    for (const type of types) warnings.push(`Graft reads no elements of type ${type}: the tensors of it have none.`)
    const [again, ...more] = twice(file.layers)
    if (again !== undefined)
      warnings.push(
        `${more.length + 1} layers have the name of another, ${again} for one: they are told apart by numbers behind it.`,
      )
    if (this.lost > 0)
      warnings.push(
        `The elements of ${this.lost} weights are not in this file: shapes and structure are here; what needs those numbers cannot be run.`,
      )
    const facts: FileFacts = {
      writer: file.writer ?? '',
      stronglyTyped: file.strongly_typed ?? true,
      profiles: file.profiles ?? [],
    }
    const snapshot = { ...snapshotOf(network), properties: { [FACTS]: facts } }
    return { snapshot, warnings, missingExternal: this.missing }
  }

  private layerOf(layer: FileLayer, scope: string, at: string): PlainLayer {
    const { type, name, inputs, metadata, notes = {}, fields, call } = layer
    const isPlugin = type.startsWith('PLUGIN')
    if (!Object.hasOwn(LAYERS, type))
      this.warnings.push(`${name} is a layer of type ${type}, which Graft does not know.`)
    // Types that follow from the values are not kept.
    const own = this.attributesOf(layer, `${at}.attributes`)
    const attributes = isPlugin ? { ...this.fieldsOf(layer, `${at}.fields`), ...own } : own
    const usual = fieldTypes(attributes)
    const odd = (fields ?? []).filter((f) => f.type !== usual(f.name))
    const types = Object.fromEntries(odd.map((f) => [f.name, f.type]))
    const { [FIELDS]: _lost, [FIELD_TYPES]: _types, ...told } = notes
    const said = {
      ...told,
      ...(metadata ? { metadata } : null),
      ...(isPlugin && fields === null ? { [FIELDS]: 'not in the file' } : null),
      ...(Object.keys(types).length > 0 ? { [FIELD_TYPES]: JSON.stringify(types) } : null),
    }
    const outputs = layer.outputs.map(tensorOf)
    return { kind: type, name, scope, inputs, outputs, attributes, metadata: said, ...(call && { call }) }
  }

  private attributesOf({ type, name, attributes = {} }: FileLayer, at: string): Attributes {
    const schemas: Readonly<Record<string, AttributeSchema>> = Object.hasOwn(LAYERS, type)
      ? LAYERS[type as LayerType].attributes
      : {}
    const found: Record<string, AttributeValue> = {}
    for (const [key, value] of Object.entries(attributes)) {
      if (value === null || key === '__proto__') continue
      const schema = Object.hasOwn(schemas, key) ? schemas[key] : undefined
      const where = `${at}.${key}`
      found[key] = isPlain(value) ? this.constant(value, `${name}.${key}`, where) : plainValue(value, schema, where)
    }
    return found
  }

  private fieldsOf({ name, fields }: FileLayer, at: string): Attributes {
    const found: Record<string, AttributeValue> = {}
    for (const { name: key, type, value } of fields ?? []) {
      if (key === '__proto__') continue
      const where = `${at}.${key}`
      if (type === 'GRAFT') found[key] = ofGraft(value, where)
      else if (isPlain(value)) found[key] = this.constant(value, `${name}.${key}`, where)
      else found[key] = plainValue(value, undefined, where)
    }
    return found
  }

  private constant(value: unknown, of: string, at: string): ConstantValue {
    const { dtype: name, shape, offset, bytes } = decoded(() => WEIGHTS(value, at))
    const dtype = dtypeOf(name, at)
    if (offset === undefined || bytes === undefined) {
      this.lost++
      return unknownWeights(dtype, shape, of)
    }
    const key = `${offset} ${dtype} ${shape.join(',')} ${bytes}`
    const held = this.held.get(key) ?? this.placed(dtype, shape, offset, bytes, name, at)
    this.held.set(key, held)
    return held
  }

  private placed(
    dtype: DType,
    shape: readonly number[],
    offset: number,
    bytes: number,
    name: string,
    at: string,
  ): ConstantValue {
    const size = byteSize(dtype, shape)
    if (bytes !== size) wrong(`${size} bytes are ${name} [${shape.join(', ')}], and not ${bytes}`, at)
    const location = this.file.weights ?? ''
    const external = { location, offset, length: bytes }
    const { weights } = this
    if (location === '') wrong('these weights lie in a file, and "weights" names none', at)
    if (!weights) return new ConstantValue(dtype, shape, null, null, external)
    if (offset + bytes > weights.length)
      wrong(`${location} has ${weights.length} bytes, and these weights end at ${offset + bytes}`, at)
    return new ConstantValue(dtype, shape, dataIn(weights, offset, bytes), null, external)
  }
}

function dataIn(weights: Uint8Array | ByteSource, offset: number, bytes: number): Uint8Array | ByteRange {
  if (weights instanceof Uint8Array) return weights.subarray(offset, offset + bytes)
  return bytes < LARGE ? weights.read(offset, bytes) : new ByteRange(weights, offset, bytes)
}

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Numbers that JSON cannot write stand as texts. */
const ODD: Readonly<Record<string, number>> = { Infinity, '-Infinity': -Infinity, NaN }

function plainValue(value: unknown, schema: AttributeSchema | undefined, at: string): AttributeValue {
  if (typeof value === 'string' && schema?.type === 'FLOAT' && Object.hasOwn(ODD, value)) return ODD[value]!
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (Array.isArray(value) && value.every((v) => typeof v === 'number')) return value as number[]
  if (Array.isArray(value) && value.every((v) => typeof v === 'string')) return value as string[]
  return wrong('an attribute is a number, a text, true or false, a list of numbers or texts, or weights', at)
}

/** As the file says them; TensorRT says none: they are in names. */
function scopesIn({ writer, layers }: NetworkFile): readonly string[] {
  if (writer === 'Graft' || layers.some((l) => l.scope !== undefined)) return layers.map((l) => l.scope ?? '')
  return scopesOfNames(layers.map(({ name, outputs }) => ({ name, outputs: outputs.map((t) => t.name) })))
}

/** Names of layers that several have: all but the first get a number. */
function twice(layers: readonly FileLayer[]): string[] {
  const seen = new Set<string>()
  return layers.flatMap(({ name }) => (seen.has(name) ? [name] : (seen.add(name), [])))
}

function tensorOf({ name, dtype = null, shape = null }: FileTensor): PlainTensor {
  return {
    name,
    dtype: dtype === null ? null : dtypeOfDataType(dtype),
    shape: shape && shape.map((d) => (d === -1 ? null : d)),
  }
}

function dtypeOf(name: string, at: string): DType {
  const found = dtypeOfDataType(name)
  return found ?? wrong(`${name} is none of ${DataType.join(', ')} that Graft reads`, at)
}

/** A value that only Graft writes: of operators of ONNX that became plugins. */
function ofGraft(value: unknown, at: string): AttributeValue {
  let read: unknown
  try {
    read = fromPlain(value)
  } catch (error) {
    return wrong(`this is no value that Graft wrote: ${(error as Error).message}`, at)
  }
  const constants = (Array.isArray(read) ? (read as unknown[]) : [read]).filter(isConstantValue)
  if (constants.some((c) => !(c.dtype in BITS) || c.byteLength !== byteSize(c.dtype, c.shape)))
    wrong('a constant is not whole', at)
  return read as AttributeValue
}

function decoded<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof decode.DecodeError) return wrong(error.why, error.at)
    throw error
  }
}

function wrong(problem: string, at: string): never {
  throw new OnnxImportError(`This .graft-trt file is not as it should be: ${problem}`, at, 'Write the file again.')
}
