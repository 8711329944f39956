/** What stands in the bodies of layers: the branches of If, the insides of Loop and Scan, bodies in bodies included. */
import type { Attributes, NetworkSnapshot } from '../../engine'
import { kindOf } from './import/layer'
import { decodeMessage } from './proto/decode'
import { onnxDialect } from './schemas/dialect'

const NONE: readonly string[] = []

function bodiesOf(attributes: Attributes): Uint8Array[] | null {
  let bodies: Uint8Array[] | null = null
  for (const name in attributes) {
    const value = attributes[name]
    if (typeof value === 'object' && 'graph' in value) (bodies ??= []).push(value.graph)
  }
  return bodies
}

const known = new WeakMap<Uint8Array, ReadonlySet<string>>()

/** Kinds of the nodes of a body. */
function kindsOfBody(encoded: Uint8Array): ReadonlySet<string> {
  const before = known.get(encoded)
  if (before) return before
  const kinds = new Set<string>()
  const stack = [encoded]
  for (let body = stack.pop(); body; body = stack.pop())
    for (const node of decodeMessage('GraphProto', body).node) {
      kinds.add(kindOf(node))
      for (const { g, graphs } of node.attribute) stack.push(...(g ? [g] : []), ...graphs)
    }
  known.set(encoded, kinds)
  return kinds
}

/** Kinds of the nodes in the bodies of a layer with these attributes. */
export function kindsInBodies(attributes: Attributes): readonly string[] {
  return bodiesOf(attributes)?.flatMap((body) => [...kindsOfBody(body)]) ?? NONE
}

/** Kinds of all layers of a network, and of the nodes in their bodies. */
export function kindsIn({ layers }: NetworkSnapshot): Set<string> {
  const kinds = new Set<string>()
  for (const { kind, attributes } of layers) {
    kinds.add(kind)
    for (const k of kindsInBodies(attributes)) kinds.add(k)
  }
  return kinds
}

/** Whether a body of a layer may give another result each time: it holds a random operator, or one that nothing is known of. */
export function hasRandomBody(attributes: Attributes, opset: number): boolean {
  return kindsInBodies(attributes).some((kind) => !isDeterministic(kind, opset))
}

function isDeterministic(kind: string, opset: number): boolean {
  const schema = onnxDialect.schema(kind, opset)
  return schema !== undefined && schema.deterministic !== false
}
