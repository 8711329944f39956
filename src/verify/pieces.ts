import { exportOnnx } from '../dialects/onnx'
import { dialectNamed } from '../dialects/tensorrt'
import { ABSENT } from '../engine'
import type {
  ConstantValue,
  Enclosures,
  LayerId,
  LayerRecord,
  NetworkSnapshot,
  TensorId,
  TensorRecord,
} from '../engine'
import { runnable } from './runnable'
import type { Runtime, RuntimeSession, Values } from './runtime'

/** What running a network piece by piece tells, in the order of its layers. */
export type PieceEvent = {
  /** Layers that are dealt with, of so many. */
  readonly done: number
  readonly total: number
} & (
  | { readonly type: 'values'; readonly values: ReadonlyMap<TensorId, ConstantValue> }
  | { readonly type: 'failed'; readonly layer: LayerRecord; readonly reason: string }
  /** It needs what another layer did not give. */
  | { readonly type: 'blocked'; readonly layer: LayerRecord }
)

/** So many layers are run at once, as long as their constants are no more than this. */
const LAYERS = 32
const WEIGHTS = 2 ** 26

/**
 * Runs a network so that every value in it can be looked at. Pieces of it become models of their own: no more of its weights and
 * values is in memory than the piece that runs needs, and a layer that cannot be run stops only what depends on it.
 * @param feeds by the names of the network inputs
 */
export async function* runInPieces(
  snapshot: NetworkSnapshot,
  feeds: Values,
  runtime: Runtime,
): AsyncGenerator<PieceEvent> {
  const pieces = new Pieces(snapshot, feeds)
  const { total } = pieces
  let wanted = LAYERS
  for (;;) {
    for (const layer of pieces.takeBlocked()) yield { type: 'blocked', layer, done: pieces.done, total }
    const piece = pieces.next(wanted)
    if (piece.length === 0) return
    try {
      const values = await pieces.run(piece, runtime)
      yield { type: 'values', values, done: pieces.done, total }
      wanted = Math.min(LAYERS, wanted * 2)
    } catch (error) {
      // Which of them it is turns out when they are fewer.
      const fewer = Math.max(1, piece.length >> 1)
      if (piece.length > 1 && pieces.next(fewer).length < piece.length) wanted = fewer
      else {
        for (const layer of piece) pieces.fail(layer)
        yield { type: 'failed', layer: piece[0]!, reason: messageOf(error), done: pieces.done, total }
        for (const layer of piece.slice(1)) yield { type: 'blocked', layer, done: pieces.done, total }
      }
    }
  }
}

/** A network as a session that never has more of its weights in memory than a piece: each run goes from piece to piece. */
export function sessionInPieces(snapshot: NetworkSnapshot, runtime: Runtime): RuntimeSession {
  const byId = new Map(snapshot.tensors.map((t) => [t.id, t]))
  return {
    async run(feeds) {
      const wanted = new Map<TensorId, ConstantValue>()
      const keep = (id: TensorId, value: ConstantValue | null | undefined): void =>
        void (value && wanted.set(id, value))
      for (const { tensor } of snapshot.outputs) {
        const { name, value } = byId.get(tensor)!
        keep(tensor, value ?? (snapshot.inputs.includes(tensor) ? feeds.get(name) : null))
      }
      for await (const event of runInPieces(snapshot, feeds, runtime)) {
        if (event.type === 'failed') throw new Error(`${event.layer.name}: ${event.reason}`)
        if (event.type === 'blocked') throw new Error(`${event.layer.name} lacks an input`)
        for (const { tensor } of snapshot.outputs) keep(tensor, event.values.get(tensor))
      }
      return new Map(snapshot.outputs.map(({ name, tensor }) => [name, wanted.get(tensor)!]))
    },
    release: () => Promise.resolve(),
  }
}

/** What these give are no tensors. */
const NO_TENSORS: ReadonlySet<string> = new Set([
  'SequenceConstruct',
  'SequenceEmpty',
  'SequenceInsert',
  'SequenceErase',
  'SequenceMap',
  'SplitToSequence',
  'Optional',
])

class Pieces {
  readonly total: number
  done = 0
  private readonly layers: readonly LayerRecord[]
  private readonly tensors: ReadonlyMap<TensorId, TensorRecord>
  /** Values that something still needs. */
  private readonly values = new Map<TensorId, ConstantValue>()
  private readonly missing = new Set<TensorId>()
  private readonly uses = new Map<TensorId, number>()
  private readonly ends: readonly boolean[]
  /** Loops and conditionals; null where there are none. */
  private readonly enclosures: Enclosures | null

  constructor(
    private readonly snapshot: NetworkSnapshot,
    feeds: Values,
  ) {
    this.tensors = new Map(snapshot.tensors.map((t) => [t.id, t]))
    const layers = snapshot.layers.filter((l) => !l.removed)
    this.enclosures = enclosuresOf(snapshot, layers)
    this.layers = inOrder(layers, (id) => this.enclosures?.companions(id) ?? [])
    this.total = this.layers.length
    this.ends = this.endsOf()
    for (const id of snapshot.inputs) {
      const value = feeds.get(this.tensors.get(id)!.name)
      if (value) this.values.set(id, value)
      else this.missing.add(id)
    }
    for (const layer of this.layers) for (const id of layer.inputs) this.uses.set(id, (this.uses.get(id) ?? 0) + 1)
  }

  /** The layers that come next and cannot be run, because of what others did not give. */
  *takeBlocked(): Generator<LayerRecord> {
    for (let layer = this.layers[this.done]; layer; layer = this.layers[this.done]) {
      if (!layer.inputs.some((id) => this.missing.has(id))) return
      this.fail(layer)
      yield layer
    }
  }

  /**
   * Whether a piece may end before a layer: not between one that makes a sequence, or an optional, and its last user, and not inside of
   * a loop. Only tensors are handed from one piece to the next.
   */
  private endsOf(): boolean[] {
    const ends = new Array<boolean>(this.layers.length + 1).fill(true)
    const last = new Map<TensorId, number>()
    this.layers.forEach((layer, i) => layer.inputs.forEach((id) => last.set(id, i)))
    this.layers.forEach((layer, i) => {
      if (!NO_TENSORS.has(layer.kind)) return
      const until = Math.max(i, ...layer.outputs.map((id) => last.get(id) ?? i))
      ends.fill(false, i + 1, until + 1)
    })
    const places = new Map(this.layers.map((layer, i) => [layer.id, i]))
    this.layers.forEach((layer, i) => {
      const others = this.enclosures?.companions(layer.id) ?? []
      const first = Math.min(...others.map((l) => places.get(l.id) ?? i), i)
      ends.fill(false, first + 1, i + 1)
    })
    return ends
  }

  /** The layers that come next, as many as can be run together. */
  next(most: number): readonly LayerRecord[] {
    const piece: LayerRecord[] = []
    let weights = 0
    for (let i = this.done; i < this.layers.length && piece.length < most; i++) {
      const layer = this.layers[i]!
      if (layer.inputs.some((id) => this.missing.has(id))) break
      for (const id of layer.inputs) weights += this.tensors.get(id)?.value?.byteLength ?? 0
      if (piece.length > 0 && weights > WEIGHTS) break
      piece.push(layer)
    }
    const at = this.done
    let end = at + piece.length
    while (end > at && !this.ends[end]) end--
    if (end === at && piece.length > 0) for (end = at + 1; !this.ends[end]; end++);
    return this.layers.slice(at, end)
  }

  async run(piece: readonly LayerRecord[], runtime: Runtime): Promise<ReadonlyMap<TensorId, ConstantValue>> {
    const { model, inputs, outputs } = this.modelOf(piece)
    const session = await runtime.load(exportOnnx(runnable(model), { inlineExternal: true }).bytes)
    const found = new Map<TensorId, ConstantValue>()
    try {
      const given = new Map(inputs.map((id) => [`t${id}`, this.values.get(id)!]))
      const results = await session.run(given)
      for (const id of outputs) found.set(id, results.get(`y${id}`)!)
    } finally {
      await session.release()
    }
    for (const [id, value] of found) if ((this.uses.get(id) ?? 0) > 0) this.values.set(id, value)
    for (const layer of piece) this.leave(layer)
    return found
  }

  fail(layer: LayerRecord): void {
    for (const id of layer.outputs) this.missing.add(id)
    this.leave(layer)
  }

  /** Lets go of what nothing needs any more. */
  private leave(layer: LayerRecord): void {
    this.done++
    for (const id of layer.inputs) {
      const left = this.uses.get(id)! - 1
      this.uses.set(id, left)
      if (left === 0) this.values.delete(id)
    }
  }

  /** Sequences are no tensors, and in a loop there is a value for each turn. */
  private isHidden({ id, kind }: LayerRecord): boolean {
    return NO_TENSORS.has(kind) || (this.enclosures?.loopsAround(id).size ?? 0) > 0
  }

  /** A piece as a network: of its inputs the sizes are known, of all else it is worked out by whoever runs it. */
  private modelOf(piece: readonly LayerRecord[]) {
    const made = new Set(piece.flatMap((l) => l.outputs))
    const tensors = new Map<TensorId, TensorRecord>()
    const inputs: TensorId[] = []
    for (const layer of piece) {
      for (const id of layer.inputs) {
        if (id === ABSENT || made.has(id) || tensors.has(id)) continue
        const record = this.tensors.get(id)!
        const value = this.values.get(id)
        if (!record.value && value) inputs.push(id)
        const type = value && !record.value ? { dtype: value.dtype, shape: value.shape } : {}
        tensors.set(id, { ...record, ...type, name: `t${id}`, producer: ABSENT })
      }
      for (const id of layer.outputs)
        if (id !== ABSENT)
          tensors.set(id, { ...this.tensors.get(id)!, shape: null, name: `t${id}`, producer: layer.id })
    }
    const hidden = new Set(piece.flatMap((l) => (this.isHidden(l) ? l.outputs : [])))
    const outputs = [...made].filter((id) => id !== ABSENT && !hidden.has(id))
    const { irVersion, functions } = (this.snapshot.properties['onnx'] ?? {}) as Record<string, unknown>
    const model: NetworkSnapshot = {
      ...this.snapshot,
      layers: piece,
      tensors: [...tensors.values()],
      inputs,
      outputs: outputs.map((tensor) => ({ name: `y${tensor}`, tensor })),
      properties: { onnx: { ...(irVersion ? { irVersion } : {}), ...(functions ? { functions } : {}) } },
    }
    return { model, inputs, outputs }
  }
}

function enclosuresOf(snapshot: NetworkSnapshot, layers: readonly LayerRecord[]): Enclosures | null {
  const { boundaries } = dialectNamed(snapshot.dialect)
  return boundaries && layers.some((l) => boundaries.kinds.includes(l.kind)) ? boundaries.of(layers) : null
}

/** Every layer behind those that it takes values of, and that belong to it; otherwise in the order given. */
function inOrder(
  layers: readonly LayerRecord[],
  companions: (layer: LayerId) => readonly LayerRecord[],
): LayerRecord[] {
  const makers = new Map<TensorId, LayerRecord>()
  for (const layer of layers) for (const id of layer.outputs) if (id !== ABSENT) makers.set(id, layer)
  const needs = (layer: LayerRecord): LayerRecord[] => [
    ...layer.inputs.flatMap((id) => makers.get(id) ?? []),
    ...companions(layer.id),
  ]
  const seen = new Set<LayerId>()
  const order: LayerRecord[] = []
  for (const first of layers) {
    if (seen.has(first.id)) continue
    seen.add(first.id)
    const stack = [{ layer: first, needs: needs(first), next: 0 }]
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const maker = top.needs[top.next++]
      if (!maker) {
        order.push(top.layer)
        stack.pop()
      } else if (!seen.has(maker.id)) {
        seen.add(maker.id)
        stack.push({ layer: maker, needs: needs(maker), next: 0 })
      }
    }
  }
  return order
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
