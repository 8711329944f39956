/** Layers that scale and shift each channel by constants: y[n, c, ...] = scale[c] · x[n, c, ...] + shift[c]. */
import type { ConstantValue, Layer, Tensor } from '../../engine'
import { constantOf, FLOATS } from '../values'
import { allFinite, allModerate } from '../weights'
import { knownShape, nth } from '../known'

export interface Affine {
  readonly x: Tensor
  /** One number a channel, in float64. */
  readonly scale: Float64Array
  readonly shift: Float64Array
}

export const AFFINE_KINDS = ['BatchNormalization', 'Mul', 'Div', 'Add', 'Sub'] as const

/** What a layer does to each of `channels` channels; a text says why it is no such layer. */
export function affineOf(layer: Layer, channels: number): Affine | string {
  const affine = layer.kind === 'BatchNormalization' ? batchNorm(layer, channels) : elementwise(layer, channels)
  if (typeof affine === 'string') return affine
  return allFinite(affine.scale) && allFinite(affine.shift) ? affine : 'its factors are not finite'
}

/**
 * s = γ / √(var + ε), y = s · (x − mean) + β; in training the statistics are those of the batch. Before operator set 14 it is
 * the further results by which a layer says that it trains.
 */
function batchNorm(layer: Layer, channels: number): Affine | string {
  if (Number(layer.attribute('training_mode') ?? 0) !== 0) return 'it trains'
  if (layer.network.opsetOf('') < 14 && layer.results.slice(1).some((t) => t !== null)) return 'it trains'
  if (layer.results.slice(1).some((t) => t && (t.liveUses > 0 || t.isNetworkOutput()))) return 'its statistics are used'
  const x = layer.input(0)
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((i) => vectorOf(constantOf(layer.input(i)), 1, channels))
  if (!x || !gamma || !beta || !mean || !variance) return 'its scale, bias, mean or variance is no constant'
  const epsilon = Number(layer.attribute('epsilon') ?? 1e-5)
  const [scale, shift] = [new Float64Array(channels), new Float64Array(channels)]
  for (let c = 0; c < channels; c++) {
    scale[c] = nth(gamma, c) / Math.sqrt(nth(variance, c) + epsilon)
    shift[c] = nth(beta, c) - nth(mean, c) * nth(scale, c)
  }
  return { x, scale, shift }
}

const EXTREME = 'its factors are so large or small that they decide what overflows or vanishes'

function elementwise(layer: Layer, channels: number): Affine | string {
  for (const at of [1, 0]) {
    const c = layer.input(at)
    const x = layer.input(1 - at)
    if (!c?.value || !x || x.isConstant || x.rank === null || !FLOATS.includes(x.dtype)) continue
    const v = vectorOf(c.value, x.rank, channels)
    if (v && c.value.size > 1 && knownShape(x)[x.rank === 1 ? 0 : 1] !== channels)
      return `its constant [${c.value.shape}] gives [${knownShape(x)}] its channels`
    if (!v) return `its constant [${c.value.shape}] is not one number a channel`
    const [one, zero] = [new Float64Array(channels).fill(1), new Float64Array(channels)]
    switch (layer.kind) {
      case 'Mul':
        return allModerate(v) ? { x, scale: v, shift: zero } : EXTREME
      case 'Add':
        return { x, scale: one, shift: v }
      case 'Sub':
        return at === 1 ? { x, scale: one, shift: v.map((k) => -k) } : { x, scale: one.map(() => -1), shift: v }
      case 'Div':
        if (at !== 1) return 'it divides by x'
        return allModerate(v) ? { x, scale: v.map((k) => 1 / k), shift: zero } : EXTREME
      default:
        return 'it is no scale or shift'
    }
  }
  return 'it has no constant operand'
}

/**
 * The elements of a constant by channel, the second of `rank` axes; a single one counts for all. Null where it varies along
 * another axis, has more axes than the value that it meets, or is not here.
 */
function vectorOf(value: ConstantValue | undefined, rank: number, channels: number): Float64Array | null {
  if (!value?.isAvailable || value.shape.length > rank) return null
  const numbers = value.numbers()
  if (value.size === 1) return new Float64Array(channels).fill(nth(numbers, 0))
  const fromEnd = rank === 1 ? 1 : rank - 1
  const alongChannels = value.shape.at(-fromEnd) === channels && value.size === channels
  return alongChannels ? new Float64Array(numbers) : null
}
