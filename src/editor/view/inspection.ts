/** What the inspector says of a layer, a group, an input or an output. */
import type { FArg, Layer, LayerId, Network, Tensor } from '../../engine'
import type { SceneNode } from '../../layout'
import { attributeText, constantText, typeText } from '../text/value-text'

export interface ValueRow {
  readonly label: string
  readonly name: string
  readonly type: string
  /** Layers at the other end. */
  readonly links: readonly { readonly layer: LayerId; readonly text: string }[]
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

const MOST_LINKS = 12

export function inspect(network: Network, node: SceneNode | undefined, key: string): Inspection | null {
  if (key.startsWith('L')) {
    const layer = network.getLayer(Number(key.slice(1)))
    return layer && !layer.isRemoved() ? ofLayer(layer) : null
  }
  if (!node) return null
  const { title, detail } = node.face
  const base = { title, name: '', scope: '', facts: [], inputs: [], outputs: [], flayer: [] }
  if (node.kind === 'group') return { ...base, name: node.group, facts: [['holds', detail || 'an open group']] }
  const tensor =
    node.kind === 'input' ? network.getTensor(Number(key.slice(1))) : network.getOutputs()[Number(key.slice(1))]
  if (!tensor) return null
  const row = node.kind === 'input' ? toUsers(tensor, 'value') : fromParent(tensor, 'value')
  return { ...base, name: `network ${node.kind}`, ...(node.kind === 'input' ? { outputs: [row] } : { inputs: [row] }) }
}

function ofLayer(layer: Layer): Inspection {
  const { record, schema } = layer
  const inputs = layer.operands.flatMap((t, i) => (t ? [fromParent(t, schema?.inputs[i]?.name ?? String(i))] : []))
  const outputs = layer.results.flatMap((t, i) => (t ? [toUsers(t, schema?.outputs[i]?.name ?? String(i))] : []))
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
  const parent = tensor.getParent()
  const type = tensor.value ? constantOf(tensor) : typeText(tensor.dtype, tensor.shape)
  const links = parent ? [{ layer: parent.id, text: parent.kind }] : []
  return { label, name: tensor.name, type, links }
}

function constantOf(tensor: Tensor): string {
  const text = tensor.value ? constantText(tensor.value) : ''
  const type = typeText(tensor.dtype, tensor.shape)
  return text === type ? `constant ${type}` : `${text}  ${type}`
}

function toUsers(tensor: Tensor, label: string): ValueRow {
  const users = tensor.getUsers()
  const links = users.slice(0, MOST_LINKS).map((u) => ({ layer: u.id, text: u.kind }))
  const more = users.length > MOST_LINKS ? ` · ${users.length} users` : ''
  return { label, name: tensor.name, type: typeText(tensor.dtype, tensor.shape) + more, links }
}

function argumentText(arg: FArg, network: Network): string {
  if (arg === null) return 'none'
  if (typeof arg !== 'object') return String(arg)
  if ('tensor' in arg && typeof arg['tensor'] === 'number') return network.getTensor(arg['tensor'])?.name ?? 'gone'
  return JSON.stringify(arg)
}
