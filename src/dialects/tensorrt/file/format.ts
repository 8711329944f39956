/**
 * `network.graft-trt`: a TensorRT network as JSON, one layer a line, with its weights in a file beside it. `tools/dump_network.py` writes one of
 * a live INetworkDefinition. Names are those of TensorRT's Python interface; a size that is not known is -1, or a name.
 */
import { decode, isConstantValue } from '../../../engine'
import type { Attributes, AttributeValue } from '../../../engine'
import { TENSORRT_LLM, pluginFields } from '../plugin-fields'
import type { PlainArg } from './assemble'

const { anything, count, dictionary, list, literal, nullable, object, partly, text } = decode

export const FORMAT = 'graft-trt'
export const VERSION = 1

const size: decode.Decoder<number | string> = (x, at) => {
  if (typeof x === 'string' && x !== '') return x
  if (typeof x === 'number' && Number.isSafeInteger(x) && x >= -1) return x
  throw new decode.DecodeError(at, 'a size: a number, a name, or -1 for one that is not known', x)
}

/** `dtype`: a name of `trt.DataType`. */
const tensor = partly({ name: text }, { dtype: nullable(text), shape: nullable(list(size)) })

/** Weights in the file beside it; without a place where their elements are not known. */
export const WEIGHTS = partly({ dtype: text, shape: list(count) }, { offset: count, bytes: count })

/** `type`: a name of `trt.PluginFieldType`, or GRAFT for a value that only Graft reads. */
const field = object({ name: text, type: text, value: anything })

/** No call is nested as deep. */
const DEEPEST = 64

const argumentAt =
  (depth: number): decode.Decoder<PlainArg> =>
  (x, at) => {
    if (x === null || typeof x === 'number' || typeof x === 'string' || typeof x === 'boolean') return x
    if (depth === DEEPEST) throw new decode.DecodeError(at, 'an argument that is not nested so deep', x)
    const inner = argumentAt(depth + 1)
    return Array.isArray(x) ? list(inner)(x, at) : dictionary(inner)(x, at)
  }
const argument = argumentAt(0)

const layer = partly(
  { name: text, type: text, inputs: list(nullable(text)), outputs: list(tensor) },
  {
    scope: text,
    /** `ILayer.metadata` */
    metadata: text,
    /** What else is said of it. */
    notes: dictionary(text),
    attributes: dictionary(anything),
    /** Of a plugin; null where they are not known. */
    fields: nullable(list(field)),
    /** What a functional of TensorRT-LLM was called with. */
    call: object({ kind: text, inputs: dictionary(argument), outputs: argument }),
  },
)

export const FILE = partly(
  { format: literal(FORMAT), version: literal(VERSION), inputs: list(tensor), outputs: list(object({ name: text, tensor: text })), layers: list(layer) }, // prettier-ignore
  {
    name: text,
    writer: text,
    strongly_typed: decode.flag,
    /** Name of the file of weights, beside this one. */
    weights: nullable(text),
    /** Optimization profiles: by input, [smallest, usual, largest]. */
    profiles: list(dictionary(list(list(count)))),
  },
)

export type NetworkFile = decode.Decoded<typeof FILE>
export type FileLayer = decode.Decoded<typeof layer>
export type FileTensor = decode.Decoded<typeof tensor>
export type FileWeights = decode.Decoded<typeof WEIGHTS>
export type PluginField = decode.Decoded<typeof field>

/** Whether bytes begin as such a file does. */
export function isNetworkFile(head: Uint8Array): boolean {
  const beginning = new TextDecoder().decode(head.subarray(0, 256)).replace(/^\ufeff/, '')
  return /^\s*\{\s*"format"\s*:\s*"graft-trt"/.test(beginning)
}

/**
 * The types of a plugin's fields: as they came, else as TensorRT-LLM's plugins have them, else by the value.
 * @param told what a layer's metadata says of them
 */
export function fieldTypes(attributes: Attributes, told = '{}'): (name: string) => string {
  const came = JSON.parse(told) as Record<string, string>
  const { plugin_type: type, plugin_namespace: namespace } = attributes
  const known = namespace === TENSORRT_LLM && typeof type === 'string' ? pluginFields(type) : null
  return (name) => (Object.hasOwn(came, name) ? came[name]! : (known?.get(name) ?? fieldTypeOf(attributes[name]!)))
}

/** The type of a plugin's field of which only the value is known. */
function fieldTypeOf(value: AttributeValue): string {
  const first: unknown = Array.isArray(value) ? value[0] : value
  if (isConstantValue(value)) return 'WEIGHTS'
  if (typeof first === 'string') return 'CHAR'
  if (typeof first === 'boolean') return 'INT8'
  if (typeof first === 'number' && Number.isFinite(first)) return Number.isInteger(first) ? 'INT32' : 'FLOAT32'
  return Array.isArray(value) && value.length === 0 ? 'INT32' : 'GRAFT'
}
