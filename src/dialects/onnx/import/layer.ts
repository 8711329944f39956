import type { AttributeValue, KindSchema, LayerId, LayerRecord, TensorId } from '../../../engine'
import { operatorOf } from '../../../engine'
import type { NodeProto } from '../proto/messages'
import { NODE_FIELD } from '../properties'
import { readAttributes, type AttributeHost } from './attributes'
import { scopeOf } from './scope'

/** A node that stays a layer, with the outer names that its bodies capture. */
export interface PendingNode {
  readonly proto: NodeProto
  readonly index: number
  readonly captures: readonly string[]
}

export interface LayerHost extends AttributeHost {
  schemaOf(kind: string): KindSchema | undefined
}

export interface LayerParts {
  readonly id: LayerId
  readonly name: string
  readonly inputs: readonly TensorId[]
  readonly outputs: readonly TensorId[]
}

/** Operator type, with its domain in front where that is not the default one. */
export function kindOf(proto: NodeProto): string {
  const domain = normalDomain(proto.domain)
  return domain === '' ? (proto.op_type ?? '') : `${domain}.${proto.op_type ?? ''}`
}

/** `ai.onnx` is another name of the default domain. */
export function normalDomain(domain: string | undefined): string {
  return domain === undefined || domain === 'ai.onnx' ? '' : domain
}

export function layerOf(node: PendingNode, parts: LayerParts, host: LayerHost): LayerRecord {
  const { proto, captures } = node
  const kind = kindOf(proto)
  const read = readAttributes(proto.attribute, host.schemaOf(kind), `node ${parts.name}`, host)
  const attributes: Record<string, AttributeValue> = read.values
  for (const [name, graph] of read.bodies) attributes[name] = { graph, captures }
  const metadata = metadataOf(proto, kind)
  const { id, name, inputs, outputs } = parts
  const scope = scopeOf(proto.name ?? '', proto.metadata_props)
  // Field by field: spreading costs most of the time that a long graph takes.
  const plain = { id, name, inputs, outputs, kind, scope, attributes, origin: NO_ORIGIN, removed: false, flayer: null }
  if (!read.types && !metadata) return plain
  return { ...plain, ...(read.types && { attributeTypes: read.types }), ...(metadata && { metadata }) }
}

const NO_ORIGIN: readonly string[] = []

function metadataOf(proto: NodeProto, kind: string): Record<string, string> | null {
  const out: Record<string, string> = {}
  for (const { key, value } of proto.metadata_props) if (key) out[key] = value ?? ''
  if (proto.doc_string) out[NODE_FIELD.docString] = proto.doc_string
  if (proto.overload) out[NODE_FIELD.overload] = proto.overload
  if (operatorOf(kind) !== proto.op_type) out[NODE_FIELD.opType] = proto.op_type ?? ''
  return Object.keys(out).length > 0 ? out : null
}
