import { CostBook, METRICS, partOf, plainCost } from '../../cost'
import type { CostSum, Metric, Sizes } from '../../cost'
import { readArguments, UsageError } from '../arguments'
import { table } from '../console'
import type { Console } from '../console'
import { networkOf, readModel } from '../files'

export const usage = 'graft cost in.onnx [--set N=1,S=128] [--json]'

/** What a model takes to run: kernels, operations, bytes moved; by kind of layer and in all. */
export function cost(argv: readonly string[], console: Console): number {
  const args = readArguments(argv, { set: 'string' }, 1)
  const said = readSizes(args.text('set') ?? '')
  console.progress(`opening ${args.files[0]!}`)
  const book = new CostBook(networkOf(readModel(args.files[0]!).snapshot), said)
  for (const name of Object.keys(said))
    if (!book.symbols.includes(name))
      throw new UsageError(
        `--set: the model has no size called ${name}; ${book.symbols.length > 0 ? `it has ${book.symbols.join(', ')}` : 'all of its sizes are numbers'}`,
      )
  const kinds = [...book.byKind()].sort((a, b) => weight(b[1]) - weight(a[1]))
  const assumed = Object.fromEntries(Object.entries(book.counted).filter(([name]) => !Object.hasOwn(said, name)))
  const missing = book.symbols.filter((name) => !Object.hasOwn(book.counted, name))
  const result = {
    total: plainCost(book.total),
    kinds: Object.fromEntries(kinds.map(([kind, sum]) => [kind, plainCost(sum)])),
    sizes: { said, assumed, missing },
  }
  console.result(result, () => [
    ...table([
      ['', ...METRICS.map((m) => m)],
      ['all', ...METRICS.map((m) => text(book.total, m))],
      ...kinds.map(([kind, sum]) => [kind, ...METRICS.map((m) => text(sum, m))]),
    ]),
    ...Object.entries(assumed).map(([name, size]) => `assumed: ${name}=${size}; say otherwise with --set ${name}=…`),
    ...missing.map((name) => `unknown: ${name}; say it with --set ${name}=…`),
  ])
  return 0
}

/** @throws UsageError for anything but `name=number, ...` */
export function readSizes(text: string): Sizes {
  const out: Record<string, number> = {}
  for (const part of text.split(',').filter((p) => p.trim() !== '')) {
    const [, name, size] = /^\s*([^=\s]+)\s*=\s*(\d+)\s*$/.exec(part) ?? []
    if (name === undefined) throw new UsageError(`--set: ${part.trim()} is not a size: write N=1,S=128`)
    out[name] = Number(size)
  }
  return out
}

const weight = (sum: CostSum): number => partOf(sum, 'flops').known + partOf(sum, 'bytes').known

/** As for people: thousands apart, `≥` where some layers are not known. */
function text(sum: CostSum, metric: Metric): string {
  const { known, unknown } = partOf(sum, metric)
  const digits = metric === 'intensity' ? { maximumFractionDigits: 2 } : {}
  const number = known.toLocaleString('en', digits)
  if (unknown === 0) return number
  return metric === 'intensity' ? '?' : `≥ ${number}`
}
