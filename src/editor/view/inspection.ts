/** What the inspector says of a layer, a group, an input or an output of the network, or a tensor. */
import type { FArg, Layer, Network, Tensor, TensorId } from '../../engine'
import { byteSize } from '../../engine'
import type { ItemKey, SceneNode } from '../../layout'
import { attributeText, constantText, typeText } from '../text/value-text'
import { operandName, producerOf, usersOf } from './tensor-ends'
import type { TensorEnd } from './tensor-ends'

/** A tensor as an input or an output of something. */
export interface ValueRow {
  /** As the schema calls it. */
  readonly label: string
  readonly tensor: TensorId
  readonly name: string
  readonly type: string
  /** The elements of a small constant, `constant` for a larger one; empty for what is computed. */
  readonly value: string
  /** What is at the other end. */
  readonly links: readonly ValueLink[]
  /** How many there are at the other end. */
  readonly ends: number
}

export interface ValueLink {
  readonly key: ItemKey
  readonly text: string
  /** Which one it is. */
  readonly title: string
}

export interface Inspection {
  readonly title: string
  readonly name: string
  readonly scope: string
  readonly facts: readonly (readonly [string, string])[]
  readonly inputs: readonly ValueRow[]
  readonly outputs: readonly ValueRow[]
  readonly flayer: readonly (readonly [string, string])[]
}

export interface TensorInspection {
  readonly tensor: TensorId
  readonly name: string
  readonly type: string
  /** See `ValueRow`. */
  readonly value: string
  /** How many a constant takes; null for what is computed, and for strings. */
  readonly bytes: number | null
  /** null for a constant. */
  readonly producer: TensorEnd | null
  readonly users: readonly TensorEnd[]
}

const MOST_LINKS = 8

export function inspect(network: Network, node: SceneNode | undefined, key: string): Inspection | null {
  if (key.startsWith('L')) {
    const layer = network.getLayer(Number(key.slice(1)))
    return layer && !layer.isRemoved() ? ofLayer(layer) : null
  }
  if (!node) return null
  const { title, detail } = node.face
  const base = { title, name: '', scope: '', facts: [], inputs: [], outputs: [], flayer: [] }
  if (node.kind === 'group') return { ...base, name: node.group, facts: [['holds', detail || 'an open group']] }
  const tensor = node.kind === 'input' ? network.getTensor(Number(key.slice(1))) : outputOf(network, title)
  if (!tensor) return null
  const row = node.kind === 'input' ? toUsers(tensor, 'value') : fromParent(tensor, 'value')
  const isNetworks = node.kind === 'input' ? tensor.isNetworkInput() : network.isOutput(node.face.title)
  const name = isNetworks ? `network ${node.kind}` : node.kind === 'input' ? 'computed outside' : 'used outside'
  return { ...base, name, ...(node.kind === 'input' ? { outputs: [row] } : { inputs: [row] }) }
}

/** Of a part that is shown by itself there are others than those of the network: they are called as their tensors. */
function outputOf(network: Network, name: string): Tensor | undefined {
  const index = network.outputs.findIndex((o) => o.name === name)
  return index >= 0 ? network.getOutputs()[index] : network.getTensors().find((t) => t.name === name)
}

export function inspectTensor(network: Network, id: TensorId): TensorInspection | null {
  const tensor = network.getTensor(id)
  if (!tensor) return null
  return {
    tensor: id,
    name: tensor.name,
    type: typeText(tensor.dtype, tensor.shape),
    value: elementsOf(tensor),
    bytes: tensor.value ? byteSize(tensor.value.dtype, tensor.value.shape) : null,
    producer: producerOf(tensor),
    users: usersOf(tensor),
  }
}

function ofLayer(layer: Layer): Inspection {
  const { record, schema } = layer
  const inputs = layer.operands.flatMap((t, i) => (t ? [fromParent(t, operandName(schema?.inputs, i))] : []))
  const outputs = layer.results.flatMap((t, i) => (t ? [toUsers(t, operandName(schema?.outputs, i))] : []))
  const attributes = Object.entries(record.attributes).map(([k, v]) => [k, attributeText(v)] as const)
  const origin = record.origin.length > 0 ? [['made from', record.origin.join(', ')] as const] : []
  const flayer = record.flayer
    ? [
        ['functional', record.flayer.kind] as const,
        ...Object.entries(record.flayer.rawInputs).map(([k, v]) => [k, argumentText(v, layer.network)] as const),
      ]
    : []
  return {
    title: record.kind,
    name: record.name,
    scope: record.scope,
    facts: [...attributes, ...origin],
    inputs,
    outputs,
    flayer,
  }
}

function fromParent(tensor: Tensor, label: string): ValueRow {
  const producer = producerOf(tensor)
  return { ...rowOf(tensor, label), links: producer ? [linkTo(producer)] : [], ends: producer ? 1 : 0 }
}

function toUsers(tensor: Tensor, label: string): ValueRow {
  const users = usersOf(tensor)
  return { ...rowOf(tensor, label), links: users.slice(0, MOST_LINKS).map(linkTo), ends: users.length }
}

function rowOf(tensor: Tensor, label: string): Omit<ValueRow, 'links' | 'ends'> {
  const type = typeText(tensor.dtype, tensor.shape)
  return { label, tensor: tensor.id, name: tensor.name, type, value: elementsOf(tensor) }
}

const linkTo = ({ key, title, name }: TensorEnd): ValueLink => ({ key, text: title, title: name })

function elementsOf({ value, dtype, shape }: Tensor): string {
  if (!value) return ''
  const text = constantText(value)
  return text === typeText(dtype, shape) ? 'constant' : text
}

function argumentText(arg: FArg, network: Network): string {
  if (arg === null) return 'none'
  if (typeof arg !== 'object') return String(arg)
  if ('tensor' in arg && typeof arg['tensor'] === 'number') return network.getTensor(arg['tensor'])?.name ?? 'gone'
  return JSON.stringify(arg)
}
