/** Which layers are raised, in which order: those of a loop together, as one operator. */
import { ABSENT } from '../../../engine'
import type { LayerRecord, NetworkSnapshot, TensorId } from '../../../engine'
import { topologicalOrder } from '../../onnx'
import { LOOP_KINDS, loopNameOf, Loops } from '../loops'
import type { Loop } from '../loops'
import { withConditions } from './control'
import { cannotRaise } from './error'

/** One thing to raise: a layer, or a loop with all that is in it. */
export type Step = { readonly layer: LayerRecord } | { readonly loop: Loop }

export class Plan {
  readonly loops: Loops
  private readonly homes = new Map<LayerRecord, string | null>()

  /** The layers that the outputs need. @throws RaiseError where loops are within each other */
  constructor({ layers, outputs }: NetworkSnapshot) {
    const present = withConditions(layers.filter((l) => !l.removed))
    this.loops = new Loops(
      neededLayers(
        present,
        outputs.map((o) => o.tensor),
      ),
    )
    for (const layer of this.loops.layers) this.homes.set(layer, this.homeOf(layer))
    const [nameless] = this.loops.get('')?.starts ?? []
    if (nameless) cannotRaise(`${nameless.name} names no loop`)
    for (const { name, outer } of this.loops.all)
      for (const other of outer)
        if (this.loops.get(other)!.outer.has(name)) cannotRaise(`loops ${name} and ${other} are within each other`)
    for (const { tensor } of outputs)
      for (const name of this.loops.loopsOfValue(tensor))
        cannotRaise(`a value leaves loop ${name} without a LOOP_OUTPUT`)
  }

  /** What is raised in the body of a loop, or for null outside of all, each behind what it takes values of. @throws RaiseError for a cycle */
  steps(level: string | null): Step[] {
    const steps: Step[] = []
    const places = new Map<LayerRecord | Loop, number>()
    const placeOf = (layer: LayerRecord): number | null => {
      const item = this.itemAt(layer, level)
      return item ? (places.get(item) ?? null) : null
    }
    const members = this.loops.layers.filter((layer) => this.itemAt(layer, level) !== null)
    for (const layer of members) {
      const item = this.itemAt(layer, level)!
      if (places.has(item)) continue
      places.set(item, steps.length)
      steps.push('limits' in item ? { loop: item } : { layer: item })
    }
    const needs: number[][] = steps.map(() => [])
    for (const layer of members) {
      const at = placeOf(layer)!
      for (const id of layer.inputs) {
        const maker = this.loops.makerOf(id)
        const of = maker ? placeOf(maker) : null
        if (of !== null && (of !== at || 'layer' in steps[at]!)) needs[at]!.push(of)
      }
    }
    const order = topologicalOrder(needs)
    if ('order' in order) return order.order.map((i) => steps[i]!)
    const step = steps[order.cycle[0]!]!
    return cannotRaise(
      `the network has a cycle through ${'layer' in step ? step.layer.name : `loop ${step.loop.name}`}`,
    )
  }

  /** The loop whose body a layer is raised in; boundaries are raised with their loop. */
  private homeOf(layer: LayerRecord): string | null {
    if (LOOP_KINDS.includes(layer.kind)) return loopNameOf(layer)
    return this.loops.innermost(this.loops.loopsAround(layer.id))
  }

  /** What a layer is part of in a body: itself, or a loop in there; null where it is not in there. */
  private itemAt(layer: LayerRecord, level: string | null): LayerRecord | Loop | null {
    let home = this.homes.get(layer) ?? null
    if (home === level) return LOOP_KINDS.includes(layer.kind) ? null : layer
    for (; home !== null;) {
      const loop: Loop = this.loops.get(home)!
      home = this.loops.innermost(loop.outer)
      if (home === level) return loop
    }
    return null
  }
}

/** A LOOP_OUTPUT needs what limits its loop; all else is needed for its values. */
function neededLayers(layers: readonly LayerRecord[], ends: readonly TensorId[]): LayerRecord[] {
  const makers = new Map<TensorId, LayerRecord>()
  const limits = new Map<string, LayerRecord[]>()
  for (const layer of layers) {
    for (const id of layer.outputs) if (id !== ABSENT) makers.set(id, layer)
    if (layer.kind !== 'TRIP_LIMIT') continue
    const name = loopNameOf(layer)
    limits.set(name, [...(limits.get(name) ?? []), layer])
  }
  const needed = new Set<LayerRecord>()
  const stack = ends.flatMap((id) => makers.get(id) ?? [])
  for (let layer = stack.pop(); layer; layer = stack.pop()) {
    if (needed.has(layer)) continue
    needed.add(layer)
    for (const id of layer.inputs) stack.push(...(makers.has(id) ? [makers.get(id)!] : []))
    if (layer.kind === 'LOOP_OUTPUT') stack.push(...(limits.get(loopNameOf(layer)) ?? []))
  }
  return layers.filter((l) => needed.has(l))
}
