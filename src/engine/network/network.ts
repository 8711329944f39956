import type { ConstantValue } from '../store/constant'
import { FLayerInfoMemo, replaceInFArgs } from './flayer-info'
import type { Layer } from './layer'
import { newLayerEdit } from './new-layer'
import type { NewLayer } from './new-layer'
import type { AttributeValue, DType, FLayerRecord, Shape, TensorRecord, UseRef } from '../store/records'
import { ABSENT } from '../store/records'
import { mergeShapes } from '../store/shape'
import type { Tensor } from './tensor'
import { TransactingNetwork } from './transacting-network'
import { NO_USE } from '../store/uses'
import type { UseId } from '../store/uses'

/**
 * A network of layers and tensors, changed only through edits. Its methods compute an edit and apply it; inside
 * `transact` the edits are kept, so that they can be undone, drawn, listened to and replayed.
 */
export class Network extends TransactingNetwork {
  /** New layers go in front of this one and take over its scope, while a rewrite runs. */
  insertBefore: Layer | null = null
  private memo: FLayerInfoMemo | null = null

  protected override self(): Network {
    return this
  }

  get flayerMemo(): FLayerInfoMemo {
    return (this.memo ??= new FLayerInfoMemo(this))
  }

  /** A new network input, at the end of the inputs. */
  addInput(name: string, dtype: DType | null, shape: Shape | null): Tensor {
    const tensor = this.addFreeTensor({ name, dtype, shape })
    this.edit({ type: 'setNetworkInput', index: this.store.inputs.length, from: null, to: tensor.id })
    return tensor
  }

  /** A new constant tensor. */
  addConstant(value: ConstantValue, name?: string): Tensor {
    return this.addFreeTensor({
      name:
        name ?? `${this.insertBefore?.scope ? this.insertBefore.scope + '/' : ''}constant_${this.store.nextTensorId}`,
      dtype: value.dtype,
      shape: value.shape,
      value,
    })
  }

  private addFreeTensor(t: { name: string; dtype: DType | null; shape: Shape | null; value?: ConstantValue }): Tensor {
    const id = this.store.nextTensorId
    this.edit({ type: 'addTensor', tensor: { id, producer: ABSENT, ...t } })
    return this.store.tensor(id)
  }

  /** A new layer with new output tensors; see `NewLayer`. The name is made unique. */
  addLayer(spec: NewLayer): Layer {
    const edit = newLayerEdit(this, spec)
    this.edit(edit)
    return this.store.layer(edit.layer.id)
  }

  /** `name`, or where it is taken `name` with the first number that makes it unique. */
  uniqueName(name: string): string {
    let unique = name
    for (let n = 1; this.store.named(unique); n++) unique = `${name}_${n}`
    this.store.reserve(unique)
    return unique
  }

  /**
   * Takes a layer out. Its results must have no users and not be network outputs.
   * @throws WrongBaseError where they have.
   */
  removeLayer(layer: Layer): void {
    const after = layer.prev ? layer.prev.id : null
    // Where nobody keeps the edit, nobody can undo it.
    if (!this.isKeeping)
      return this.edit({ type: 'removeLayer', layer: layer.record, outputs: NOTHING, after, usesAfter: null })
    const outputs = layer.getOutputs().map((t) => t.record)
    this.edit({ type: 'removeLayer', layer: layer.record, outputs, after, usesAfter: this.placesOf(layer) })
  }

  /** Place of each operand of a layer among the users of its tensor. */
  private placesOf(layer: Layer): (UseRef | null)[] {
    const places = new Array<UseRef | null>(layer.numInputs)
    for (let i = 0; i < places.length; i++)
      places[i] = layer.input(i) ? this.store.uses.ref(this.before(layer, i)) : null
    return places
  }

  /** What stands before a use once the later operands of the same layer are out of the way. */
  private before(layer: Layer, index: number): UseId {
    const { uses } = this.store
    const first = layer.firstOperand
    let prev = uses.previous(first + index)
    while (prev > first + index && prev < first + layer.numInputs) prev = uses.previous(prev)
    return prev
  }

  /** Takes out a constant or a free tensor without users. */
  removeTensor(tensor: Tensor): void {
    this.edit({ type: 'removeTensor', tensor: tensor.record })
  }

  /** Makes `tensor` a network output under a public name, behind the others. */
  markOutput(tensor: Tensor, name: string = tensor.name): void {
    this.edit({ type: 'setNetworkOutput', index: this.store.outputs.length, name, from: null, to: tensor.id })
  }

  /** Takes a network input off the list of inputs; the tensor stays until it is removed. */
  unmarkInput(tensor: Tensor): void {
    const index = this.store.inputs.indexOf(tensor.id)
    if (index < 0) throw new Error(`${tensor.name} is not a network input`)
    this.edit({ type: 'setNetworkInput', index, from: tensor.id, to: null })
  }

  /** Gives a layer another tensor at one operand position; its FLayerInfo follows. */
  setInput(layer: Layer, index: number, tensor: Tensor | null): void {
    if (index < 0 || index >= layer.numInputs) throw new RangeError(`${layer.name} has no operand ${index}`)
    const { uses } = this.store
    const from = layer.input(index)
    if (from === tensor) return
    this.edit({
      type: 'setInput',
      layer: layer.id,
      index,
      from: from ? from.id : ABSENT,
      to: tensor ? tensor.id : ABSENT,
      fromAfter: from ? uses.ref(uses.previous(layer.firstOperand + index)) : null,
      toAfter: uses.ref(tensor ? tensor.lastUse : NO_USE),
    })
    const { flayer } = layer.record
    if (flayer && from && !layer.record.inputs.includes(from.id)) {
      this.setFLayer(layer, {
        ...flayer,
        rawInputs: replaceInFArgs(flayer.rawInputs, from.id, tensor ? tensor.id : null),
      })
    }
  }

  /** See `Tensor.replaceAllUsesWith`. */
  replaceAllUsesWith(old: Tensor, other: Tensor): void {
    if (old === other) return
    const { uses } = this.store
    for (let use = old.firstUse; use !== NO_USE;) {
      const next = uses.next(use)
      const layer = uses.layer(use)
      if (!layer.record.removed && layer !== other.parent) this.setInput(layer, uses.index(use), other)
      use = next
    }
    for (let index = 0; old.outputCount > 0 && index < this.store.outputs.length; index++) {
      const o = this.store.outputs[index]!
      if (o.tensor === old.id) this.edit({ type: 'setNetworkOutput', index, name: o.name, from: old.id, to: other.id })
    }
    const dtype = other.dtype ?? old.dtype
    const shape = mergeShapes(other.shape, old.shape)
    if (dtype !== other.dtype || shape !== other.shape) this.setTensorType(other, dtype, shape)
  }

  setAttribute(layer: Layer, name: string, value: AttributeValue | null): void {
    const from = layer.record.attributes[name] ?? null
    if (from !== value) this.edit({ type: 'setAttribute', layer: layer.id, name, from, to: value })
  }

  setTensorType(tensor: Tensor, dtype: DType | null, shape: Shape | null): void {
    this.edit({
      type: 'setTensorType',
      tensor: tensor.id,
      from: { dtype: tensor.dtype, shape: tensor.shape },
      to: { dtype, shape },
    })
  }

  setFLayer(layer: Layer, to: FLayerRecord | null): void {
    this.edit({ type: 'setFLayer', layer: layer.id, from: layer.record.flayer, to })
  }

  /** @throws Error where the name is taken */
  renameLayer(layer: Layer, to: string): void {
    if (this.store.named(to)) throw new Error(`a layer is called ${to} already`)
    this.store.reserve(to)
    this.edit({ type: 'rename', target: 'layer', id: layer.id, from: layer.name, to })
  }
  renameTensor(tensor: Tensor, to: string): void {
    this.edit({ type: 'rename', target: 'tensor', id: tensor.id, from: tensor.name, to })
  }

  markAsRemoved(layer: Layer): void {
    if (!layer.isRemoved()) this.edit({ type: 'setRemoved', layer: layer.id, from: false, to: true })
  }
}

const NOTHING: readonly TensorRecord[] = []
