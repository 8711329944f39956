import { definedNames } from '../import/subgraph'
import { decodeMessage } from '../proto/decode'
import { encodeMessage } from '../proto/encode'
import type { GraphProto, NodeProto, ValueInfoProto } from '../proto/messages'
import { NamePool } from '../name-pool'

/**
 * A body with the values it captures under new names. Its own values give way where they would hide one of `taken`, the
 * names of the graph around it. Depth is bounded by import, which refuses deep nesting.
 */
export function renameInBody(
  encoded: Uint8Array,
  captured: ReadonlyMap<string, string>,
  taken: Iterable<string>,
): Uint8Array {
  const graph = decodeMessage('GraphProto', encoded)
  const renamed = new Map(captured)
  const around = new NamePool(taken)
  for (const name of definedNames(graph)) {
    if (name === '') continue
    const fresh = around.fresh(name)
    if (fresh !== name) renamed.set(name, fresh)
    else renamed.delete(name)
  }
  const inner = renameInner(graph, renamed, around)
  if (renamed.size === 0 && [...inner].every(([before, after]) => before === after)) return encoded
  return encodeMessage('GraphProto', renameGraph(graph, renamed, inner))
}

type Bodies = ReadonlyMap<Uint8Array, Uint8Array>

function renameInner(graph: GraphProto, names: ReadonlyMap<string, string>, taken: Iterable<string>): Bodies {
  const out = new Map<Uint8Array, Uint8Array>()
  for (const { attribute } of graph.node) {
    for (const { g } of attribute) if (g) out.set(g, renameInBody(g, names, taken))
  }
  return out
}

function renameGraph(graph: GraphProto, names: ReadonlyMap<string, string>, bodies: Bodies): GraphProto {
  const rename = (name: string): string => names.get(name) ?? name
  const value = (info: ValueInfoProto): ValueInfoProto => ({ ...info, name: rename(info.name ?? '') })
  return {
    ...graph,
    node: graph.node.map((node) => renameNode(node, names, bodies)),
    initializer: graph.initializer.map((t) => ({ ...t, name: rename(t.name ?? '') })),
    sparse_initializer: graph.sparse_initializer.map((s) =>
      s.values ? { ...s, values: { ...s.values, name: rename(s.values.name ?? '') } } : s,
    ),
    input: graph.input.map(value),
    output: graph.output.map(value),
    value_info: graph.value_info.map(value),
  }
}

function renameNode(node: NodeProto, names: ReadonlyMap<string, string>, bodies: Bodies): NodeProto {
  const rename = (name: string): string => names.get(name) ?? name
  return {
    ...node,
    input: node.input.map(rename),
    output: node.output.map(rename),
    attribute: node.attribute.map((a) => (a.g ? { ...a, g: bodies.get(a.g) ?? a.g } : a)),
  }
}
