import { decodeMessage } from '../proto/decode'
import type { GraphProto } from '../proto/messages'
import { OnnxImportError, REEXPORT } from './error'

/** Bodies nested deeper than this are refused. */
const MAX_BODY_DEPTH = 32

/** Names that a body uses and does not define: what it captures from the graphs around it, in order of first use. */
export function capturedNames(encoded: Uint8Array, where: string, depth = 0): string[] {
  if (depth >= MAX_BODY_DEPTH)
    throw new OnnxImportError(`Bodies nested more than ${MAX_BODY_DEPTH} deep`, where, REEXPORT)
  const graph = decodeMessage('GraphProto', encoded)
  const defined = definedNames(graph)
  const captured = new Set<string>()
  const use = (name: string): void => {
    if (name !== '' && !defined.has(name)) captured.add(name)
  }
  for (const node of graph.node) {
    node.input.forEach(use)
    for (const attribute of node.attribute) {
      if (attribute.g) capturedNames(attribute.g, where, depth + 1).forEach(use)
      for (const body of attribute.graphs) capturedNames(body, where, depth + 1).forEach(use)
    }
  }
  for (const output of graph.output) use(output.name ?? '')
  return [...captured]
}

/** Names that a graph gives to its own values, bodies inside it left out. */
export function definedNames(graph: GraphProto): Set<string> {
  const names = new Set<string>()
  for (const input of graph.input) names.add(input.name ?? '')
  for (const tensor of graph.initializer) names.add(tensor.name ?? '')
  for (const tensor of graph.sparse_initializer) names.add(tensor.values?.name ?? '')
  for (const node of graph.node) for (const output of node.output) names.add(output)
  return names
}
