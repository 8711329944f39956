/** Measures the engine's workloads: minimum and median, and the exponent of time over size. */
import { WORKLOADS } from './workloads'
import type { Workload } from './workloads'

const RUNS = 7

function time(w: Workload, n: number, verify: boolean): { first: number; min: number; median: number } {
  const ms: number[] = []
  for (let i = 0; i < RUNS; i++) {
    const network = w.build(n)
    const start = performance.now()
    w.run(network, { verify })
    ms.push(performance.now() - start)
    w.check(network, n)
  }
  const sorted = [...ms].sort((a, b) => a - b)
  return { first: ms[0]!, min: sorted[0]!, median: sorted[RUNS >> 1]! }
}

export function benchEngine(only = ''): void {
  console.log('engine, ms: first / minimum / median of 7; verify off, then the minimum with it on')
  for (const w of WORKLOADS.filter((x) => x.name.startsWith(only))) {
    const mins: [number, number][] = []
    for (const n of w.sizes) {
      const off = time(w, n, false)
      const on = time(w, n, true)
      mins.push([n, off.min])
      const cells = [off.first, off.min, off.median, on.min].map((x) => x.toFixed(1).padStart(8))
      console.log(`${w.name.padEnd(12)} ${String(n).padStart(7)} ${cells.join(' ')}`)
    }
    const [a, b] = [mins.at(-2)!, mins.at(-1)!]
    console.log(`${w.name.padEnd(12)} exponent ${(Math.log(b[1] / a[1]) / Math.log(b[0] / a[0])).toFixed(2)} from ${a[0]} to ${b[0]}`)
  }
}

benchEngine(process.argv[2])
