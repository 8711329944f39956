/** Views by names of dimensions, resizing, and grids. */
import type { Tensor } from '../../../engine'
import { Tensor as TensorClass } from '../../../engine'
import { LayerType } from '../layer-type'
import { layer, rankOf, staticSize } from './core'
import { div } from './elementwise'
import { repeat, repeatInterleave } from './indexing'
import { prod } from './reduction'
import { castTo, concat, expandDims, permute, shape, stack, view } from './shape'

type Size = Tensor | number

/** Names and numbers of one side, by dimension: `b (h w) 1` is [[b], [h, w], [1]]. @throws RangeError where the parentheses do not close */
function groupsOf(side: string, all: string): string[][] {
  const groups: string[][] = []
  let open: string[] | null = null
  for (const [word] of side.matchAll(/[()]|[^\s()]+/g)) {
    if (word === '(' && !open) groups.push((open = []))
    else if (word === ')' && open) open = null
    else if (word === '(' || word === ')') throw new RangeError(`the parentheses of “${all}” do not fit`)
    else if (open) open.push(word)
    else groups.push([word])
  }
  if (open) throw new RangeError(`the parentheses of “${all}” do not fit`)
  return groups
}

const isNumber = (word: string): boolean => /^\d+$/.test(word)

/**
 * As einops has it: `rearrange(x, 'b (h w) c -> b h w c', { h: 2 })`. Sizes of what is taken apart are given but for one of each group; a list
 * of tensors is stacked first. A view, a permutation and a view, by sizes that layers work out.
 * @throws RangeError where both sides do not have the same names, or a size is missing
 */
export function rearrange(
  inputs: Tensor | readonly Tensor[],
  expression: string,
  sizes: Readonly<Record<string, number>> = {},
): Tensor {
  const [from, to, ...more] = expression.split('->').map((side) => groupsOf(side, expression))
  if (!from || !to || more.length > 0) throw new RangeError(`“${expression}” is no rearrangement: a b -> b a`)
  const names = from.flat().filter((w) => !isNumber(w))
  const wanted = to.flat().filter((w) => !isNumber(w))
  if (new Set(names).size !== names.length || [...names].sort().join(' ') !== [...wanted].sort().join(' '))
    throw new RangeError(`both sides of “${expression}” have the same names, each once`)
  const x = inputs instanceof TensorClass ? inputs : stack(inputs)
  if (from.length !== rankOf(x))
    throw new RangeError(`“${expression}” is of ${from.length} dimensions, ${x.name} of ${rankOf(x)}`)
  const known = sizesOf(x, from, sizes)
  const size = (word: string): Size => (isNumber(word) ? Number(word) : known.get(word)!)
  const joined = to.map((group) => (group.length === 1 ? size(group[0]!) : product(group.map(size))))
  const out = castTo(concat(joined), 'int64')
  const apart = view(x, castTo(concat(names.map(size)), 'int64'))
  const turned = permute(
    apart,
    wanted.map((name) => names.indexOf(name)),
  )
  return view(turned, out)
}

const product = (sizes: readonly Size[]): Tensor => prod(castTo(concat(sizes), 'int64'), -1)

/** The size of each name; of a dimension that is taken apart one may be left out, which is what the others leave of it. */
function sizesOf(x: Tensor, from: readonly string[][], given: Readonly<Record<string, number>>): Map<string, Size> {
  const known = new Map<string, Size>(Object.entries(given))
  from.forEach((group, dim) => {
    const open = group.filter((w) => !isNumber(w) && !known.has(w))
    if (open.length > 1)
      throw new RangeError(`sizes of ${open.join(' and ')} are missing: all of a group but one are given`)
    const [name] = open
    if (name === undefined) return
    if (group.length === 1) {
      known.set(name, shape(x, dim))
      return
    }
    const others = group.filter((w) => w !== name).map((w) => (isNumber(w) ? Number(w) : known.get(w)!))
    refuseParts(x, dim, others)
    const divisor = product(others)
    known.set(name, div(shape(x, dim), divisor))
  })
  return known
}

function refuseParts(x: Tensor, dim: number, parts: readonly Size[]): void {
  const size = x.shape?.[dim]
  const known = parts.reduce<number>((n, p) => n * (typeof p === 'number' ? p : NaN), 1)
  if (typeof size === 'number' && size % known > 0)
    throw new RangeError(`${size} is not taken apart into parts of ${known}`)
}

export type InterpolationOf = 'nearest' | 'nearest-exact' | 'linear' | 'bilinear' | 'trilinear' | 'bicubic'

const RANKS: Readonly<Partial<Record<InterpolationOf, number>>> = { linear: 3, bilinear: 4, trilinear: 5 }

/**
 * RESIZE of all dimensions behind the first two, to sizes, or to what factors of them come to. `nearest-exact` counts from the middle of
 * elements and `bilinear` may align corners, which the module leaves undone.
 * @throws RangeError where neither or both are given, or the mode is of another rank
 */
export function interpolate(
  x: Tensor,
  options: {
    readonly size?: number | readonly number[]
    readonly scaleFactor?: number | readonly number[]
    readonly mode?: InterpolationOf
    readonly alignCorners?: boolean
  },
): Tensor {
  const { size, scaleFactor, mode = 'nearest', alignCorners = false } = options
  const rank = rankOf(x)
  if ((size === undefined) === (scaleFactor === undefined))
    throw new RangeError('interpolate takes either a size or a factor')
  const each = (v: number | readonly number[]): readonly number[] => {
    const list = typeof v === 'number' ? new Array<number>(rank - 2).fill(v) : v
    if (list.length !== rank - 2) throw new RangeError(`interpolate of ${rank} dimensions takes ${rank - 2} sizes`)
    return list
  }
  if (rank < 3 || rank > 5 || (RANKS[mode] ?? rank) !== rank)
    throw new RangeError(`interpolate by ${mode} is not of ${rank} dimensions`)
  const isNearest = mode.startsWith('nearest')
  const usual = mode === 'nearest' ? 'ASYMMETRIC' : 'HALF_PIXEL'
  const attributes = {
    resize_mode: isNearest ? 'NEAREST' : mode === 'bicubic' ? 'CUBIC' : 'LINEAR',
    coordinate_transformation: alignCorners && !isNearest ? 'ALIGN_CORNERS' : usual,
    ...(mode === 'nearest-exact' && { nearest_rounding: 'HALF_DOWN' }),
  }
  const sizes =
    size === undefined ? each(scaleFactor!).map((factor, i) => Math.floor(factor * staticSize(x, i + 2))) : each(size)
  const whole = x.shape!.slice(0, 2)
  if (whole.every((d) => typeof d === 'number'))
    return layer(LayerType.RESIZE, [x], { shape: [...whole, ...sizes], ...attributes })
  const wanted = concat([shape(x, 0), shape(x, 1), ...sizes])
  return layer(LayerType.RESIZE, [x, wanted], attributes, { type: { dtype: x.dtype, shape: [...whole, ...sizes] } })
}

/** Of vectors x and y both grids [x, y]. */
export function meshgrid2d(x: Tensor, y: Tensor): [Tensor, Tensor] {
  const row = (t: Tensor): Tensor => (rankOf(t) === 1 ? expandDims(t, 0) : t)
  const a = row(x)
  const b = row(y)
  const [n, m] = [staticSize(a, -1), staticSize(b, -1)]
  const across = view(repeatInterleave(a, shape(b, 1), 1), [n, m])
  return [across, repeat(b, [n, 1])]
}
