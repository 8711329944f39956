import type { Layer } from '../network/network'
import type { AttributeValue } from '../store/records'
import { sameAttribute } from './compare'
import type { AttributeGraph, CallGraph } from './graph'

/**
 * Matches the attributes of a layer, defaults included; a variable that is met for the first time takes the layer's value.
 * @param bound gets the names of the variables that took one, also where it fails
 * @returns the name of the attribute that does not fit; null where all do
 */
export function bindAttributes(
  v: CallGraph,
  layer: Layer,
  attributes: Map<string, AttributeValue>,
  bound: string[],
): string | null {
  for (const name in v.attributes) {
    const graph = v.attributes[name]!
    const value = layer.attribute(name)
    if ('variable' in graph && value !== undefined && !attributes.has(graph.variable)) {
      attributes.set(graph.variable, value)
      bound.push(graph.variable)
      continue
    }
    if (value === undefined || !sameAttribute(wantedOf(graph, attributes), value)) return name
  }
  return null
}

/** What an attribute of a left side has to be, as far as that is known. */
export function wantedOf(graph: AttributeGraph | undefined, attributes: ReadonlyMap<string, AttributeValue>): unknown {
  if (!graph) return undefined
  if ('variable' in graph) return attributes.get(graph.variable)
  return 'literal' in graph ? graph.literal : undefined
}
