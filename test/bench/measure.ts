/** Timing and tables. */
import type { Network } from '../../src/engine'
import { hasMlir, mlirTimes } from './mlir'
import type { MlirWorkload } from './mlir'

export interface Workload {
  readonly name: string
  readonly sizes: readonly number[]
  readonly build: (n: number) => Network
  readonly run: (network: Network, options: { verify: boolean }) => void
  /** @throws where the result is wrong */
  readonly check: (network: Network, n: number) => void
  /** The same in MLIR, measured beside it from 10k layers on, where it is installed. */
  readonly mlir?: MlirWorkload
}

const RUNS = 7
/** Runs between the first, cold one and those that are measured: so many until what is hot has been compiled. */
const WARM_UPS = 12

export interface Times {
  readonly first: number
  readonly min: number
  readonly median: number
}

/**
 * Milliseconds of `run` alone, over as many runs; each has what `prepare` makes, and its result is checked. Before the clock
 * starts, two minor collections move what `prepare` made to where a network that has been open for a while lies, and empty the
 * young generation. No full collection is forced: it would take the hidden classes whose last objects died, and with them
 * the compiled code, so that every run would begin cold. The first run is the cold one.
 * @param warmUps how many runs come before those that count, at least
 * @param warmFor milliseconds that they take together, at least: small workloads need more runs until their code is compiled, and
 * until the memory that they free is what they are given again
 */
export function timed<T>(
  prepare: () => T,
  run: (x: T) => void,
  check: (x: T) => void = () => {},
  runs = RUNS,
  warmUps = 0,
  warmFor = 0,
): Times {
  const once = (): number => {
    const x = prepare()
    for (let i = 0; i < 2; i++) globalThis.gc?.({ type: 'minor', execution: 'sync' })
    const start = performance.now()
    run(x)
    const ms = performance.now() - start
    check(x)
    return ms
  }
  const since = performance.now()
  const first = once()
  for (let i = 0; i < warmUps || performance.now() - since < warmFor; i++) once()
  return { ...summary(Array.from({ length: runs }, once)), first }
}

export async function timedAsync(run: () => Promise<void>, runs = RUNS, warmFor = 0): Promise<Times> {
  const ms: number[] = []
  for (const since = performance.now(); performance.now() - since < warmFor;) await run()
  for (let i = 0; i < runs; i++) {
    const start = performance.now()
    await run()
    ms.push(performance.now() - start)
  }
  return summary(ms)
}

function summary(ms: readonly number[]): Times {
  const sorted = [...ms].sort((a, b) => a - b)
  return { first: ms[0]!, min: sorted[0]!, median: sorted[sorted.length >> 1]! }
}

/** One line of a table: a name, then numbers. */
export function row(name: string, ...cells: readonly (number | string)[]): void {
  const text = cells.map((c) => (typeof c === 'number' ? c.toFixed(c < 10 ? 2 : 1) : c).padStart(9))
  console.log(`${name.padEnd(34)} ${text.join(' ')}`)
}

/**
 * Measures workloads at all their sizes: verifying off, then the minimum with it on, then the exponent of time over size.
 * @returns the minimum by name and size
 */
export function benchWorkloads(workloads: readonly Workload[]): ReadonlyMap<string, number> {
  const minima = new Map<string, number>()
  if (workloads.length === 0) return minima
  row('engine, ms', 'size', 'first', 'min', 'median', 'verified', 'exponent', 'MLIR 1st', 'MLIR min', 'to MLIR')
  for (const w of workloads) {
    let before: readonly [number, number] | null = null
    for (const n of w.sizes) {
      const time = (verify: boolean): Times =>
        timed(
          () => w.build(n),
          (network) => w.run(network, { verify }),
          (network) => w.check(network, n),
          verify && n > 50_000 ? 1 : RUNS,
          n > 50_000 ? (verify ? 0 : 3) : WARM_UPS,
        )
      const [off, on] = [time(false), time(true)]
      const exponent = before ? (Math.log(off.min / before[1]) / Math.log(n / before[0])).toFixed(2) : ''
      const mlir = w.mlir && hasMlir && n >= 10_000 ? mlirTimes(w.mlir, n) : null
      const beside = mlir ? [mlir.first, mlir.min, (off.min / mlir.min).toFixed(2)] : []
      row(w.name, String(n), off.first, off.min, off.median, on.min, exponent, ...beside)
      before = [n, off.min]
      minima.set(`${w.name} ${n}`, off.min)
    }
  }
  return minima
}
