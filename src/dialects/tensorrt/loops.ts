import { ABSENT } from '../../engine'
import type { LayerId, LayerRecord, TensorId } from '../../engine'

/** A loop: the layers at its boundary, and the loops around it. */
export interface Loop {
  readonly name: string
  readonly limits: LayerRecord[]
  /** RECURRENCE and ITERATOR. */
  readonly starts: LayerRecord[]
  /** LOOP_OUTPUT */
  readonly ends: LayerRecord[]
  readonly outer: Set<string>
}

export const LOOP_KINDS: readonly string[] = ['TRIP_LIMIT', 'RECURRENCE', 'ITERATOR', 'LOOP_OUTPUT']

const NONE: ReadonlySet<string> = new Set()

/**
 * Which layers are computed in each turn of which loops: those whose values come from where the loop starts. What a loop's body takes
 * from outside, and what is the same in every turn, stands outside.
 */
export class Loops {
  private readonly makers = new Map<TensorId, LayerRecord>()
  private readonly users = new Map<TensorId, LayerRecord[]>()
  private readonly around = new Map<LayerId, Set<string>>()
  private readonly loops = new Map<string, Loop>()

  /** Of layers that are not removed. */
  constructor(readonly layers: readonly LayerRecord[]) {
    for (const layer of layers) {
      for (const id of layer.outputs) if (id !== ABSENT) this.makers.set(id, layer)
      for (const id of layer.inputs) {
        const users = this.users.get(id)
        if (users) users.push(layer)
        else this.users.set(id, [layer])
      }
      this.addBoundary(layer)
    }
    if (this.loops.size > 0) this.spread()
  }

  get all(): readonly Loop[] {
    return [...this.loops.values()]
  }
  get(name: string): Loop | undefined {
    return this.loops.get(name)
  }
  makerOf(id: TensorId): LayerRecord | undefined {
    return this.makers.get(id)
  }
  /** The loops that a layer is in, outer ones too. A LOOP_OUTPUT is outside of its own. */
  loopsAround(layer: LayerId): ReadonlySet<string> {
    return this.around.get(layer) ?? NONE
  }
  loopsOfValue(id: TensorId): ReadonlySet<string> {
    const maker = this.makers.get(id)
    return maker ? this.loopsAround(maker.id) : NONE
  }
  /** Of these loops the one that is in the others; null for none. */
  innermost(names: ReadonlySet<string>): string | null {
    let found: Loop | null = null
    for (const name of names) {
      const loop = this.loops.get(name)!
      if (!found || loop.outer.size > found.outer.size) found = loop
    }
    return found?.name ?? null
  }
  /** All that is computed in turns of a loop, and its boundary. */
  membersOf({ name, limits, ends }: Loop): LayerRecord[] {
    const inside = this.layers.filter((l) => this.loopsAround(l.id).has(name))
    return [...new Set([...limits, ...inside, ...ends])]
  }

  private addBoundary(layer: LayerRecord): void {
    if (!LOOP_KINDS.includes(layer.kind)) return
    const name = loopNameOf(layer)
    let loop = this.loops.get(name)
    if (!loop) this.loops.set(name, (loop = { name, limits: [], starts: [], ends: [], outer: new Set() }))
    const part = layer.kind === 'TRIP_LIMIT' ? loop.limits : layer.kind === 'LOOP_OUTPUT' ? loop.ends : loop.starts
    part.push(layer)
  }

  /** Grows the loops of each layer until nothing changes: a loop is in all those that any value of its boundary comes from. */
  private spread(): void {
    const waiting = new Set(this.layers)
    for (const layer of waiting) {
      waiting.delete(layer)
      const found = new Set<string>()
      for (const id of layer.inputs) for (const name of this.loopsOfValue(id)) found.add(name)
      const loop = LOOP_KINDS.includes(layer.kind) ? this.loops.get(loopNameOf(layer)) : undefined
      if (loop) this.enclose(loop, layer, found, waiting)
      const before = this.around.get(layer.id)
      if (found.size === (before?.size ?? 0)) continue
      this.around.set(layer.id, found)
      for (const id of layer.outputs) for (const user of this.users.get(id) ?? []) waiting.add(user)
    }
  }

  private enclose(loop: Loop, layer: LayerRecord, found: Set<string>, waiting: Set<LayerRecord>): void {
    const known = loop.outer.size
    for (const name of found) if (name !== loop.name) loop.outer.add(name)
    if (loop.outer.size > known) for (const l of [...loop.limits, ...loop.starts, ...loop.ends]) waiting.add(l)
    for (const name of loop.outer) found.add(name)
    if (layer.kind === 'LOOP_OUTPUT') found.delete(loop.name)
    else found.add(loop.name)
  }
}

export function loopNameOf({ attributes }: LayerRecord): string {
  const { loop } = attributes
  return typeof loop === 'string' ? loop : ''
}
