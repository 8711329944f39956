import { isConstantValue, toPlain } from '../../../engine'
import type { AttributeValue, NetworkSnapshot } from '../../../engine'
import type { Part } from '../../onnx'
import { dataTypeOf } from '../data-type'
import { factsOf } from '../facts'
import { FIELD_TYPES, FIELDS, PLUGIN_ATTRIBUTES } from '../plugins'
import type { PlainLayer, PlainTensor } from './assemble'
import { fieldTypes, FORMAT, VERSION } from './format'
import type { PluginField } from './format'
import { plainNetwork } from './plain-network'
import { WeightsWriter } from './write-weights'

export interface WrittenNetwork {
  readonly text: string
  /** What goes into the file of weights; nothing where there are none. */
  readonly weights: readonly Part[]
}

/**
 * A network of TensorRT's layers as a `.graft-trt` file, and the weights that go beside it.
 * @param weightsFile what the file of weights is called
 * @throws NetworkFileError for a network of another dialect, and for an element type that TensorRT lacks
 */
export function writeNetwork(snapshot: NetworkSnapshot, weightsFile: string): WrittenNetwork {
  const { name, inputs, layers, outputs } = plainNetwork(snapshot)
  const { stronglyTyped, profiles } = factsOf(snapshot.properties)
  const weights = new WeightsWriter()
  const lines = layers.map((layer) => line(fileLayer(layer, weights)))
  const head = {
    format: FORMAT,
    version: VERSION,
    name,
    writer: 'Graft',
    strongly_typed: stronglyTyped,
    weights: weights.parts.length > 0 ? weightsFile : null,
    ...(profiles.length > 0 && { profiles }),
  }
  const text = [
    `{${Object.entries(head).map(([key, value]) => `"${key}":${JSON.stringify(value)}`).join(',\n')},`,
    `"inputs":${listOf(inputs.map((t) => line(fileTensor(t))))},`,
    `"outputs":${listOf(outputs.map(line))},`,
    `"layers":${listOf(lines)}}`,
    '',
  ].join('\n') // prettier-ignore
  return { text, weights: weights.parts }
}

const line = (value: unknown): string => JSON.stringify(value)
const listOf = (lines: readonly string[]): string => (lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n]`)

const fileTensor = ({ name, dtype, shape }: PlainTensor) => ({
  name,
  dtype: dataTypeOf(dtype),
  shape: shape && shape.map((d) => d ?? -1),
})

function fileLayer(layer: PlainLayer, weights: WeightsWriter) {
  const { kind, name, scope, inputs, outputs, attributes, call } = layer
  const { metadata = '', [FIELD_TYPES]: types, [FIELDS]: lost, ...notes } = layer.metadata
  const isPlugin = kind.startsWith('PLUGIN')
  const own = Object.entries(attributes).filter(([key]) => !isPlugin || OF_PLUGINS.has(key))
  const typeOf = fieldTypes(attributes, types)
  const fields = Object.entries(attributes).filter(([key]) => isPlugin && !OF_PLUGINS.has(key))
  return {
    name,
    type: kind,
    ...(scope && { scope }),
    ...(metadata && { metadata }),
    ...(Object.keys(notes).length > 0 && { notes }),
    inputs,
    outputs: outputs.map(fileTensor),
    attributes: Object.fromEntries(own.map(([key, value]) => [key, written(value, `${name}.${key}`, weights)])),
    ...(isPlugin && {
      fields: lost ? null : fields.map(([key, value]) => field(key, value, typeOf(key), name, weights)),
    }),
    ...(call && { call }),
  }
}

const OF_PLUGINS: ReadonlySet<string> = new Set(PLUGIN_ATTRIBUTES)

function written(value: AttributeValue, of: string, weights: WeightsWriter): unknown {
  if (isConstantValue(value)) return weights.place(value, of)
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
}

/** A field of a plugin. */
function field(name: string, value: AttributeValue, type: string, of: string, weights: WeightsWriter): PluginField {
  if (type === 'GRAFT') return { name, type, value: toPlain(value, { bytes: 'base64' }) }
  return { name, type, value: written(value, `${of}.${name}`, weights) }
}
