/**
 * Tables of rotary positions, computed ahead in float32 as the module computes them. Those for the attention plugin have cosine and sine
 * of each position and pair next to each other, `[1, positions · size]`, and come with the inverse frequencies `[size / 2]`.
 */
import { ConstantValue } from '../../../engine'

/** How frequencies are scaled to longer sequences, under the names of `rope_scaling` in a model's configuration. */
export interface RopeScaling {
  readonly factor?: number
  readonly low_freq_factor?: number
  readonly high_freq_factor?: number
  readonly original_max_position_embeddings?: number
  /** Of scale type `dynamic`. */
  readonly alpha?: number
}

/** What the attention plugin takes as `rotary_inv_freq` and `rotary_cos_sin`. */
export interface PluginTables {
  readonly invFreq: ConstantValue
  readonly cosSin: ConstantValue
}

type ScaleType = 'none' | 'linear' | 'dynamic' | 'llama3'

const { fround } = Math
const table = (shape: readonly number[], values: Float32Array): ConstantValue =>
  ConstantValue.of('float32', shape, values)
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
const floats = (values: ArrayLike<number>): ConstantValue => table([values.length], Float32Array.from(values))

/** θ^(2i / size), of which each frequency is the inverse. */
const wavesOf = (size: number, theta: number): number[] =>
  Array.from({ length: Math.ceil(size / 2) }, (_, i) => fround(theta ** ((2 * i) / size)))

/** Frequencies of waves longer than the sequences of the training are divided by the factor, those between the two bounds in part. */
export function applyLlama3Scaling(invFreqs: readonly number[], scaling: RopeScaling): number[] {
  const { factor = 8, low_freq_factor: low = 1, high_freq_factor: high = 4 } = scaling
  const { original_max_position_embeddings: length = 8192 } = scaling
  return invFreqs.map((freq) => {
    const wave = (2 * Math.PI) / freq
    if (wave < length / high) return freq
    if (wave > length / low) return fround(freq / factor)
    if (low === high) throw new RangeError('low_freq_factor and high_freq_factor are the same')
    const smooth = (length / wave - low) / (high - low)
    return fround(((1 - smooth) * freq) / factor + smooth * freq)
  })
}

/** Sines, then cosines, of the angles of each position: [1, positions, size], as weights. */
export function createSinusoidalPositions(count: number, size: number, theta = 10000): ConstantValue {
  return sinesFirst(
    upTo(count),
    wavesOf(size, theta).map((wave) => fround(1 / wave)),
  )
}

function sinesFirst(positions: readonly number[], freqs: readonly number[], scale = 1): ConstantValue {
  const half = freqs.length
  const values = new Float32Array(positions.length * 2 * half)
  positions.forEach((p, row) =>
    freqs.forEach((freq, i) => {
      const angle = fround(p * freq)
      values[row * 2 * half + i] = fround(Math.sin(angle)) * scale
      values[row * 2 * half + half + i] = fround(Math.cos(angle)) * scale
    }),
  )
  return table([1, positions.length, 2 * half], values)
}

/** Cosine and sine of each angle in turn; what is repeated stands behind all frequencies of its position. */
function interleaved(positions: readonly number[], freqs: readonly number[], scale = 1, times = 1): ConstantValue {
  const values = new Float32Array(positions.length * freqs.length * times * 2)
  let at = 0
  for (const p of positions)
    for (let t = 0; t < times; t++)
      for (const freq of freqs) {
        const angle = fround(p * freq)
        values[at++] = fround(Math.cos(angle)) * scale
        values[at++] = fround(Math.sin(angle)) * scale
      }
  return table([1, values.length], values)
}

/** @throws RangeError where the scale type needs a scaling that is not given */
export function createSinusoidalPositionsForAttentionPlugin(
  count: number,
  size: number,
  theta = 10000,
  scale = 1,
  scaleType: ScaleType = 'none',
  scaling: RopeScaling | null = null,
): PluginTables {
  const freqs = frequenciesOf(size, theta, scale, scaleType, scaling)
  return { invFreq: floats(freqs), cosSin: interleaved(upTo(count), freqs) }
}

function frequenciesOf(
  size: number,
  theta: number,
  scale: number,
  scaleType: ScaleType,
  scaling: RopeScaling | null,
): number[] {
  if (scaleType === 'llama3') {
    if (!scaling) throw new RangeError('scale type llama3 needs its rope_scaling')
    const plain = wavesOf(size, theta).map((wave) => fround(1 / wave))
    return applyLlama3Scaling(plain, scaling)
  }
  if (scaleType === 'dynamic') {
    const alpha = scaling?.alpha
    if (alpha === undefined) throw new RangeError('scale type dynamic needs alpha in its rope_scaling')
    return wavesOf(size, theta * alpha ** (size / (size - 2))).map((wave) => fround(1 / wave))
  }
  const by = scaleType === 'linear' ? 1 / scale : scale
  return wavesOf(size, theta).map((wave) => fround(by / wave))
}

/** All tokens of the picture, which stand behind `visionStart`, are at one position. */
export function createSinusoidalPositionsForCogvlmAttentionPlugin(
  count: number,
  size: number,
  theta = 10000,
  scale = 1,
  scaleType: 'none' | 'linear' = 'none',
  visionStart = 1,
  visionLength = 1225,
): PluginTables {
  const freqs = frequenciesOf(size, theta, scale, scaleType, null)
  const after = Math.max(0, count - visionLength - visionStart - 1)
  const positions = [
    ...upTo(visionStart + 1),
    ...new Array<number>(visionLength).fill(visionStart + 1),
    ...upTo(after).map((i) => visionStart + 2 + i),
  ]
  return { invFreq: floats(freqs), cosSin: interleaved(positions, freqs) }
}

/** Of longer sequences than those of the training cosines and sines are scaled as well. */
function lengthScale(count: number, original: number): number {
  const scale = count / original
  return scale <= 1 ? 1 : Math.sqrt(1 + Math.log(scale) / Math.log(original))
}

/**
 * Frequencies divided by factors of their own, for short sequences and for long ones: the tables of either by layers, then for the
 * plugin, and the scale of the short ones.
 */
export function createSinusoidalPositionsLongRopeForAttentionPlugin(
  count: number,
  original: number,
  size: number,
  theta = 10000,
  shortFactors: number | readonly number[] = 1,
  longFactors: number | readonly number[] = 1,
  shortScale: number | null = null,
  longScale: number | null = null,
): [short: ConstantValue, long: ConstantValue, shortPlugin: PluginTables, longPlugin: PluginTables, scale: number] {
  const scale = shortScale ?? lengthScale(count, original)
  const scales = [scale, shortScale === null ? scale : (longScale ?? scale)] as const
  const [short, long] = [shortFactors, longFactors].map((factors) =>
    wavesOf(size, theta).map((wave, i) => fround(1 / (factorAt(factors, i, size) * wave))),
  ) as [number[], number[]]
  const forPlugin = (freqs: readonly number[], by: number): PluginTables => ({
    invFreq: table([1, freqs.length], Float32Array.from(freqs)),
    cosSin: interleaved(upTo(count), freqs, by),
  })
  return [
    sinesFirst(upTo(count), short, scales[0]),
    sinesFirst(upTo(count), long, scales[1]),
    forPlugin(short, scales[0]),
    forPlugin(long, scales[1]),
    scale,
  ]
}

function factorAt(factors: number | readonly number[], i: number, size: number): number {
  const factor = typeof factors === 'number' ? factors : factors[i]
  if (factor === undefined) throw new RangeError(`there are ${size / 2} frequencies, and a factor for each`)
  return factor
}

/** For a runtime that chooses by the longest sequence: the long factors beyond the sequences of the training, else the short ones. */
export function createSinusoidalPositionsLongRope(
  count: number,
  size: number,
  theta: number,
  original: number,
  shortFactor: readonly number[],
  longFactor: readonly number[],
  maxSeqLen: number | null = null,
): ConstantValue {
  const factors = maxSeqLen === null || maxSeqLen > original ? longFactor : shortFactor
  const freqs = wavesOf(size, theta).map((wave, i) => fround(fround(1 / wave) / factorAt(factors, i, size)))
  return interleaved(upTo(Math.max(count, original)), freqs, lengthScale(count, original))
}

/** YaRN: fast frequencies stay, slow ones are divided by the factor, and between them there is a ramp. */
export function createSinusoidalPositionsYarn(
  count: number,
  size: number,
  base = 10000,
  scalingFactor = 1,
  original = 4096,
  betaFast = 32,
  betaSlow = 1,
  mscale = 1,
  mscaleAllDim = 1,
  duplicateData = true,
): PluginTables {
  const turningAt = (turns: number): number =>
    (size * Math.log(original / (turns * 2 * Math.PI))) / (2 * Math.log(base))
  const low = Math.max(Math.floor(turningAt(betaFast)), 0)
  const high = Math.min(Math.ceil(turningAt(betaSlow)), size - 1)
  const width = high === low ? 0.001 : high - low
  const freqs = wavesOf(size, base).map((wave, i) => {
    const slow = Math.min(Math.max((i - low) / width, 0), 1)
    return fround(slow / (scalingFactor * wave) + (1 - slow) / wave)
  })
  const scaleOf = (by: number): number => (scalingFactor <= 1 ? 1 : 0.1 * by * Math.log(scalingFactor) + 1)
  const scale = scaleOf(mscale) / scaleOf(mscaleAllDim)
  return { invFreq: floats(freqs), cosSin: interleaved(upTo(count), freqs, scale, duplicateData ? 2 : 1) }
}
