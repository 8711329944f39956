import { defaultNet } from '../../../src/engine'
import type { Tensor } from '../../../src/engine'

/** A loop that is built as `INetworkDefinition.add_loop` builds it. */
export class Loop {
  constructor(private readonly name: string) {}

  limit(kind: 'COUNT' | 'WHILE', of: Tensor): void {
    this.add('TRIP_LIMIT', [of], { kind }, 0)
  }
  /** What each turn gives to the next one. */
  carry(initial: Tensor): { readonly value: Tensor; next(t: Tensor): void } {
    const { dtype, shape } = initial
    const { network } = initial
    const layer = network.addLayer({
      kind: 'RECURRENCE',
      inputs: [initial, null],
      attributes: { loop: this.name },
      outputs: [{ dtype, shape }],
    })
    return { value: layer.result(), next: (t) => network.setInput(layer, 1, t) }
  }
  each(x: Tensor, axis = 0, reverse = false): Tensor {
    return this.add('ITERATOR', [x], { axis, reverse })!
  }
  last(value: Tensor): Tensor {
    return this.add('LOOP_OUTPUT', [value], { kind: 'LAST_VALUE' })!
  }
  all(value: Tensor, length: Tensor, kind: 'CONCATENATE' | 'REVERSE' = 'CONCATENATE', axis = 0): Tensor {
    return this.add('LOOP_OUTPUT', [value, length], { kind, axis })!
  }

  private add(kind: string, inputs: Tensor[], attributes: object, outputCount = 1): Tensor | undefined {
    const spec = { kind, inputs, attributes: { loop: this.name, ...attributes }, outputCount }
    return defaultNet().addLayer(spec).getOutputs()[0] ?? undefined
  }
}
