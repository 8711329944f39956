import type { Layer } from '../network/network'
import type { Attributes, AttributeValue } from '../store/records'
import { isShort, sameAttribute } from './compare'
import type { AttributeGraph, CallGraph } from './graph'

/** What `<...$at>` stands for: the attributes that a layer was given and that its rule does not name. */
export interface OtherAttributes {
  readonly kind: string
  readonly given: Attributes
}

/** What attribute variables, and those that stand for all others, are bound to so far. */
export class AttributeBindings {
  readonly values = new Map<string, AttributeValue>()
  readonly others = new Map<string, OtherAttributes>()
  /** Optional variables that a layer gave no value for: so may no other. */
  private readonly absent = new Set<string>()

  /**
   * Matches the attributes of a layer, defaults included; a variable that is met for the first time takes the layer's value.
   * @param bound gets the names of the variables that took one, also where it fails
   * @returns the name of the attribute that does not fit; null where all do
   */
  bind(v: CallGraph, layer: Layer, bound: string[]): string | null {
    for (const name in v.attributes) {
      const graph = v.attributes[name]!
      const value = layer.attribute(name)
      if ('absent' in graph) {
        if (value !== undefined) return name
        continue
      }
      if ('variable' in graph && graph.optional && value === undefined && !this.values.has(graph.variable)) {
        if (!this.absent.has(graph.variable)) bound.push(graph.variable)
        this.absent.add(graph.variable)
        continue
      }
      if ('variable' in graph && this.absent.has(graph.variable)) return name
      if ('variable' in graph && value !== undefined && !this.values.has(graph.variable)) {
        this.values.set(graph.variable, value)
        bound.push(graph.variable)
        continue
      }
      if (value === undefined) return name
      const wanted = this.wanted(graph)
      const isAnother = typeof wanted === 'number' && 'literal' in graph && isShort(wanted) && wanted !== Number(value)
      if ((isAnother || !sameAttribute(wanted, value)) && !(name === 'axis' && isSameAxis(wanted, value, layer)))
        return name
    }
    return v.otherAttributes === undefined ? null : this.bindOthers(v.otherAttributes, v, layer, bound)
  }

  unbind(bound: readonly string[]): void {
    for (const name of bound) {
      this.values.delete(name)
      this.others.delete(name)
      this.absent.delete(name)
    }
  }

  clear(): void {
    this.values.clear()
    this.others.clear()
    this.absent.clear()
  }

  /** What an attribute of a left side has to be, as far as that is known. */
  wanted(graph: AttributeGraph | undefined): unknown {
    if (!graph) return undefined
    if ('variable' in graph) return this.values.get(graph.variable)
    return 'literal' in graph ? graph.literal : undefined
  }

  private bindOthers(name: string, v: CallGraph, layer: Layer, bound: string[]): string | null {
    const given = Object.fromEntries(Object.entries(layer.record.attributes).filter(([key]) => !(key in v.attributes)))
    const known = this.others.get(name)
    if (!known) {
      this.others.set(name, { kind: layer.kind, given })
      bound.push(name)
      return null
    }
    const now = (key: string): AttributeValue | undefined => given[key] ?? layer.schema?.attributes[key]?.default
    const was = (key: string): AttributeValue | undefined =>
      known.given[key] ?? layer.network.schemaOf(known.kind)?.attributes[key]?.default
    return (
      [...Object.keys(given), ...Object.keys(known.given)].find((key) => !sameAttribute(was(key), now(key))) ?? null
    )
  }
}

/** An axis counts from the front or from the end; of layers that leave the rank as it is, so that it is plain what it counts in. */
function isSameAxis(a: unknown, b: unknown, layer: Layer): boolean {
  const rank = layer.input(0)?.rank
  if (typeof rank !== 'number' || layer.output()?.rank !== rank || typeof a !== 'number' || typeof b !== 'number')
    return false
  return a < 0 !== b < 0 && Math.abs(a - b) === rank
}
