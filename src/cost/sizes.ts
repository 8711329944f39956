/** What a network's symbolic sizes are in numbers, and what it takes to know more. */
import { BITS } from '../engine'
import type { Dim, Shape, TensorRecord } from '../engine'
import { dimValue, namesInDim } from '../dialects/onnx'

/** Numbers by the names of symbolic sizes. */
export type Sizes = Readonly<Record<string, number>>

/** Usual names with what is assumed of them where nobody says anything. */
const USUAL: readonly (readonly [name: RegExp, size: number])[] = [
  [/past|cache/i, 0],
  [/batch|^[nb]$/i, 1],
  [/seq|length|^[slt]$/i, 128],
  [/height|width|^[hw]$/i, 224],
]

/** What is assumed of a size by its name alone; null for a name that says nothing. */
export function assumedSize(name: string): number | null {
  return USUAL.find(([usual]) => usual.test(name))?.[1] ?? null
}

/** What is said of the sizes of a network, and what is assumed of the others. */
export function withAssumed(names: Iterable<string>, said: Sizes): Sizes {
  const out: Record<string, number> = {}
  for (const name of names) {
    const size = said[name] ?? assumedSize(name)
    if (size !== null) out[name] = size
  }
  return out
}

const NONE: readonly string[] = []

/** The names of the symbolic sizes in a shape. */
export function namesInShape(shape: Shape | null | undefined): readonly string[] {
  if (!shape?.some((d) => typeof d === 'string')) return NONE
  return shape.flatMap((d) => (typeof d === 'string' ? namesInDim(d) : NONE))
}

/** Looks shapes up in numbers, and notes the names that stood in the way. */
export class Measure {
  private absent: Set<string> | null = null

  /** @param sizes those that were said; the others are assumed where their names are usual */
  constructor(private readonly sizes: Sizes) {}

  /** Names of sizes that nobody gave. */
  get missing(): readonly string[] {
    return this.absent ? [...this.absent] : NONE
  }

  size(dim: Dim | undefined): number | null {
    if (typeof dim === 'number') return dim
    if (dim === null || dim === undefined) return null
    const absent = namesInDim(dim).filter((name) => this.named(name) === null)
    if (absent.length > 0) this.absent ??= new Set()
    for (const name of absent) this.absent?.add(name)
    return absent.length > 0 ? null : dimValue(dim, (name) => this.named(name) ?? NaN)
  }

  private named(name: string): number | null {
    return this.sizes[name] ?? assumedSize(name)
  }

  product(dims: readonly (Dim | undefined)[] | null | undefined): number | null {
    if (!dims) return null
    let n: number | null = 1
    for (const dim of dims) {
      const size = this.size(dim)
      n = size === null || n === null ? null : n * size
    }
    return n
  }

  /** How many elements a value has. */
  count(tensor: TensorRecord | null | undefined): number | null {
    return this.product(tensor?.shape)
  }

  /** How many bytes a value takes, 4-bit elements two to a byte; null for strings, which have no fixed size. */
  bytes(tensor: TensorRecord, count = this.count(tensor)): number | null {
    const bits = tensor.dtype === null ? 0 : BITS[tensor.dtype]
    return bits === 0 || count === null ? null : Math.ceil((count * bits) / 8)
  }
}
