/** The changes that `Network` offers, each as the edits that make it: computed from the store, applied by the transactor. */
import { placesOf } from '../edit/places'
import type { Transactor } from '../edit/transactor'
import type { LayerNode, TensorNode } from '../store/nodes'
import type { Store } from '../store/store'
import type { FLayerRecord, TensorId, TensorRecord, UseId } from '../store/records'
import { ABSENT } from '../store/records'
import { mergeShapes } from '../store/shape'
import type { DType, Shape } from '../store/types'
import { SmallSet } from '../store/small-set'
import { NO_USE } from '../store/uses'
import { replaceInFArgs } from './flayer-args'

/** @throws WrongBaseError where its results have users or are network outputs */
export function removeLayer(transactor: Transactor, layer: LayerNode): void {
  const { store } = transactor
  const { record } = layer
  const after = layer.prev ? layer.prev.id : null
  // Where nobody keeps the edit, nobody can undo it.
  if (!transactor.isKeeping)
    return transactor.apply({ type: 'removeLayer', layer: record, outputs: NOTHING, after, usesAfter: null })
  const outputs = record.outputs.filter((id) => id !== ABSENT).map((id) => store.tensor(id).record)
  transactor.apply({ type: 'removeLayer', layer: record, outputs, after, usesAfter: placesOf(store, layer) })
}

const NOTHING: readonly TensorRecord[] = []

/** @throws RangeError where the layer has no such operand */
export function setInput(transactor: Transactor, layer: LayerNode, index: number, tensor: TensorNode | null): void {
  const { uses } = transactor.store
  const was = layer.record.inputs[index]
  if (was === undefined) throw new RangeError(`${layer.record.name} has no operand ${index}`)
  const to = tensor ? tensor.id : ABSENT
  if (was === to) return
  transactor.apply({
    type: 'setInput',
    layer: layer.id,
    index,
    from: was,
    to,
    fromAfter: was === ABSENT ? null : uses.ref(uses.previous(layer.firstOperand + index)),
    toAfter: uses.ref(tensor ? tensor.lastUse : NO_USE),
  })
  const { flayer } = layer.record
  if (flayer && was !== ABSENT && !layer.record.inputs.includes(was)) {
    const rawInputs = replaceInFArgs(flayer.rawInputs, was, tensor ? to : null)
    setFLayer(transactor, layer, { ...flayer, rawInputs })
  }
}

/** See `Tensor.replaceAllUsesWith`. Nearly every rewrite does it: with a list of what moves, as below, rewriting takes a tenth more. */
export function replaceUses(transactor: Transactor, old: TensorNode, other: TensorNode): void {
  if (old === other) return
  const { uses, outputs } = transactor.store
  const makers = makersOf(transactor.store, old, other)
  for (let use = old.firstUse, next: UseId; use !== NO_USE; use = next) {
    next = uses.next(use)
    const layer = uses.layer(use)
    if (isMoved(layer, makers, NOBODY)) setInput(transactor, layer, uses.index(use), other)
  }
  for (let index = 0; old.outputCount > 0 && index < outputs.length; index++) {
    const { name, tensor } = outputs[index]!
    if (tensor === old.id) transactor.apply({ type: 'setNetworkOutput', index, name, from: old.id, to: other.id })
  }
  takeOverType(transactor, old, other)
}

/** See `Network.replaceUsesOf`. All that moves is found before anything does. */
export function replaceUsesOf(
  transactor: Transactor,
  replaced: ReadonlyMap<TensorNode, TensorNode>,
  but: ReadonlySet<LayerNode> = NOBODY,
): void {
  const { store } = transactor
  const moves = [...replaced].flatMap(([old, other]) => (old === other ? [] : movesOf(store, old, other, but)))
  for (const move of moves) {
    if ('layer' in move) setInput(transactor, move.layer, move.index, move.to)
    else transactor.apply({ ...move, type: 'setNetworkOutput', to: move.to.id })
  }
  for (const [old, other] of replaced) takeOverType(transactor, old, other)
}

/** What was known of `old`'s type and is not of `other`'s. */
function takeOverType(transactor: Transactor, old: TensorNode, other: TensorNode): void {
  const { record } = other
  const dtype = record.dtype ?? old.record.dtype
  const shape = mergeShapes(record.shape, old.record.shape)
  if (dtype !== record.dtype || shape !== record.shape) setTensorType(transactor, other, dtype, shape)
}

const isMoved = (layer: LayerNode, makers: SmallSet<LayerNode>, but: ReadonlySet<LayerNode>): boolean =>
  !layer.record.removed && !makers.has(layer) && !but.has(layer)

const NOBODY: ReadonlySet<LayerNode> = new Set()

/** An operand, or an output of the network, that gets another tensor. */
type Move = { readonly index: number; readonly to: TensorNode } & (
  { readonly layer: LayerNode } | { readonly name: string; readonly from: TensorId }
)

function movesOf(store: Store, old: TensorNode, to: TensorNode, but: ReadonlySet<LayerNode>): Move[] {
  const { uses, outputs } = store
  const makers = makersOf(store, old, to)
  const found: Move[] = []
  for (let use = old.firstUse; use !== NO_USE; use = uses.next(use)) {
    const layer = uses.layer(use)
    if (isMoved(layer, makers, but)) found.push({ layer, index: uses.index(use), to })
  }
  for (let index = 0; old.outputCount > 0 && index < outputs.length; index++) {
    const { name, tensor } = outputs[index]!
    if (tensor === old.id) found.push({ index, name, from: old.id, to })
  }
  return found
}

/**
 * The layers that `other` is made by, as far as they may stand behind `old`: what is made of `old` keeps reading it, or it would
 * be made of itself. Costs what lies between the two in network order.
 */
function makersOf(store: Store, old: TensorNode, other: TensorNode): SmallSet<LayerNode> {
  const makers = new SmallSet<LayerNode>()
  if (!other.parent) return makers
  const first = old.parent
  if (first) store.validateOrder()
  const stack: LayerNode[] = [other.parent]
  for (let layer = stack.pop(); layer; layer = stack.pop()) {
    if (layer === first || !makers.add(layer)) continue
    for (const id of layer.record.inputs) {
      const parent = id === ABSENT ? null : (store.tensors[id]?.parent ?? null)
      if (parent && !(first && parent.order < first.order)) stack.push(parent)
    }
  }
  return makers
}

export function setTensorType(transactor: Transactor, tensor: TensorNode, dtype: DType | null, shape: Shape | null) {
  const { record } = tensor
  const from = { dtype: record.dtype, shape: record.shape }
  transactor.apply({ type: 'setTensorType', tensor: tensor.id, from, to: { dtype, shape } })
}

export function setFLayer(transactor: Transactor, layer: LayerNode, to: FLayerRecord | null): void {
  transactor.apply({ type: 'setFLayer', layer: layer.id, from: layer.record.flayer, to })
}
