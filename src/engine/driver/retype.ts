import type { ValueType } from '../network/dialect'
import type { Layer } from '../network/network'
import type { Network } from '../network/network'
import { contextOf } from '../network/verify'
import { compatibleShapes, mergeShapes } from '../store/shape'
import type { Tensor } from '../network/network'

/**
 * Infers types anew where the open transaction changed what they follow from: behind values whose type became more precise,
 * and behind operands that became constant (the shape of a Reshape). What was known stays; costs what changes.
 * @returns the layers whose results were found to agree with what their operands give
 */
export function retype(network: Network): ReadonlySet<Layer> {
  const stack = changedUsers(network)
  if (stack === null) return NONE
  const agreeing = new Set<Layer>()
  for (let layer = stack.pop(); layer; layer = stack.pop()) {
    const infer = layer.schema?.infer
    if (!infer || layer.isRemoved()) continue
    const types = infer(contextOf(layer))
    agreeing.add(layer)
    for (let i = 0; i < types.length; i++) {
      const t = layer.output(i)
      const type = types[i]
      if (!t || !type) continue
      if (!agrees(t, type)) agreeing.delete(layer)
      const dtype = t.dtype ?? type.dtype
      const shape = mergeShapes(t.shape, type.shape)
      if (dtype === t.dtype && shape === t.shape) continue
      network.setTensorType(t, dtype, shape)
      pushUsers(t, stack)
    }
  }
  return agreeing
}

const NONE: ReadonlySet<Layer> = new Set()

function agrees(t: Tensor, type: ValueType): boolean {
  return (!type.dtype || !t.dtype || type.dtype === t.dtype) && compatibleShapes(type.shape, t.shape)
}

/** Null where nothing changed that types follow from, which is the common case. */
function changedUsers(network: Network): Layer[] | null {
  let stack: Layer[] | null = null
  for (let i = 0; i < network.transactor.count; i++) {
    const edit = network.transactor.edit(i)
    if (edit.type === 'setTensorType') {
      const t = network.getTensor(edit.tensor)
      if (t) pushUsers(t, (stack ??= []))
    } else if (edit.type === 'setInput') {
      const to = network.getTensor(edit.to)
      const layer = network.getLayer(edit.layer)
      if (layer && to && (isHeld(to) || tellsMore(to, network.getTensor(edit.from)))) (stack ??= []).push(layer)
    }
  }
  return stack
}

function isHeld({ isConstant, parent }: Tensor): boolean {
  return isConstant || parent?.schema?.holds !== undefined
}

function pushUsers(t: Tensor, stack: Layer[]): void {
  t.forEachUse((user) => stack.push(user))
}

function tellsMore(to: Tensor, from: Tensor | undefined): boolean {
  if (!from || from.shape === to.shape) return false
  return mergeShapes(from.shape, to.shape) !== from.shape
}
