/** Two networks of TensorRT's layers as texts, equal where the networks are: names, operands, attributes, types, every byte of weights. */
import { createHash } from 'node:crypto'
import { plainNetwork } from '../../../src/dialects/tensorrt/file/plain-network'
import { isConstantValue } from '../../../src/engine'
import type { Attributes, AttributeSchema, AttributeValue, NetworkSnapshot } from '../../../src/engine'
import type { PlainLayer } from '../../../src/dialects/tensorrt/file/assemble'
import { LAYERS } from '../../../src/dialects/tensorrt/kinds/table'
import type { LayerType } from '../../../src/dialects/tensorrt/layer-type'

export function textOf(snapshot: NetworkSnapshot): string[] {
  const { inputs, layers, outputs } = plainNetwork(snapshot)
  return [...inputs, ...layers, ...outputs].map((value) => JSON.stringify(value, replaced))
}

/** The same with every attribute that is not set as what it is by default, as TensorRT tells of its layers; without scopes, which it does not keep. */
export function spelledOut(snapshot: NetworkSnapshot): string[] {
  const { inputs, layers, outputs } = plainNetwork(snapshot)
  const full = layers.map(({ call: _call, ...layer }) => ({ ...layer, scope: '', attributes: attributesOf(layer) }))
  return [...inputs, ...full, ...outputs].map((value) => JSON.stringify(value, replaced))
}

function attributesOf({ kind, attributes: { padding_nd, ...given } }: PlainLayer): Attributes {
  const schemas: Readonly<Record<string, AttributeSchema>> = LAYERS[kind as LayerType].attributes
  const usual = Object.entries(schemas).flatMap(([name, s]) => (s.default === undefined ? [] : [[name, s.default]]))
  const { weights } = given
  const all: Record<string, AttributeValue> = {
    ...(Object.fromEntries(usual) as Attributes),
    ...(padding_nd !== undefined && { pre_padding: padding_nd, post_padding: padding_nd }),
    ...(isConstantValue(weights) && { shape: weights.shape }),
    ...given,
  }
  const booleans = Object.entries(schemas).filter(([name, s]) => typeof s.default === 'boolean' && name in all)
  return { ...all, ...Object.fromEntries(booleans.map(([name]) => [name, Boolean(all[name])])) }
}

/** Keys in order; weights as what they hold. */
function replaced(_: string, value: unknown): unknown {
  if (isConstantValue(value)) {
    const held = value.bytes ? createHash('sha1').update(value.bytes).digest('hex') : 'unknown'
    return `${value.dtype} [${value.shape.join(',')}] ${held}`
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
