import { PatternAnalyzer } from '../../engine'
import type { Layer } from '../../engine'
import { given } from '../known'

/** Values of layers that are worked out from a layer alone. */
export class OfLayer extends PatternAnalyzer<true> {
  private readonly seen = new Map<Layer, number>()

  constructor(
    name: string,
    private readonly amountOf: (layer: Layer) => number | null,
  ) {
    super(name)
  }

  override match(layer: Layer): boolean {
    return this.amountOf(layer) !== null
  }

  override analyze(_found: true, layer: Layer): void {
    this.seen.set(layer, given(this.amountOf(layer)))
  }

  override results(): ReadonlyMap<Layer, number> {
    return this.seen
  }
}
