/** The values that runs gave, as long as there is room for them. */
import type { TensorId } from '../../engine'
import { ConstantValue } from '../../engine'
import { differenceOf } from '../../verify'
import type { ValueDifference } from '../../verify'
import type { ConstantData } from '../protocol/constant-data'

/** So many bytes of all runs are kept. */
const ROOM = 2 ** 30

interface Found extends ValueDifference {
  readonly before: TensorId
  readonly after: TensorId
}

export class RunStore {
  private readonly runs = new Map<number, Map<TensorId, ConstantData>>()
  private used = 0

  constructor(private readonly room = ROOM) {}

  /** Takes the place of what was kept of it before. @returns whether there was room for it */
  keep(run: number, tensor: TensorId, value: ConstantData): boolean {
    const known = this.runs.get(run)?.get(tensor)
    if (known) this.used -= sizeOf(known)
    this.runs.get(run)?.delete(tensor)
    const size = sizeOf(value)
    if (this.used + size > this.room) return false
    let values = this.runs.get(run)
    if (!values) this.runs.set(run, (values = new Map()))
    values.set(tensor, value)
    this.used += size
    return true
  }

  keepOnly(wanted: readonly number[]): void {
    for (const [run, values] of this.runs) {
      if (wanted.includes(run)) continue
      for (const value of values.values()) this.used -= sizeOf(value)
      this.runs.delete(run)
    }
  }

  get(run: number, tensor: TensorId): ConstantData | null {
    return this.runs.get(run)?.get(tensor) ?? null
  }

  /** @param goesOn asked between two values @returns null where it does not */
  async differences(
    before: number,
    after: number,
    pairs: readonly (readonly [TensorId, TensorId])[],
    goesOn: () => Promise<boolean>,
  ): Promise<Found[] | null> {
    const found: Found[] = []
    for (const [from, to] of pairs) {
      const [a, b] = [this.get(before, from), this.get(after, to)]
      if (!a || !b) continue
      if (!(await goesOn())) return null
      found.push({ before: from, after: to, ...differenceOf(constantOf(a), constantOf(b)) })
    }
    return found
  }
}

const sizeOf = ({ data }: ConstantData): number => (data instanceof Uint8Array ? data.length : 0)

function constantOf({ dtype, shape, data, strings }: ConstantData): ConstantValue {
  return new ConstantValue(dtype, shape, data instanceof Uint8Array ? data : null, strings)
}
