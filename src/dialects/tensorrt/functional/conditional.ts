import { defaultNet } from '../../../engine'
import type { Tensor } from '../../../engine'
import { LayerType } from '../layer-type'
import { layer, rankOf } from './core'
import { freeName } from './names'
import { view } from './shape'

/** Two ways to compute a value, of which one runs: its inputs, its condition and its outputs are boundary layers. */
export class Conditional {
  private readonly name: string

  constructor(condition: Tensor) {
    const network = defaultNet()
    this.name = freeName(network, 'conditional', LayerType.CONDITION, 'conditional')
    const scalar = rankOf(condition) > 0 ? view(condition, []) : condition
    network.addLayer({
      kind: LayerType.CONDITION,
      inputs: [scalar],
      attributes: { conditional: this.name },
      outputs: [],
    })
  }

  /** The value as it is inside. */
  addInput(input: Tensor): Tensor {
    return layer(LayerType.CONDITIONAL_INPUT, [input], { conditional: this.name })
  }

  /** What comes out: of the same type and rank both ways. */
  addOutput(trueValue: Tensor, falseValue: Tensor): Tensor {
    return layer(LayerType.CONDITIONAL_OUTPUT, [trueValue, falseValue], { conditional: this.name })
  }
}
