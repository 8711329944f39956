/** What is asked of a built engine, whose layers are kernels: how long each takes, how much was fused into it, what only moves data. */
import type { PatternAnalyzer } from '../../engine'
import { OfLayer } from './of-layer'

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
