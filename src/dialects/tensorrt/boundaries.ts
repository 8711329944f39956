/** What TensorRT asks of loops and conditionals as a whole, and which layers belong to them. */
import { ABSENT } from '../../engine'
import type {
  Boundaries,
  BoundaryGraph,
  Enclosures,
  LayerId,
  LayerRecord,
  NetworkOutput,
  Problem,
  TensorId,
} from '../../engine'
import { LOOP_KINDS, loopNameOf, Loops } from './loops'
import type { Loop } from './loops'

const CONDITIONAL_KINDS: readonly string[] = ['CONDITION', 'CONDITIONAL_INPUT', 'CONDITIONAL_OUTPUT']

export const boundaries: Boundaries = {
  kinds: [...LOOP_KINDS, ...CONDITIONAL_KINDS],
  of: (layers) => new TensorRTEnclosures(layers.filter((l) => !l.removed)),
  within,
}

/**
 * The boundary layers, what makes their operands, and all that is computed in turns of a loop: from where loops start down to where
 * values leave them. A LOOP_OUTPUT that lies in another loop is gone on from, once that is known.
 */
function within(graph: BoundaryGraph): Set<LayerRecord> {
  const boundary = boundaries.kinds.flatMap((kind) => graph.layersOfKind(kind))
  const found = new Set(boundary)
  for (const layer of boundary)
    for (const id of layer.inputs) {
      const maker = graph.makerOf(id)
      if (maker) found.add(maker)
    }
  const ends = new Set(boundary.filter((l) => l.kind === 'LOOP_OUTPUT'))
  const walked = new Set<LayerRecord>()
  const walk = (starts: readonly LayerRecord[]): void => {
    const waiting = [...starts]
    for (let layer = waiting.pop(); layer; layer = waiting.pop()) {
      if (walked.has(layer)) continue
      walked.add(layer)
      for (const id of layer.outputs)
        for (const user of graph.usersOf(id)) {
          found.add(user)
          if (!ends.has(user)) waiting.push(user)
        }
    }
  }
  let from = boundary.filter((l) => l.kind === 'RECURRENCE' || l.kind === 'ITERATOR')
  while (from.length > 0) {
    walk(from)
    const loops = new Loops([...found])
    from = [...ends].filter((l) => !walked.has(l) && loops.loopsAround(l.id).size > 0)
  }
  return found
}

class TensorRTEnclosures implements Enclosures {
  private readonly loops: Loops
  private readonly byId: ReadonlyMap<LayerId, LayerRecord>
  /** CONDITION layers, by the conditional that they are of. */
  private readonly conditions = new Map<unknown, LayerRecord[]>()

  constructor(layers: readonly LayerRecord[]) {
    this.loops = new Loops(layers)
    this.byId = new Map(layers.map((l) => [l.id, l]))
    for (const layer of layers) {
      if (layer.kind !== 'CONDITION') continue
      const name = layer.attributes['conditional']
      this.conditions.set(name, [...(this.conditions.get(name) ?? []), layer])
    }
  }

  companions(id: LayerId): readonly LayerRecord[] {
    const layer = this.byId.get(id)
    if (layer?.kind === 'CONDITIONAL_OUTPUT') return this.conditions.get(layer.attributes['conditional']) ?? []
    const loop = layer?.kind === 'LOOP_OUTPUT' ? this.loops.get(loopNameOf(layer)) : undefined
    return loop ? this.loops.membersOf(loop).filter((l) => !loop.ends.includes(l)) : []
  }
  loopsAround(layer: LayerId): ReadonlySet<string> {
    return this.loops.loopsAround(layer)
  }
  loop(name: string): Loop | undefined {
    return this.loops.get(name)
  }

  faults(outputs: readonly NetworkOutput[]): Problem[] {
    const found = [...this.loops.all.flatMap((loop) => this.faultsOf(loop)), ...this.conditionalFaults()]
    for (const { name, tensor } of outputs)
      for (const loop of this.loops.loopsOfValue(tensor))
        found.push({ message: `network output ${name} leaves loop ${loop} without a LOOP_OUTPUT` })
    return found
  }

  private faultsOf(loop: Loop): Problem[] {
    const { loops } = this
    const { name, limits, starts, ends, outer } = loop
    const found: Problem[] = []
    const bad = (message: string, layer: LayerRecord | undefined): void =>
      void found.push({ message, ...(layer && { layer: layer.name }) })
    const isInside = (layer: LayerRecord, operand: number): boolean =>
      loops.loopsOfValue(layer.inputs[operand] ?? ABSENT).has(name)
    if (name === '') return [...limits, ...starts, ...ends].map((l) => ({ message: 'it names no loop', layer: l.name }))
    if (limits.length === 0) bad(`loop ${name} has no TRIP_LIMIT`, starts[0] ?? ends[0])
    for (const kind of ['COUNT', 'WHILE']) {
      const own = limits.filter((l) => l.attributes['kind'] === kind)
      if (own.length > 1) bad(`loop ${name} has ${own.length} trip limits of kind ${kind}`, own[1])
      if (kind === 'COUNT') own.forEach((l) => isInside(l, 0) && bad(`the count is computed inside loop ${name}`, l))
      else own.forEach((l) => this.whileFault(loop, l, (message) => bad(message, l)))
    }
    for (const other of outer)
      if (loops.get(other)?.outer.has(name)) bad(`loops ${name} and ${other} are within each other`, starts[0])
    for (const layer of starts)
      if (isInside(layer, 0))
        bad(
          `${layer.kind === 'ITERATOR' ? 'what it iterates over' : 'its initial value'} is computed inside loop ${name}`,
          layer,
        )
    for (const layer of ends) {
      const maker = loops.makerOf(layer.inputs[0] ?? ABSENT)
      const isRecurrence = maker?.kind === 'RECURRENCE' && loopNameOf(maker) === name
      if (layer.attributes['kind'] === 'LAST_VALUE' && !isRecurrence)
        bad(`LAST_VALUE is of a RECURRENCE of loop ${name}, not of ${maker ? maker.kind : 'another value'}`, layer)
      else if (!isInside(layer, 0)) bad(`its value is not computed inside loop ${name}`, layer)
      if (isInside(layer, 1)) bad(`its length is computed inside loop ${name}`, layer)
    }
    return found
  }

  /** The condition is known before a turn begins: it comes from the values that the loop carries along. */
  private whileFault(loop: Loop, limit: LayerRecord, bad: (message: string) => void): void {
    for (const layer of conditionLayers(this.loops, loop, limit.inputs[0] ?? ABSENT))
      if (layer.kind === 'ITERATOR' || layer.kind === 'LOOP_OUTPUT')
        return bad(`the condition of loop ${loop.name} is computed from ${layer.kind} ${layer.name}`)
  }

  private conditionalFaults(): Problem[] {
    const found: Problem[] = []
    for (const [name, [, second]] of this.conditions)
      if (second)
        found.push({ message: `conditional ${String(name as string)} has more than one CONDITION`, layer: second.name })
    for (const { kind, name, attributes } of this.byId.values()) {
      const { conditional } = attributes
      if (kind === 'CONDITIONAL_OUTPUT' && !this.conditions.has(conditional))
        found.push({ message: `conditional ${String(conditional as string)} has no CONDITION`, layer: name })
    }
    return found
  }
}

/** The layers that a condition is computed by in each turn, from what the loop carries along, those that start the turn left out. */
export function conditionLayers(loops: Loops, loop: Loop, condition: TensorId): Set<LayerRecord> {
  const found = new Set<LayerRecord>()
  const stack = [condition]
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    const layer = loops.makerOf(id)
    if (!layer || found.has(layer) || !loops.loopsAround(layer.id).has(loop.name)) continue
    if (layer.kind === 'RECURRENCE' && loopNameOf(layer) === loop.name) continue
    found.add(layer)
    stack.push(...layer.inputs)
  }
  return found
}
