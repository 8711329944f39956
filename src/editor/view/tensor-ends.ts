/** Where a tensor comes from and where it goes: layers, and inputs and outputs of the network, each as an item of the picture. */
import type { Tensor } from '../../engine'
import { operatorOf } from '../../engine'
import type { ItemKey } from '../../layout'
import { inputKey, layerKey, outputKey } from '../../layout'

/** One end of a tensor. */
export interface TensorEnd {
  readonly key: ItemKey
  /** Kind of a layer, name of an input or an output. */
  readonly title: string
  /** Name of a layer, or what else it is. */
  readonly name: string
  /** As the schema calls the operand or the result; its position where there is none. */
  readonly port: string
}

/** @returns null for a constant */
export function producerOf(tensor: Tensor): TensorEnd | null {
  const { parent } = tensor
  if (parent) {
    const index = parent.record.outputs.indexOf(tensor.id)
    const port = parent.schema?.outputs[index]?.name ?? String(index)
    return { key: layerKey(parent.id), title: operatorOf(parent.kind), name: parent.name, port }
  }
  if (!tensor.isNetworkInput()) return null
  return { key: inputKey(tensor.id), title: tensor.name, name: 'network input', port: '' }
}

/** Every use, in order, outputs of the network last. */
export function usersOf(tensor: Tensor): TensorEnd[] {
  const ends = tensor.getUses().map(({ layer, index }) => ({
    key: layerKey(layer.id),
    title: operatorOf(layer.kind),
    name: layer.name,
    port: operandName(layer.schema?.inputs, index),
  }))
  tensor.network.outputs.forEach(({ tensor: id, name }, i) => {
    if (id === tensor.id) ends.push({ key: outputKey(i), title: name, name: 'network output', port: '' })
  })
  return ends
}

/** Name of an operand; those of a repeated one are numbered. */
export function operandName(
  operands: readonly { readonly name: string; readonly variadic?: boolean }[] | undefined,
  index: number,
): string {
  const named = operands?.[index] ?? (operands?.at(-1)?.variadic ? operands.at(-1) : undefined)
  if (!named) return String(index)
  return named.variadic ? `${named.name} ${index - operands!.indexOf(named)}` : named.name
}
