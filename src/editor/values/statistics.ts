/** What the elements of a tensor are like: their range, mean and deviation, how many are zero or not finite, how they are spread. */
import type { Elements } from './elements'
import { readElements, sizeOf } from './elements'

export interface Statistics {
  readonly count: number
  /** Of the finite elements; null where there are none. */
  readonly min: number | null
  readonly max: number | null
  readonly mean: number | null
  /** The standard deviation of these elements themselves, not of what they may be a sample of. */
  readonly deviation: number | null
  readonly zeros: number
  readonly nans: number
  readonly infinities: number
  readonly negativeInfinities: number
}

/** How many of the finite elements lie in each of equal parts of their range. */
export interface Histogram {
  readonly from: number
  readonly to: number
  readonly counts: readonly number[]
}

/** Told how much of a tensor has been read, from 0 to 1; ends the reading by throwing. */
export type Watch = (fraction: number) => void

const CHUNK = 2 ** 20
const BINS = 48

/** @throws Error where the elements are no numbers, or cannot be read any more */
export async function statisticsOf(elements: Elements, watch: Watch = () => undefined): Promise<Statistics> {
  const tally = new Tally()
  await eachChunk(elements, watch, (numbers) => tally.add(numbers))
  return tally.statistics()
}

/** @param statistics of the same elements @returns null where none is finite */
export async function histogramOf(
  elements: Elements,
  { min, max }: Statistics,
  watch: Watch = () => undefined,
): Promise<Histogram | null> {
  if (min === null || max === null) return null
  const whole = !elements.dtype.includes('float')
  // Few whole numbers have a bar each.
  const each = whole && max - min < BINS
  const from = each ? min - 0.5 : min
  const to = each ? max + 0.5 : max
  const counts = new Array<number>(each ? max - min + 1 : min === max ? 1 : BINS).fill(0)
  const last = counts.length - 1
  // Halved, so that the distance of the two ends of the type is finite too.
  const [half, scale] = [from / 2, to === from ? 0 : counts.length / (to / 2 - from / 2)]
  await eachChunk(elements, watch, (numbers) => {
    for (let i = 0; i < numbers.length; i++) {
      const x = numbers[i]!
      if (x - x !== 0) continue
      const bin = Math.trunc((x / 2 - half) * scale)
      counts[bin > last ? last : bin]!++
    }
  })
  return { from, to, counts }
}

async function eachChunk(elements: Elements, watch: Watch, look: (numbers: ArrayLike<number>) => void): Promise<void> {
  const size = sizeOf(elements.shape)
  for (let from = 0; from < size; from += CHUNK) {
    watch(from / size)
    const { value } = await readElements(elements, from, Math.min(size, from + CHUNK))
    look(value.numbers())
  }
  watch(1)
}

class Tally {
  private count = 0
  private finite = 0
  private min = Infinity
  private max = -Infinity
  private mean = 0
  /** Sum of squared distances from the mean. */
  private squares = 0
  private zeros = 0
  private nans = 0
  private infinities = 0
  private negativeInfinities = 0

  /** By distances from the first of them: sums of large numbers of little spread would lose it. */
  add(numbers: ArrayLike<number>): void {
    const n = numbers.length
    let [finite, zeros, sum, squares] = [0, 0, 0, 0]
    let { min, max } = this
    let shift = NaN
    for (let i = 0; i < n; i++) {
      const x = numbers[i]!
      if (x - x !== 0) {
        if (x !== x) this.nans++
        else if (x > 0) this.infinities++
        else this.negativeInfinities++
        continue
      }
      if (finite === 0) shift = x
      finite++
      if (x === 0) zeros++
      if (x < min) min = x
      if (x > max) max = x
      const d = x - shift
      sum += d
      squares += d * d
    }
    this.count += n
    this.zeros += zeros
    this.min = min
    this.max = max
    if (finite > 0) this.merge(finite, shift + sum / finite, squares - (sum * sum) / finite)
  }

  private merge(n: number, mean: number, squares: number): void {
    const total = this.finite + n
    const apart = mean - this.mean
    this.squares += Math.max(0, squares) + (apart * apart * this.finite * n) / total
    this.mean += (apart * n) / total
    this.finite = total
  }

  statistics(): Statistics {
    const { count, zeros, nans, infinities, negativeInfinities } = this
    const some = this.finite > 0
    return {
      count,
      min: some ? this.min : null,
      max: some ? this.max : null,
      mean: some ? this.mean : null,
      deviation: some ? Math.sqrt(this.squares / this.finite) : null,
      zeros,
      nans,
      infinities,
      negativeInfinities,
    }
  }
}
