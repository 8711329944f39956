import { isConstantValue } from '../../../engine'
import type { AttributeSchema, AttributeValue, ConstantValue, NetworkSnapshot } from '../../../engine'
import { dataTypeOf } from '../data-type'
import { LAYERS } from '../kinds/table'
import { notTaken } from '../gpt-attention-arguments'
import type { LayerType } from '../layer-type'
import { isPluginOf } from '../plugin-fields'
import { factsOf } from '../facts'
import { FIELD_TYPES, FIELDS, PLUGIN_ATTRIBUTES } from '../plugins'
import type { PlainLayer, PlainNetwork, PlainTensor } from './assemble'
import { NetworkFileError } from './error'
import { fieldTypes } from './format'
import { plainNetwork } from './plain-network'
import { BEHIND, CALLS, enumOf, INSTEAD, OTHERWISE } from './python-calls'
import { scriptOf } from './python-frame'
import { WeightsWriter } from './write-weights'
import type { WrittenNetwork } from './write-network'

/**
 * A Python script that builds the network with TensorRT's own interface, and the weights that it reads.
 * @param weightsFile what the file of weights beside it is called
 * @throws NetworkFileError for a network of another dialect, for weights or fields of plugins that are not known, and for a kind whose call is not
 */
export function writePython(snapshot: NetworkSnapshot, weightsFile: string): WrittenNetwork {
  const plain = plainNetwork(snapshot)
  const weights = new WeightsWriter()
  const writer = new PythonWriter(weights, plain)
  const layers = plain.layers.map((layer) => writer.layer(layer))
  const { stronglyTyped, profiles } = factsOf(snapshot.properties)
  const text = scriptOf({
    name: plain.name,
    weightsFile: weights.parts.length > 0 ? weightsFile : null,
    stronglyTyped,
    profiles,
    inputs: plain.inputs.flatMap(inputLines),
    layers,
    fedBack: plain.layers.flatMap(fedBackLines),
    outputs: outputLines(plain),
  })
  return { text, weights: weights.parts }
}

class PythonWriter {
  private readonly shapes: ReadonlyMap<string, number>

  constructor(
    private readonly weights: WeightsWriter,
    { inputs, layers }: PlainNetwork,
  ) {
    const tensors = [...inputs, ...layers.flatMap((l) => l.outputs)]
    this.shapes = new Map(tensors.flatMap((t) => (t.shape ? [[t.name, t.shape.length] as const] : [])))
  }

  /** Lines that make a layer: the call, what is set after it, its name and those of its results. */
  layer(layer: PlainLayer): string {
    const { kind, name, inputs, outputs, metadata } = layer
    const call = callOf(layer)
    if (call === undefined)
      throw new NetworkFileError(`How TensorRT makes a layer of type ${kind} is not known to Graft (${name}).`)
    const lines = [`layer = ${this.filled(call, layer)}`]
    const behind = (BEHIND[kind] ?? []).filter((line) => operandsIn(line).every((i) => Boolean(inputs[i])))
    const said = [call, ...behind].join()
    // Settings of an attention are not of its boundary.
    const owner = kind === 'ATTENTION_INPUT' ? 'owner' : 'layer'
    if (owner === 'owner') lines.push(`owner = attentions[${this.attribute(layer, 'attention')}]`)
    for (const [key, value] of Object.entries(layer.attributes)) {
      if (said.includes(`{${key}}`) || kind.startsWith('PLUGIN') || isUnset(key, value)) continue
      if (!/^[A-Za-z]\w*$/.test(key))
        throw new NetworkFileError(`Nothing of TensorRT has the name ${quoted(key)} (${name}).`)
      lines.push(`${owner}.${key} = ${this.value(value, schemaOf(kind, key), `${name}.${key}`)}`)
    }
    lines.push(...behind.map((line) => this.filled(line, layer)))
    inputs.forEach((input, i) => {
      if (input === null || said.includes(`{${i}}`) || said.includes('{*}') || kind === 'RECURRENCE') return
      lines.push(`layer.set_input(${i}, t[${quoted(input)}])`)
    })
    const names = outputs.map((t) => quoted(t.name)).join(', ')
    const about = metadata['metadata'] ? `, ${quoted(metadata['metadata'])}` : ''
    lines.push(`put(layer, ${quoted(name)}, [${names}]${about})`)
    return lines.join('\n')
  }

  private filled(call: string, layer: PlainLayer): string {
    return call.replace(/\{(\*|\w+)\}/g, (_, slot: string) => {
      if (slot === '*')
        return operandsOf(layer)
          .map((t) => this.operand(t, layer))
          .join(', ')
      if (/^\d+$/.test(slot)) return this.operand(layer.inputs[Number(slot)] ?? null, layer)
      return slot === 'plugin' ? this.plugin(layer) : this.attribute(layer, slot)
    })
  }

  private operand(name: string | null, layer: PlainLayer): string {
    if (name === null) throw new NetworkFileError(`An operand of ${layer.name} is not given.`)
    return `t[${quoted(name)}]`
  }

  private attribute({ kind, name, attributes, inputs, outputs }: PlainLayer, key: string): string {
    const schema = schemaOf(kind, key)
    const value = attributes[key] ?? schema?.default
    if (value !== undefined) return this.value(value as AttributeValue, schema, `${name}.${key}`)
    const weights = kind === 'CONSTANT' ? attributes['weights'] : undefined
    if (key === 'shape' && isConstantValue(weights)) return tuple(weights.shape)
    const instead = INSTEAD[kind]?.[key]
    if (instead !== undefined) return instead
    // What stands there is not read where an operand gives it, but for its length.
    const rank = this.shapes.get(inputs[0] ?? '') ?? this.shapes.get(outputs[0]?.name ?? '') ?? 0
    if (kind === 'SCALE' && key === 'channel_axis') return String(Math.max(rank - 3, 0))
    if (kind === 'SLICE') return tuple(new Array<number>(rank).fill(key === 'stride' ? 1 : 0))
    throw new NetworkFileError(`${name} has no ${key}.`)
  }

  private value(value: AttributeValue, schema: AttributeSchema | undefined, of: string): string {
    if (isConstantValue(value)) return this.place(value, of)
    if (typeof value === 'string') return schema?.values ? enumerator(value, schema.values, of) : quoted(value)
    if (typeof value === 'boolean') return value ? 'True' : 'False'
    if (typeof value === 'number') {
      if (typeof schema?.default === 'boolean') return value === 0 ? 'False' : 'True'
      return schema?.type === 'FLOAT' ? float(value) : String(value)
    }
    if (isNumbers(value)) return tuple(value, schema?.type === 'FLOATS')
    throw new NetworkFileError(`${of} is of a kind that TensorRT has no attributes of.`)
  }

  private place(value: ConstantValue, of: string): string {
    const { dtype, offset } = this.weights.place(value, of)
    if (offset === undefined)
      throw new NetworkFileError(`The weights ${of} are not known: a script cannot build the network without them.`)
    return `weights("${dtype}", ${offset}, ${value.size})`
  }

  private plugin({ name, attributes, metadata }: PlainLayer): string {
    if (metadata[FIELDS] !== undefined)
      throw new NetworkFileError(`The fields of plugin ${name} are not known: a script cannot make it without them.`)
    const text = (key: string, usual: string): string => (typeof attributes[key] === 'string' ? attributes[key] : usual)
    const about = [text('plugin_type', ''), text('plugin_version', '1'), text('plugin_namespace', '')]
    const typeOf = fieldTypes(attributes, metadata[FIELD_TYPES])
    const fields = Object.entries(attributes).flatMap(([key, value]) =>
      OWN.has(key)
        ? []
        : [`(${quoted(key)}, ${quoted(typeOf(key))}, ${this.field(value, typeOf(key), `${name}.${key}`)})`],
    )
    return `plugin(${[name, ...about].map(quoted).join(', ')}, [${fields.join(', ')}])`
  }

  private field(value: AttributeValue, type: string, of: string): string {
    if (typeof value === 'boolean') return value ? 'True' : 'False'
    if (typeof value === 'string') return quoted(value)
    const number = (v: number): string => (type.startsWith('FLOAT') ? float(v) : String(v))
    if (typeof value === 'number' && (Number.isFinite(value) || type.startsWith('FLOAT'))) return number(value)
    if (isNumbers(value)) return `[${value.map(number).join(', ')}]`
    throw new NetworkFileError(`Field ${of} is of a kind that plugins of TensorRT have no fields of.`)
  }
}

const OWN: ReadonlySet<string> = new Set(PLUGIN_ATTRIBUTES)

/** Operands of a plugin: those that it takes, of which TensorRT-LLM's functional leaves some out. */
function operandsOf({ inputs, attributes, call }: PlainLayer): readonly (string | null)[] {
  if (!call || !isPluginOf(attributes, 'GPTAttention')) return inputs
  const named = (names: readonly string[]): unknown[] =>
    names.flatMap((name) => [call.inputs[name] ?? []].flat()).map((arg) => (arg as { tensor?: unknown }).tensor)
  const out = notTaken(attributes)
  const kept = new Set(named(Object.keys(call.inputs).filter((name) => !out.includes(name as (typeof out)[number]))))
  const left = new Set(named(out).filter((t) => !kept.has(t)))
  return inputs.filter((t) => !left.has(t))
}

function callOf({ kind, attributes }: PlainLayer): string | undefined {
  const other = OTHERWISE[kind]
  if (other && isGiven(attributes[other.given])) return other.call
  return Object.hasOwn(CALLS, kind) ? CALLS[kind as keyof typeof CALLS] : undefined
}
const isGiven = (value: unknown): boolean => Array.isArray(value) && value.length > 0
/** Blocks of no sizes are none. */
const isUnset = (key: string, value: unknown): boolean => key.endsWith('block_shape') && !isGiven(value)
const operandsIn = (line: string): number[] => [...line.matchAll(/\{(\d+)\}/g)].map(([, i]) => Number(i))

function schemaOf(kind: string, key: string): AttributeSchema | undefined {
  const known: Readonly<Record<string, AttributeSchema>> = LAYERS[kind as LayerType].attributes
  return Object.hasOwn(known, key) ? known[key] : undefined
}

function enumerator(value: string, values: readonly string[], of: string): string {
  const name = enumOf(values)
  if (name === null || !values.includes(value)) throw new NetworkFileError(`${of} has no value ${value}.`)
  return `trt.${name}.${value}`
}

function inputLines({ name, dtype, shape }: PlainTensor): string[] {
  const type = dataTypeOf(dtype)
  if (!type || !shape) throw new NetworkFileError(`The type of the input ${name} is not known.`)
  const sizes = shape.map((d) => (typeof d === 'number' ? d : -1))
  const named = shape.flatMap((d, i) => (typeof d === 'string' ? [`t[${quoted(name)}].set_dimension_name(${i}, ${quoted(d)})`] : [])) // prettier-ignore
  return [`t[${quoted(name)}] = network.add_input(${quoted(name)}, trt.DataType.${type}, ${tuple(sizes)})`, ...named]
}

/** What a RECURRENCE takes of the iteration before is made after it. */
function fedBackLines({ kind, outputs, inputs }: PlainLayer): string[] {
  const [result] = outputs
  return kind === 'RECURRENCE' && result && inputs[1]
    ? [`makers[${quoted(result.name)}].set_input(1, t[${quoted(inputs[1])}])`]
    : []
}

/** An output of TensorRT is a tensor by its name: a second one is a copy. */
function outputLines({ inputs, outputs }: PlainNetwork): string[] {
  const taken = new Set(inputs.map((t) => t.name))
  return outputs.flatMap(({ name, tensor }) => {
    const copied = taken.has(tensor) || name !== tensor
    taken.add(tensor)
    const copy = `put(network.add_identity(t[${quoted(tensor)}]), ${quoted(`${name}/IDENTITY`)}, [${quoted(name)}])`
    return [...(copied ? [copy] : []), `network.mark_output(t[${quoted(copied ? name : tensor)}])`]
  })
}

/** A text of JSON is one of Python. */
const quoted = (text: string): string => JSON.stringify(text)
const isNumbers = (value: AttributeValue): value is readonly number[] =>
  Array.isArray(value) && value.every((v) => typeof v === 'number')

function float(value: number): string {
  if (!Number.isFinite(value)) return `float("${Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'}")`
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? value.toFixed(1) : String(value)
}

const tuple = (values: readonly number[], floats = false): string => {
  const words = values.map((v) => (floats ? float(v) : String(v)))
  return words.length === 1 ? `(${words[0]!},)` : `(${words.join(', ')})`
}
