/**
 * A step that gives attention its tokens packed into one row, as a new network input, computes on another layout: that of TensorRT-LLM's
 * worked example. Both sides are compared on the same tokens: the row is made of the padded value, each sequence's tokens first, and what
 * came out padded is brought into the same order.
 */
import { arange, concat, expandDims, gatherNd, lt, nonzero, notOp, tensorrtDialect, view } from '../dialects/tensorrt'
import { ABSENT, netGuard, networkFromSnapshot, snapshotOf } from '../engine'
import type { FLayerRecord, LayerRecord, Network, NetworkSnapshot, Shape, Tensor, TensorId } from '../engine'

interface Sides {
  readonly before: NetworkSnapshot
  readonly after: NetworkSnapshot
}

/** The value that is padded before, the input that is packed after, and the lengths that both sides have. */
interface Layouts {
  readonly padded: TensorId
  readonly packed: TensorId
  readonly lengths: TensorId
  readonly batch: number
  readonly length: number
}

/** The same sides where no tokens are packed. */
export function onSameTokens<S extends Sides>(sides: S): S {
  const found = layoutsOf(sides)
  return found ? { ...sides, before: inOrder(sides, found), after: packing(sides, found) } : sides
}

function layoutsOf({ before, after }: Sides): Layouts | null {
  if (before.dialect !== 'tensorrt') return null
  const [a, b] = [attentionIn(before), attentionIn(after)]
  const [padded, packed] = [argument(a, 'qkv'), argument(b, 'qkv')]
  const lengths = argument(a, 'context_lengths')
  if (padded === null || packed === null || padded === packed || lengths === null) return null
  if (argument(b, 'context_lengths') !== lengths || !after.inputs.includes(packed)) return null
  const [wide, row] = [shapeOf(before, padded), shapeOf(after, packed)]
  const [batch, length, width] = wide ?? []
  const isRow = typeof batch === 'number' && typeof length === 'number' && isSame(row, [1, batch * length, width!])
  return isRow && wide?.length === 3 && !isSame(row, wide) ? { padded, packed, lengths, batch, length } : null
}

/** The one layer of attention of a side. */
function attentionIn({ layers }: NetworkSnapshot): LayerRecord | null {
  const found = layers.filter((l) => l.attributes['plugin_type'] === 'GPTAttention')
  return found.length === 1 ? found[0]! : null
}

function argument(layer: LayerRecord | null, name: string): TensorId | null {
  const arg: unknown = layer?.flayer?.rawInputs[name]
  return typeof arg === 'object' && arg !== null && 'tensor' in arg ? Number(arg.tensor) : null
}

const shapeOf = ({ tensors }: NetworkSnapshot, id: TensorId): Shape | null =>
  tensors.find((t) => t.id === id)?.shape ?? null
const isSame = (a: Shape | null, b: Shape): boolean => a?.length === b.length && a.every((d, i) => d === b[i])

/** [batch · length, 2]: where each token stands in the rows, those of sequences first. */
function placesOf(network: Network, { lengths, length }: Layouts): Tensor {
  const counts = network.getTensor(lengths)!
  const positions = arange(0, length, counts.dtype ?? 'int32')
  const valid = lt(expandDims(positions, 0), expandDims(counts, 1))
  return concat([nonzero(valid).permute([1, 0]), nonzero(notOp(valid)).permute([1, 0])], 0)
}

function inOneRow(network: Network, x: Tensor, layouts: Layouts): Tensor {
  const { batch, length } = layouts
  const tokens = gatherNd(x, placesOf(network, layouts), 0)
  return view(tokens, [1, batch * length, Number(x.shape!.at(-1))])
}

/** The layers of the other side, behind those that make the padded value: the row is made of it. */
function packing({ before, after }: Sides, layouts: Layouts): NetworkSnapshot {
  const network = networkFromSnapshot(before, tensorrtDialect)
  const values = new Map<TensorId, Tensor>(after.inputs.map((id) => [id, network.getTensor(id)!]))
  const types = new Map(after.tensors.map((t) => [t.id, t]))
  netGuard(network, () => {
    values.set(layouts.packed, inOneRow(network, network.getTensor(layouts.padded)!, layouts))
    for (const { kind, name, inputs, outputs, attributes, flayer, metadata } of after.layers) {
      const made = network.addLayer({
        kind,
        name: network.uniqueName(name),
        inputs: inputs.map((id) => (id === ABSENT ? null : (values.get(id) ?? network.getTensor(id) ?? null))),
        attributes,
        outputs: outputs.map((id) =>
          id === ABSENT ? null : { dtype: types.get(id)!.dtype, shape: types.get(id)!.shape },
        ),
        ...(flayer && { flayer: renamed(flayer, values) }),
        ...(metadata && { metadata }),
      })
      outputs.forEach((id, i) => {
        const result = made.results[i]
        if (id !== ABSENT && result) values.set(id, result)
      })
    }
  })
  const outputs = after.outputs.map((o) => ({ ...o, tensor: values.get(o.tensor)!.id }))
  return { ...snapshotOf(network), outputs }
}

/** A recorded call on the values of another network. */
function renamed({ kind, rawInputs }: FLayerRecord, values: ReadonlyMap<TensorId, Tensor>): FLayerRecord {
  const inputs = Object.entries(rawInputs).map(([name, arg]) => {
    const id = typeof arg === 'object' && arg !== null && 'tensor' in arg ? Number(arg['tensor']) : null
    return [name, id === null ? arg : { tensor: values.get(id)?.id ?? id }] as const
  })
  return { kind, rawInputs: Object.fromEntries(inputs), rawOutputs: null }
}

/** What comes out in rows, in the order of the packed tokens where the other side has them so. */
function inOrder({ before, after }: Sides, layouts: Layouts): NetworkSnapshot {
  const network = networkFromSnapshot(before, tensorrtDialect)
  const { batch, length } = layouts
  const outputs = netGuard(network, () =>
    before.outputs.map((output, i) => {
      const [rows, other] = [shapeOf(before, output.tensor), shapeOf(after, after.outputs[i]!.tensor)]
      const isPadded = rows && isSame(rows.slice(0, 2), [batch, length])
      if (!isPadded || !isSame(other, [1, batch * length, ...rows.slice(2)])) return output
      return { ...output, tensor: inOneRow(network, network.getTensor(output.tensor)!, layouts).id }
    }),
  )
  return { ...snapshotOf(network), outputs }
}
