/** Optimization profiles by the ranges of an input's dimensions. */
import type { Network, Shape } from '../../../engine'
import { factsOf, FACTS } from '../facts'

/**
 * By the names of dimensions, in their order: of each optimization profile the size, or the smallest, the usual and the largest one.
 */
export type DimRange = Readonly<Record<string, readonly (number | readonly [min: number, opt: number, max: number])[]>>

type Range = readonly [min: number, opt: number, max: number]

/** Adds an input to the profiles of its network. @throws RangeError as `input` */
export function keepRanges(network: Network, name: string, shape: Shape, dimRange: DimRange): void {
  const ranges = Object.entries(dimRange).map(([dim, of]) => [dim, of.map((r) => rangeOf(dim, r))] as const)
  const count = ranges[0]?.[1].length ?? 0
  if (ranges.length !== shape.length || ranges.some(([, of]) => of.length !== count) || count === 0)
    throw new RangeError(`${name} has ${shape.length} dimensions, each with a range for each of the same profiles`)
  ranges.forEach(([dim, of], i) => {
    const size = shape[i]
    if (typeof size === 'number' && size !== -1 && of.some((r) => r.some((n) => n !== size)))
      throw new RangeError(`dimension ${dim} of ${name} is ${size}, and not ${of.join(' or ')}`)
  })
  const facts = factsOf(network.properties)
  const named = { ...facts.ranges }
  for (const [dim, of] of ranges) {
    const known = named[dim]
    if (known && String(known) !== String(of))
      throw new RangeError(`dimension ${dim} has the range ${known.join(' or ')} elsewhere, and not ${of.join(' or ')}`)
    named[dim] = of
  }
  const profiles = Array.from({ length: Math.max(count, facts.profiles.length) }, (_, p) => ({
    ...facts.profiles[p],
    ...(p < count && { [name]: [0, 1, 2].map((which) => ranges.map(([, of]) => of[p]![which]!)) }),
  }))
  network.setProperty(FACTS, { ...facts, profiles, ranges: named })
}

function rangeOf(dim: string, range: number | Range): Range {
  const [min, opt, max] = typeof range === 'number' ? [range, range, range] : range
  if (!(0 <= min && min <= opt && opt <= max))
    throw new RangeError(`the range of ${dim} is smallest, usual, largest, and not ${[min, opt, max].join(', ')}`)
  return [min, opt, max]
}
