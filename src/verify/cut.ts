import { ABSENT } from '../engine'
import type {
  Enclosures,
  Layer,
  LayerId,
  LayerRecord,
  Network,
  NetworkSnapshot,
  Tensor,
  TensorId,
  TensorRecord,
  Transaction,
} from '../engine'
import { onSameTokens } from './packed-tokens'
import { changeOf, StateBefore } from './region'
import { isWhole } from './roles'

/** The part of a network that a step touched, before and after it, as two networks with the same inputs and outputs. */
export interface StepRegion {
  readonly before: NetworkSnapshot
  readonly after: NetworkSnapshot
  /**
   * Values that only one side uses are inputs of their own, as both sides have no common inputs nearby. Equal for any values they are
   * equal for those that there are; different ones tell nothing.
   */
  readonly isStricter?: true
}

/** A region that needs more layers than this around it is not local any more. */
const LARGEST = 400
export const TOO_LARGE = `the two sides have no common inputs within ${LARGEST} layers`
/** What one side may start from on its own: nothing; values of which it reads the sizes, which names tell; any value that is no integer. */
type Alone = 'nothing' | 'sizes' | 'values'
/** Layers that are taken in so that integers, booleans and values of unknown shape need not be invented. */
const LARGEST_CONE = 96

/**
 * Cuts out what a step touched. Call it right after the transaction, on the network that it was made on; the result does
 * not change with that network. Values that enter the region become inputs, those that leave it outputs. Values that only one
 * side uses are traced back until both sides start from the same ones.
 * @param mayBeStricter whether a region that asks for more than the step promises is cut where no other can be: `verifyStep` knows what that tells
 * @returns null where the step changed no value that is used; a text where the region cannot be cut
 */
export function cutStep(network: Network, transaction: Transaction, mayBeStricter = false): StepRegion | string | null {
  for (const alone of ['nothing', 'sizes'] as const) {
    const cut = cutFrom(network, transaction, alone)
    if (cut !== TOO_LARGE) return cut
  }
  const cut = mayBeStricter ? cutFrom(network, transaction, 'values') : TOO_LARGE
  return typeof cut === 'string' || cut === null ? cut : { ...cut, isStricter: true }
}

function cutFrom(network: Network, transaction: Transaction, alone: Alone): StepRegion | string | null {
  const before = new StateBefore(network, transaction)
  const change = changeOf(network, before, transaction)
  if (change.pairs.length === 0) return null
  const around = new Set<LayerId>(change.altered)
  const after: State = {
    layer: (id) => network.getLayer(id)?.record ?? null,
    tensor: (id) => network.getTensor(id)?.record ?? null,
  }
  const { boundaries } = network.dialect
  const enclosed = boundaries?.kinds.some((kind) => network.countOfKind(kind) > 0) ?? false
  const side = (state: State, end: 0 | 1, own: ReadonlySet<LayerId>): Side => ({
    state,
    ends: change.pairs.map((pair) => pair[end]),
    own,
    enclosures: enclosed ? boundaries!.of(layersIn(network, state, change.gone)) : null,
  })
  const sides = [side(before, 0, change.gone), side(after, 1, change.made)] as const
  const isTaken = ({ own }: Side, id: LayerId): boolean => own.has(id) || around.has(id)
  const walked = (): [Cone, Cone] => [walk(sides[0], isTaken), walk(sides[1], isTaken)]
  let cones = walked()
  for (;;) {
    const [b, a] = cones
    if (enclosed && takesLoops(sides, [b, a], around)) {
      if (around.size > LARGEST) return TOO_LARGE
      if (sides[0].ends.length === 0) return null
      cones = walked()
      continue
    }
    const next = nextToTake(network, b, a, around.size, alone)
    if (next === null) {
      const inputs = [...new Set([...b.frontier, ...a.frontier])].sort((x, y) => x - y)
      return onSameTokens({
        before: networkOf(network, before, b.layers, inputs, sides[0].ends),
        after: networkOf(network, after, a.layers, inputs, sides[1].ends),
      })
    }
    around.add(next)
    if (around.size > LARGEST) return TOO_LARGE
    if (enclosed) cones = walked()
    else sides.forEach((s, i) => takeIn(s, cones[i]!, next, isTaken))
  }
}

interface State {
  layer(id: LayerId): LayerRecord | null
  tensor(id: TensorId): TensorRecord | null
}

interface Cone {
  readonly ends: readonly TensorId[]
  readonly layers: Set<LayerRecord>
  /** Values from outside; no constants. */
  readonly frontier: Set<TensorId>
  readonly seen: Set<TensorId>
}

/** A network before or after the step, and the values of it that are compared. */
interface Side {
  readonly state: State
  ends: readonly TensorId[]
  /** Layers that only this side has. */
  readonly own: ReadonlySet<LayerId>
  /** Null where there are no loops or conditionals. */
  readonly enclosures: Enclosures | null
}

function layersIn(network: Network, state: State, gone: ReadonlySet<LayerId>): LayerRecord[] {
  const ids = new Set([...network.getLayers().map((l) => l.id), ...gone])
  return [...ids].flatMap((id) => state.layer(id) ?? [])
}

type IsTaken = (side: Side, id: LayerId) => boolean

function walk(side: Side, isTaken: IsTaken): Cone {
  const { ends } = side
  const cone: Cone = { ends, layers: new Set(), frontier: new Set(), seen: new Set(ends) }
  grow(side, cone, [...ends], isTaken)
  return cone
}

/** One layer more is taken: the walk goes on from its results, and nowhere else. */
function takeIn(side: Side, cone: Cone, id: LayerId, isTaken: IsTaken): void {
  const results = side.state.layer(id)?.outputs.filter((t) => cone.frontier.delete(t)) ?? []
  grow(side, cone, results, isTaken)
}

function grow(side: Side, { layers, frontier, seen }: Cone, stack: TensorId[], isTaken: IsTaken): void {
  const { state, enclosures } = side
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    const t = state.tensor(id)
    if (!t || t.value) continue
    const maker = t.producer === ABSENT ? null : state.layer(t.producer)
    // What holds weights is no input: its values need not be invented.
    const layer = maker && (isTaken(side, maker.id) || maker.kind === 'CONSTANT') ? maker : null
    if (!layer) {
      frontier.add(id)
      continue
    }
    layers.add(layer)
    const companions = enclosures?.companions(layer.id) ?? []
    for (const companion of companions) layers.add(companion)
    for (const input of [...layer.inputs, ...companions.flatMap((c) => c.inputs)]) {
      if (input === ABSENT || seen.has(input)) continue
      seen.add(input)
      stack.push(input)
    }
  }
}

/**
 * A turn of a loop is compared as it is, whatever its values at the start. Where a side has more of the loop than a turn, all of it
 * is taken in, and what leaves it is compared.
 * @returns whether there is more in the region now
 */
function takesLoops(sides: readonly [Side, Side], cones: readonly [Cone, Cone], around: Set<LayerId>): boolean {
  let changed = false
  const loops = new Set<string>()
  sides.forEach(({ enclosures }, i) => {
    for (const { id, kind } of cones[i]!.layers) {
      const own = enclosures!.loopsAround(id)
      for (const name of own) if (isStart(enclosures!, name, id)) loops.add(name)
      for (const companion of kind === 'CONSTANT' ? [] : enclosures!.companions(id)) {
        if (around.has(companion.id)) continue
        around.add(companion.id)
        changed = true
      }
    }
  })
  for (const name of loops) changed = comparedOutside(sides, name, around) || changed
  return changed
}

const isStart = (enclosures: Enclosures, loop: string, id: LayerId): boolean =>
  enclosures.loop(loop)!.starts.some((l) => l.id === id)

/** Values in turns of a loop are compared no more, but what comes out of it in both networks. */
function comparedOutside(sides: readonly [Side, Side], loop: string, around: Set<LayerId>): boolean {
  const [before, after] = sides
  const isInside = ({ state, enclosures }: Side, id: TensorId): boolean =>
    enclosures!.loopsAround(state.tensor(id)?.producer ?? ABSENT).has(loop)
  const kept = before.ends.map((id, i) => !isInside(before, id) && !isInside(after, after.ends[i]!))
  if (kept.every(Boolean)) return false
  const ends = sides.map(({ enclosures }) => enclosures!.loop(loop)?.ends ?? [])
  const results = new Set(ends[1]!.flatMap((l) => l.outputs))
  const common = ends[0]!.flatMap((l) => l.outputs).filter((id) => results.has(id) && !before.ends.includes(id))
  for (const layer of ends.flat()) around.add(layer.id)
  for (const side of sides) side.ends = [...side.ends.filter((_, i) => kept[i]), ...common]
  return true
}

/** The producer to take into the region: of the last value that only one side starts from, or that cannot be invented. */
function nextToTake(network: Network, b: Cone, a: Cone, taken: number, alone: Alone): LayerId | null {
  let last: LayerId | null = null
  const read = alone === 'nothing' ? null : new Set([...elementsRead(b), ...elementsRead(a)])
  for (const id of new Set([...b.frontier, ...a.frontier])) {
    const t = network.getTensor(id)
    const parent = t?.parent
    if (!t || !parent) continue
    const oneSided = b.frontier.has(id) !== a.frontier.has(id)
    const isTyped = t.dtype !== null && t.shape?.includes(null) === false
    const canBeInvented = isTyped && !isWhole(t.dtype)
    if (oneSided && read && ((isTyped && !read.has(id)) || (canBeInvented && alone === 'values'))) continue
    if (!oneSided && !((!canBeInvented || isMask(parent)) && taken < LARGEST_CONE)) continue
    if (last === null || network.getLayer(last)!.isBefore(parent)) last = parent.id
  }
  return last
}

/** Values of which more than the sizes is read, ends among them where nothing makes them. */
function elementsRead({ layers, ends }: Cone): TensorId[] {
  const read = [...layers].flatMap(({ kind, inputs }) => (kind === 'SHAPE' || kind === 'Shape' ? [] : inputs))
  return [...read, ...ends]
}

/**
 * A value of which more is known than its type says, as of attention masks: a condition chooses it from constants, it is bounded
 * by one, or rows that are closed as a whole were adjusted (`m + ThresholdedRelu(ReduceMax(m) · c)`).
 */
function isMask(layer: Layer): boolean {
  if (layer.kind === 'Where' || layer.kind === 'SELECT') return [1, 2].some((i) => isHeld(layer.input(i)))
  if (layer.kind === 'Max' || layer.kind === 'Min') return layer.getInputs().some((t) => t.isConstant)
  return layer.kind === 'Add' ? layer.input(1)?.parent?.kind === 'ThresholdedRelu' : adjusts(layer)
}

/** A constant, or one that a layer of TensorRT holds. */
const isHeld = (t: Tensor | null): boolean => t !== null && (t.isConstant || t.parent?.kind === 'CONSTANT')

/** Whether all that a layer gives ends in a ThresholdedRelu, or is one. */
function adjusts(layer: Layer): boolean {
  if (layer.kind === 'ThresholdedRelu') return true
  if (layer.kind !== 'Mul' && layer.kind !== 'ReduceMax') return false
  const next = layer.output()?.singleUse?.layer
  return !!next && adjusts(next)
}

function networkOf(
  network: Network,
  state: State,
  layers: ReadonlySet<LayerRecord>,
  inputs: readonly TensorId[],
  ends: readonly TensorId[],
): NetworkSnapshot {
  const tensors = new Map<TensorId, TensorRecord>()
  const add = (id: TensorId, producer: LayerId): void => {
    const t = id === ABSENT ? null : state.tensor(id)
    if (t && !tensors.has(id)) tensors.set(id, { ...t, name: `t${id}`, producer: t.value ? ABSENT : producer })
  }
  for (const id of inputs) {
    const t = state.tensor(id) ?? network.getTensor(id)?.record
    if (t) tensors.set(id, { ...t, name: `t${id}`, producer: ABSENT })
  }
  for (const layer of layers) for (const id of layer.outputs) add(id, layer.id)
  for (const layer of layers) for (const id of layer.inputs) add(id, ABSENT)
  for (const id of ends) add(id, ABSENT)
  // What is given is not computed again: a frontier value may be a second result of a layer inside.
  const given = new Set(inputs)
  const kept = [...layers].map((l) => ({
    ...l,
    removed: false,
    outputs: l.outputs.map((id) => (given.has(id) ? ABSENT : id)),
  }))
  return {
    name: network.name,
    dialect: network.dialect.name,
    opsets: network.opsets,
    layers: kept,
    tensors: [...tensors.values()],
    inputs,
    outputs: ends.map((tensor, i) => ({ name: `y${i}`, tensor })),
    ...network.counters,
    properties: functionsOf(network.properties),
  }
}

/** Local functions belong to the region; what the file says about its own inputs does not. */
function functionsOf(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { functions, irVersion } = (properties['onnx'] ?? {}) as Record<string, unknown>
  return { onnx: { ...(functions ? { functions } : {}), ...(irVersion ? { irVersion } : {}) } }
}
