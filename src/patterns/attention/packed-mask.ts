/**
 * The mask of an attention as com.microsoft.Attention takes it. That operator adds the mask and knows no -∞: a row in which every
 * position is masked would be NaN there, or uniform, where Attention gives 0. So a mask
 *
 *   of finite numbers            is added as it is, and so is one whose rows were adjusted (mask.ts);
 *   of constants                 is added, -∞ as a large number, where every row leaves a position open;
 *   Where(keep, 0, -∞)           becomes keep itself, with one more key in front, a past of zeros, which is open
 *                                exactly in rows that keep no other: such a row then attends to a value of 0.
 */
import type { Builder, Dim, Tensor } from '../../engine'
import { isStatic } from '../../engine'
import { parentOf, sameDim } from '../values'
import { extremes, FLOOR, maskFloor, raiseFloor } from './mask'
import { given, knownShape, nth } from '../known'

/** Operands of com.microsoft.Attention that stand for the mask; null for one that is not given. */
export interface PackedOperands {
  readonly index: Tensor | null
  readonly past: Tensor | null
  readonly bias: Tensor | null
  /** What the kernel adds where `index` is 0. */
  readonly filter: number | null
}

export interface HeadSizes {
  readonly heads: number
  readonly size: number
}

export interface PackedMask {
  readonly make: (b: Builder, sizes: HeadSizes) => PackedOperands
}

export interface Misfit {
  readonly expected: string
  readonly found: string
}

const FOUND = {
  none: 'none',
  finite: 'finite numbers',
  lowest: "its type's lowest number",
  infinite: '-∞ beside other numbers',
  unknown: 'a mask of unknown values',
  adjusted: 'a mask with its rows adjusted',
}

const NONE: PackedOperands = { index: null, past: null, bias: null, filter: null }

/** How the mask of an attention over x [batch, length, width] is given, or why it cannot be. */
export function packedMask(mask: Tensor | null, x: Tensor): PackedMask | Misfit {
  if (!mask) return { make: () => NONE }
  const [batch, length] = [x.shape?.[0], x.shape?.[1]]
  const fits =
    mask.rank === 4 &&
    sameDim(knownShape(mask)[2], length) &&
    sameDim(knownShape(mask)[3], length) &&
    (knownShape(mask)[0] === 1 || sameDim(knownShape(mask)[0], batch))
  if (!fits)
    return {
      expected: 'a mask [1 or batch, 1 or heads, length, length]',
      found: `[${mask.shape?.join(', ') ?? '...'}]`,
    }
  const floor = maskFloor(mask)
  if (floor === 'finite' || floor === 'adjusted') return { make: () => ({ ...NONE, bias: mask }) }
  if (mask.value && hasOpenRows(mask)) return { make: (b) => ({ ...NONE, bias: raiseFloor(b, mask) }) }
  const keep = floor === 'infinite' ? keptBy(mask) : null
  if (!keep)
    return {
      expected: 'a mask of finite numbers, or one that a condition chooses from 0 and -∞',
      found: mask.parent ? FOUND[floor] : `${FOUND[floor]}, from ${mask.name}`,
    }
  const [b, h, rows] = knownShape(keep)
  const asIndex = keep.rank === 4 && h === 1 && sameDim(b, batch) && (rows === 1 || sameDim(rows, length))
  if (!asIndex || !sameDim(knownShape(keep)[3], length) || x.dtype !== 'float32')
    return {
      expected: 'a condition [batch, 1, 1 or length, length], one for all heads, of float32 attention',
      found: `[${knownShape(keep).join(', ')}] for ${x.dtype} [${knownShape(x).join(', ')}]`,
    }
  return { make: (builder, sizes) => withOpenKey(builder, keep, sizes) }
}

/** Whether every row of a constant mask has a number that is not -∞. */
function hasOpenRows(mask: Tensor): boolean {
  if (!mask.value?.isAvailable) return false
  const values = mask.value.numbers()
  const width = knownShape(mask).at(-1) as number
  const open = new Uint8Array(values.length / width)
  for (let i = 0; i < values.length; i++) if (values[i]! > FLOOR) open[Math.floor(i / width)] = 1
  return open.every((x) => x === 1)
}

/** The condition of Where(keep, 0, -∞); null for any other mask. */
function keptBy(mask: Tensor): Tensor | null {
  const where = parentOf(mask, 'Where')
  const keep = where?.input(0)
  if (!where || !keep?.shape || keep.shape.length !== 4) return null
  const [kept, masked] = [extremes(where.input(1)), extremes(where.input(2))]
  return kept?.[0] === 0 && kept[1] === 0 && masked?.[1] === -Infinity ? keep : null
}

/** keep [batch, 1, rows, length] as integers [batch, rows, 1 + length]; with one row [batch, 1 + length]. */
function withOpenKey(b: Builder, keep: Tensor, { heads, size }: HeadSizes): PackedOperands {
  const [batch, , rows, length] = knownShape(keep)
  const shape: Dim[] = rows === 1 ? [given(batch), given(length)] : [given(batch), given(rows), given(length)]
  const flat = isStatic(shape)
    ? b.call('Reshape', [keep, b.ints(...shape)])
    : b.call('Squeeze', [keep, rows === 1 ? b.ints(1, 2) : b.ints(1)])
  const open = b.call('Cast', [flat], { to: INT32 })
  const any = b.call('ReduceMax', [open, b.ints(-1)], { keepdims: 1 })
  const none = b.call('Sub', [b.scalar('int32', 1), any])
  const index = b.call('Concat', [none, open], { axis: -1 })
  return { index, past: pastOfZeros(b, keep, heads, size), bias: null, filter: FLOOR }
}

/** One key and one value of zeros for each head: [2, batch, heads, 1, size]. */
function pastOfZeros(b: Builder, keep: Tensor, heads: number, size: number): Tensor {
  const batch = nth(knownShape(keep), 0)
  if (typeof batch === 'number')
    return b.constant('float32', [2, batch, heads, 1, size], new Float32Array(2 * batch * heads * size))
  const one = b.constant('float32', [2, 1, heads, 1, size], new Float32Array(2 * heads * size))
  const count = b.call('Shape', [keep], { start: 0, end: 1 })
  return b.call('Expand', [one, b.call('Concat', [b.ints(1), count, b.ints(1, 1, 1)], { axis: 0 })])
}

/** ONNX's number for int32. */
const INT32 = 6
