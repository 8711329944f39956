/** One edit of a transaction, in words. */
import { operatorOf } from '../../engine'
import type { Edit, LayerId, Network, TensorId } from '../../engine'
import { attributeText, shapeText } from './value-text'

/** @param network where the layers and values that the edit names can be looked up, before or after it */
export function editText(edit: Edit, network: Network): string {
  const layer = (id: LayerId) => {
    const found = network.getLayer(id)
    return found ? `${operatorOf(found.kind)} ${found.name}` : `layer ${id}`
  }
  const value = (id: TensorId | null) =>
    id === null || id < 0 ? 'nothing' : (network.getTensor(id)?.name ?? `value ${id}`)
  switch (edit.type) {
    case 'addLayer':
      return `Adds ${operatorOf(edit.layer.kind)} ${edit.layer.name}`
    case 'removeLayer':
      return `Clears ${operatorOf(edit.layer.kind)} ${edit.layer.name} away`
    case 'addTensor':
      return `Adds the ${edit.tensor.value ? 'constant' : 'input'} ${edit.tensor.name}`
    case 'removeTensor':
      return `Clears the ${edit.tensor.value ? 'constant' : 'input'} ${edit.tensor.name} away`
    case 'setInput':
      return `Operand ${edit.index} of ${layer(edit.layer)}: ${value(edit.to)} in place of ${value(edit.from)}`
    case 'setNetworkInput':
      return `Network input ${edit.index}: ${value(edit.to)} in place of ${value(edit.from)}`
    case 'setNetworkOutput':
      return `Network output ${edit.name}: ${value(edit.to)} in place of ${value(edit.from)}`
    case 'setAttribute': {
      const text = (x: typeof edit.to) => (x === null ? 'nothing' : attributeText(x))
      return `${edit.name} of ${layer(edit.layer)}: ${text(edit.to)} in place of ${text(edit.from)}`
    }
    case 'setRemoved':
      return edit.to ? `Takes ${layer(edit.layer)} out` : `Puts ${layer(edit.layer)} back`
    case 'setFLayer':
      return `FLayerInfo of ${layer(edit.layer)}`
    case 'setTensorType':
      return `Type of ${value(edit.tensor)}: ${edit.to.dtype ?? 'not known'} ${shapeText(edit.to.shape)}`
    case 'setProperty':
      return 'Ranges of dimensions'
    case 'rename':
      return `Renames ${edit.from} to ${edit.to}`
  }
}
