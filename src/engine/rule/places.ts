import type { CallGraph } from './graph'
import type { Place } from './lexer'

/** Where the layers of rules that were read from text stand in it: beside the graph, which is plain and may come from elsewhere. */
const PLACES = new WeakMap<CallGraph, Place>()

export function notePlace(call: CallGraph, { line, column }: Place): CallGraph {
  PLACES.set(call, { line, column })
  return call
}

export const placeOf = (call: CallGraph): Place | null => PLACES.get(call) ?? null
