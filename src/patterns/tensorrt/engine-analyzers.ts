/** What is asked of a built engine, whose layers are kernels: how long each takes, how much was fused into it, what only moves data. */
import { PatternAnalyzer } from '../../engine'
import type { Layer } from '../../engine'

/** Values of layers that are worked out from a layer alone. */
class OfLayer extends PatternAnalyzer<true> {
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
    this.seen.set(layer, this.amountOf(layer)!)
  }

  override results(): ReadonlyMap<Layer, number> {
    return this.seen
  }
}

/** Milliseconds that a kernel takes on average, where a profile was given. */
export const kernelTimes = (): PatternAnalyzer =>
  new OfLayer('kernel_times', (layer) => {
    const time = layer.attribute('averageMs')
    return typeof time === 'number' ? time : null
  })

/** How many layers of the network TensorRT made one kernel of, where more than one. */
export const fusedLayers = (): PatternAnalyzer =>
  new OfLayer('fused_layers', (layer) => {
    const fused = layer.attribute('fused')
    return Array.isArray(fused) ? fused.length : null
  })

/** Kernels that change the format of a tensor and nothing else, with the time that they take; 0 where that is not known. */
export const reformats = (): PatternAnalyzer =>
  new OfLayer('reformats', (layer) => {
    const time = layer.attribute('averageMs')
    return /^(reformat|noop)$/i.test(layer.kind) ? (typeof time === 'number' ? time : 0) : null
  })
