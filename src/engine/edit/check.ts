/** Whether an edit from outside fits a network: looked at whole before anything changes (E12). */
import { isConstantValue } from '../store/constant'
import type { LayerNode, TensorNode } from '../store/nodes'
import { ABSENT } from '../store/records'
import type { FArg, LayerId, LayerRecord, TensorId, TensorRecord, UseRef } from '../store/records'
import type { Store } from '../store/store'
import type { Edit, LayerEdit, SetInputEdit, SetNetworkOutputEdit, TensorEdit } from './edit'
import { placesOf, standLast } from './places'
import { sameRecord } from './same'
import { WrongBaseError } from './wrong-base'

/** New ids follow those that were given out; a gap may be so wide, since tables are as long as the largest id. */
const GAP = 1024
/** No network has so many layers, or tensors. */
const MOST = 2 ** 24

type Of<T extends Edit['type']> = Extract<Edit, { type: T }>

/**
 * Whether an edit, whose fields are of their types, fits the state that the network is in.
 * @throws WrongBaseError that names the field, what the network has there and what the edit says
 */
export function checkEdit(store: Store, edit: Edit): void {
  const check = new Check(store, edit)
  switch (edit.type) {
    case 'addLayer':
      return check.addLayer(edit)
    case 'removeLayer':
      return check.removeLayer(edit)
    case 'addTensor':
      return check.addTensor(edit)
    case 'removeTensor':
      return check.removeTensor(edit)
    case 'setInput':
      return check.setInput(edit)
    case 'setNetworkInput':
      return check.setNetworkInput(edit)
    case 'setNetworkOutput':
      return check.setNetworkOutput(edit)
    case 'setAttribute':
      return check.setAttribute(edit)
    case 'setRemoved': {
      const { removed } = check.layer('layer', edit.layer).record
      check.same('from', removed, edit.from)
      return check.that(edit.to !== edit.from, 'to', String(!edit.from), edit.to)
    }
    case 'setFLayer': {
      check.same('from', check.layer('layer', edit.layer).record.flayer, edit.from)
      return edit.to === null ? undefined : check.arguments('to.rawInputs', edit.to.rawInputs)
    }
    case 'setTensorType':
      return check.setTensorType(edit)
    case 'rename':
      return check.rename(edit)
    case 'setProperty':
      return check.same(
        'from',
        Object.hasOwn(store.properties, edit.name) ? store.properties[edit.name] : null,
        edit.from,
      )
  }
}

class Check {
  constructor(
    private readonly store: Store,
    private readonly edit: Edit,
  ) {}

  that(holds: boolean, at: string, expected: string, found: unknown): void {
    if (!holds) throw new WrongBaseError(this.edit, `expected ${expected}, found ${shown(found)}`, at)
  }

  same(at: string, has: unknown, says: unknown): void {
    if (!sameRecord(has, says)) this.that(false, at, shown(has), says)
  }

  layer(at: string, id: LayerId): LayerNode {
    const layer = this.store.layers[id]
    if (!layer) throw new WrongBaseError(this.edit, `there is no layer with id ${id}`, at)
    return layer
  }

  tensor(at: string, id: TensorId): TensorNode {
    const tensor = this.store.tensors[id]
    if (!tensor) throw new WrongBaseError(this.edit, `there is no tensor with id ${id}`, at)
    return tensor
  }

  addLayer({ layer, outputs, after, usesAfter }: LayerEdit): void {
    const { store } = this
    this.newId('layer.id', 'layer', layer.id, store.layers, store.nextLayerId)
    this.freeName('layer.name', layer.name)
    if (after !== null) this.layer('after', after)
    layer.inputs.forEach((id, i) => id !== ABSENT && this.tensor(`layer.inputs[${i}]`, id))
    const made = layer.outputs.filter((id) => id !== ABSENT)
    this.that(outputs.length === made.length, 'outputs', `${made.length} results`, outputs.length)
    outputs.forEach((t, i) => this.result(`outputs[${i}]`, t, made[i]!, layer))
    for (const [i, id] of made.entries())
      this.that(made.indexOf(id) === i, `layer.outputs`, 'each result once', layer.outputs)
    if (layer.flayer) this.arguments('layer.flayer.rawInputs', layer.flayer.rawInputs)
    if (usesAfter === null) return
    this.that(usesAfter.length === layer.inputs.length, 'usesAfter', `${layer.inputs.length} places`, usesAfter)
    usesAfter.forEach((ref, i) => this.place(`usesAfter[${i}]`, ref, layer.inputs[i]!, layer, i))
  }

  private result(at: string, t: TensorRecord, id: TensorId, { id: producer }: LayerRecord): void {
    this.same(`${at}.id`, id, t.id)
    this.newId(`${at}.id`, 'tensor', id, this.store.tensors, this.store.nextTensorId)
    this.same(`${at}.producer`, producer, t.producer)
    this.that(
      t.value === undefined,
      `${at}.value`,
      'nothing, as the result of a layer has no value of its own',
      t.value,
    )
  }

  private newId(at: string, what: string, id: number, taken: readonly unknown[], next: number): void {
    if (taken[id] !== undefined) throw new WrongBaseError(this.edit, `${what} id ${id} is taken`, at)
    const most = Math.min(next + GAP, MOST)
    this.that(id < most, at, `an id below ${most}, as the next ${what} has id ${next}`, id)
  }

  private freeName(at: string, name: string): void {
    if (this.store.named(name)) throw new WrongBaseError(this.edit, `a layer is called ${shown(name)} already`, at)
  }

  /** A place among the users of a tensor, told by the use before it. */
  private place(at: string, ref: UseRef | null, tensor: TensorId, own: LayerRecord, index: number): void {
    if (ref === null) return
    const expected = 'another use of the same tensor'
    const isOwn = ref.layer === own.id
    const { inputs } = isOwn ? own : this.layer(`${at}.layer`, ref.layer).record
    const fits = tensor !== ABSENT && inputs[ref.index] === tensor && !(isOwn && ref.index === index)
    const comesLater = isOwn && this.edit.type === 'addLayer' && ref.index > index
    this.that(fits && !comesLater, at, expected, ref)
  }

  removeLayer({ layer: record, outputs, after, usesAfter }: LayerEdit): void {
    const { store } = this
    const layer = this.layer('layer.id', record.id)
    for (const key of keysOf(layer.record, record)) this.same(`layer.${key}`, layer.record[key], record[key])
    const made = layer.record.outputs.filter((id) => id !== ABSENT).map((id) => store.tensor(id))
    for (const t of made) this.unused('layer', t)
    this.that(outputs.length === made.length, 'outputs', `${made.length} results`, outputs.length)
    made.forEach((t, i) => this.sameTensor(`outputs[${i}]`, t.record, outputs[i]!))
    this.same('after', layer.prev ? layer.prev.id : null, after)
    if (usesAfter !== null) this.same('usesAfter', placesOf(store, layer), usesAfter)
    else this.that(standLast(store, layer), 'usesAfter', 'the places of operands that do not stand last', usesAfter)
  }

  private unused(at: string, { record, firstUse, outputCount }: TensorNode): void {
    if (firstUse >= 0 || outputCount > 0)
      throw new WrongBaseError(this.edit, `${record.name} is still used${outputCount > 0 ? ', as an output' : ''}`, at)
  }

  private sameTensor(at: string, has: TensorRecord, says: TensorRecord): void {
    for (const key of keysOf(has, says)) this.same(`${at}.${key}`, has[key], says[key])
  }

  addTensor({ tensor }: TensorEdit): void {
    this.newId('tensor.id', 'tensor', tensor.id, this.store.tensors, this.store.nextTensorId)
    this.same('tensor.producer', ABSENT, tensor.producer)
    if (!tensor.value) return
    this.same('tensor.dtype', tensor.value.dtype, tensor.dtype)
    this.same('tensor.shape', tensor.value.shape, tensor.shape)
  }

  removeTensor({ tensor: record }: TensorEdit): void {
    const tensor = this.tensor('tensor.id', record.id)
    this.sameTensor('tensor', tensor.record, record)
    this.unused('tensor', tensor)
    this.that(!tensor.parent, 'tensor', 'a tensor that no layer makes', tensor.record.name)
    this.that(!this.store.inputs.includes(tensor.id), 'tensor', 'a tensor that is no network input', tensor.record.name)
  }

  setInput({ layer: id, index, from, to, fromAfter, toAfter }: SetInputEdit): void {
    const { uses } = this.store
    const layer = this.layer('layer', id)
    const { inputs, name } = layer.record
    this.that(index < inputs.length, 'index', `an operand of ${name}, which has ${inputs.length}`, index)
    if (inputs[index] !== from)
      throw new WrongBaseError(this.edit, `operand ${index} of ${name} is tensor ${inputs[index]}, not ${from}`, 'from')
    const stands = from === ABSENT ? null : uses.ref(uses.previous(layer.firstOperand + index))
    if (!sameRecord(stands, fromAfter))
      throw new WrongBaseError(
        this.edit,
        `users of tensor ${from} are in another order: expected ${shown(stands)}, found ${shown(fromAfter)}`,
        'fromAfter',
      )
    if (to !== ABSENT) this.tensor('to', to)
    this.place('toAfter', toAfter, to, layer.record, index)
  }

  setNetworkInput({ index, from, to }: Of<'setNetworkInput'>): void {
    const { inputs } = this.store
    this.position(index, inputs.length, from, to)
    if (from !== null) this.same('from', inputs[index], from)
    if (to === null) return
    const { parent, record } = this.tensor('to', to)
    this.that(!parent, 'to', 'a tensor that no layer makes', record.name)
    this.that(to === from || !inputs.includes(to), 'to', 'a tensor that is no input yet', record.name)
  }

  setNetworkOutput({ index, name, from, to }: SetNetworkOutputEdit): void {
    const { outputs } = this.store
    this.position(index, outputs.length, from, to)
    if (from === null) {
      const taken = outputs.some((o) => o.name === name)
      if (taken) throw new WrongBaseError(this.edit, `an output is called ${shown(name)} already`, 'name')
    } else {
      this.same('name', outputs[index]!.name, name)
      this.same('from', outputs[index]!.tensor, from)
    }
    if (to !== null) this.tensor('to', to)
  }

  private position(index: number, length: number, from: number | null, to: number | null): void {
    this.that(from !== null || to !== null, 'to', 'a tensor, as there is none in from', to)
    const most = from === null ? length : length - 1
    this.that(index <= most, 'index', `an index up to ${most}`, index)
  }

  setAttribute({ layer, name, from }: Of<'setAttribute'>): void {
    const { attributes } = this.layer('layer', layer).record
    this.same('from', Object.hasOwn(attributes, name) ? attributes[name] : null, from)
  }

  setTensorType({ tensor, from, to }: Of<'setTensorType'>): void {
    const { dtype, shape, value } = this.tensor('tensor', tensor).record
    this.same('from.dtype', dtype, from.dtype)
    this.same('from.shape', shape, from.shape)
    if (!value) return
    this.same('to.dtype', value.dtype, to.dtype)
    this.same('to.shape', value.shape, to.shape)
  }

  rename({ target, id, from, to }: Of<'rename'>): void {
    const { record } = target === 'tensor' ? this.tensor('id', id) : this.layer('id', id)
    this.same('from', record.name, from)
    if (target === 'layer' && to !== from) this.freeName('to', to)
  }

  /** Arguments of a functional name tensors that are there. */
  arguments(at: string, arg: FArg): void {
    if (arg === null || typeof arg !== 'object') return
    for (const [key, x] of Object.entries(arg)) {
      if (key === 'tensor' && typeof x === 'number') this.tensor(`${at}.tensor`, x)
      else this.arguments(`${at}.${key}`, x as FArg)
    }
  }
}

function keysOf<T extends object>(a: T, b: T): (keyof T & string)[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])] as (keyof T & string)[]
}

/** A value in a message, in brief. */
export function shown(x: unknown): string {
  if (x === undefined) return 'nothing'
  if (isConstantValue(x)) return `a constant ${x.dtype}[${x.shape.join(',')}]`
  const text =
    typeof x === 'number' ? String(x) : JSON.stringify(x, (_, v: unknown) => (isConstantValue(v) ? shown(v) : v))
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
