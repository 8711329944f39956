import type { Edit, LayerId, TensorId } from '../engine'

/** What edits say something new of, wherever it stands now. Gathered over as many transactions as were applied. */
export class Touched {
  /** Layers that may have come or gone. */
  readonly layers = new Set<LayerId>()
  /** Layers that say something else of themselves. */
  readonly said = new Set<LayerId>()
  /** Values that may be made or used elsewhere. */
  readonly tensors = new Set<TensorId>()
  /** Values that say something else of themselves. */
  readonly named = new Set<TensorId>()
  /** The inputs and outputs of the network. */
  ends = false

  follow(edits: readonly Edit[]): void {
    for (const edit of edits) this.add(edit)
  }

  private add(edit: Edit): void {
    switch (edit.type) {
      case 'addLayer':
      case 'removeLayer':
        this.layers.add(edit.layer.id)
        for (const t of [...edit.layer.inputs, ...edit.layer.outputs]) this.tensors.add(t)
        break
      case 'setRemoved':
        this.layers.add(edit.layer)
        break
      case 'setInput':
        this.said.add(edit.layer)
        this.tensors.add(edit.from).add(edit.to)
        break
      case 'setAttribute':
      case 'setFLayer':
        this.said.add(edit.layer)
        break
      case 'setNetworkInput':
      case 'setNetworkOutput':
        this.ends = true
        for (const t of [edit.from, edit.to]) if (t !== null) this.tensors.add(t)
        break
      case 'addTensor':
      case 'removeTensor':
        this.tensors.add(edit.tensor.id)
        break
      case 'setTensorType':
        this.named.add(edit.tensor)
        break
      case 'rename':
        if (edit.target === 'layer') this.said.add(edit.id)
        else this.named.add(edit.id)
    }
  }
}
