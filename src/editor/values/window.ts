/** A part of a tensor as a table of two of its axes, at chosen places along the others. */
import type { ConstantValue } from '../../engine'
import { BITS } from '../../engine'
import { numberText } from '../text/value-text'
import type { Elements } from './elements'
import { readElements, sizeOf } from './elements'

/** Which part: axes by number. A tensor of one axis is a column, one of none a single cell. */
export interface TableWindow {
  readonly rowAxis: number | null
  readonly columnAxis: number | null
  /** A place along every axis; those of rows and columns do not count. */
  readonly at: readonly number[]
  readonly rows: readonly [from: number, to: number]
  readonly columns: readonly [from: number, to: number]
}

/** So many bytes are read at once for elements that lie apart. */
const AT_ONCE = 2 ** 20
const AT_ONCE_A_ROW = 2 ** 15

/** @returns the texts of the cells, row by row @throws Error where they cannot be read, or lie beyond the tensor */
export async function readWindow(elements: Elements, window: TableWindow): Promise<string[]> {
  const { shape } = elements
  const strides = stridesOf(shape)
  const stride = (axis: number | null): number => (axis === null ? 0 : strides[axis]!)
  const [down, across] = [stride(window.rowAxis), stride(window.columnAxis)]
  const base = shape.reduce(
    (sum, _, axis) =>
      axis === window.rowAxis || axis === window.columnAxis ? sum : sum + window.at[axis]! * strides[axis]!,
    0,
  )
  const [r0, r1] = window.rows
  const [c0, c1] = window.columns
  if (r1 <= r0 || c1 <= c0) return []
  const position = (row: number, column: number): number => base + row * down + column * across
  const last = position(r1 - 1, c1 - 1)
  if (!(base >= 0) || last >= sizeOf(shape)) throw new RangeError('the table goes beyond the tensor')
  const fits = (from: number, to: number, most: number): boolean => ((to - from + 1) * BITS[elements.dtype]) / 8 <= most
  const cell = textOf(elements.dtype)
  if (fits(position(r0, c0), last, AT_ONCE)) {
    const read = await readElements(elements, position(r0, c0), last + 1)
    return cellsOf(r0, r1, c0, c1, (r, c) => cell(read.value, position(r, c) - read.from))
  }
  const rows = Array.from({ length: r1 - r0 }, async (_, i) => {
    const [from, to] = [position(r0 + i, c0), position(r0 + i, c1 - 1)]
    if (fits(from, to, AT_ONCE_A_ROW)) {
      const read = await readElements(elements, from, to + 1)
      return cellsOf(0, 1, c0, c1, (_row, c) => cell(read.value, position(r0 + i, c) - read.from))
    }
    return Promise.all(
      Array.from({ length: c1 - c0 }, async (_cell, k) => {
        const at = position(r0 + i, c0 + k)
        const read = await readElements(elements, at, at + 1)
        return cell(read.value, at - read.from)
      }),
    )
  })
  return (await Promise.all(rows)).flat()
}

/** In row-major order, how far apart neighbours along each axis lie. */
function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1)
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!
  return strides
}

function cellsOf(
  r0: number,
  r1: number,
  c0: number,
  c1: number,
  cell: (row: number, column: number) => string,
): string[] {
  const cells: string[] = []
  for (let r = r0; r < r1; r++) for (let c = c0; c < c1; c++) cells.push(cell(r, c))
  return cells
}

/** How one element is written: integers to the digit. */
function textOf(dtype: ConstantValue['dtype']): (value: ConstantValue, index: number) => string {
  if (dtype === 'bool') return (value, i) => (value.at(i) === 0 ? 'false' : 'true')
  if (dtype === 'int64' || dtype === 'uint64') {
    return ({ bytes }, i) => {
      const view = new DataView(bytes!.buffer, bytes!.byteOffset)
      const exact = dtype === 'int64' ? view.getBigInt64(i * 8, true) : view.getBigUint64(i * 8, true)
      return String(exact).replace('-', '−')
    }
  }
  if (!dtype.includes('float')) return (value, i) => String(value.at(i)).replace('-', '−')
  return (value, i) => numberText(value.at(i))
}
