import { useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { ShownValue } from '../../editor'
import { AxisTools, firstSlice } from './AxisTools'
import { scrollScale } from './scroll-scale'
import { useCells } from './use-cells'

const [ROW, COLUMN, HEAD, SIDE] = [22, 92, 22, 72]

/** The elements as a table; only those in view are read. */
export function ValueTable({ of, shape }: { readonly of: ShownValue['of']; readonly shape: readonly number[] }) {
  const [slice, setSlice] = useState(() => firstSlice(shape))
  const rowCount = slice.rowAxis === null ? 1 : shape[slice.rowAxis]!
  const columnCount = slice.columnAxis === null ? 1 : shape[slice.columnAxis]!
  const frame = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ top: 0, left: 0, width: 600, height: 400 })
  const look = () => {
    const e = frame.current
    if (e) setView({ top: e.scrollTop, left: e.scrollLeft, width: e.clientWidth, height: e.clientHeight })
  }
  useLayoutEffect(() => {
    if (!frame.current) return
    const observer = new ResizeObserver(look)
    observer.observe(frame.current)
    return () => observer.disconnect()
  }, [])
  const down = useMemo(() => scrollScale(rowCount, ROW, view.height - HEAD), [rowCount, view.height])
  const across = useMemo(() => scrollScale(columnCount, COLUMN, view.width - SIDE), [columnCount, view.width])
  const rows = useMemo(() => partOf(down.first(view.top), view.height / ROW, rowCount), [down, view, rowCount])
  const columns = useMemo(
    () => partOf(across.first(view.left), view.width / COLUMN, columnCount),
    [across, view, columnCount],
  )
  const { cells, problem } = useCells(of, slice, rows, columns)
  const goTo = (row: number) => frame.current?.scrollTo({ top: down.to(row) })
  if (rowCount === 0 || columnCount === 0) return <p className="hint">The tensor has no elements.</p>
  return (
    <div className="value-table">
      <div className="row">
        <AxisTools shape={shape} slice={slice} onChange={setSlice} />
        {rowCount * ROW > view.height && (
          <label className="go-to">
            Go to row
            <input
              type="number"
              min={0}
              max={rowCount - 1}
              onChange={({ target }) =>
                target.value !== '' && goTo(Math.min(rowCount - 1, Math.max(0, Number(target.value))))
              }
            />
          </label>
        )}
      </div>
      {problem !== null && (
        <p className="hint bad" role="alert">
          The elements cannot be read: {problem}
        </p>
      )}
      <div
        ref={frame}
        className="cells"
        role="table"
        aria-label="Elements"
        aria-rowcount={rowCount + 1}
        aria-colcount={columnCount + 1}
        tabIndex={0}
        onScroll={look}
      >
        <div
          className="cells-extent"
          role="presentation"
          style={{ height: down.extent + HEAD, width: across.extent + SIDE }}
        >
          <div
            className="cells-view"
            role="presentation"
            style={{
              gridTemplateColumns: `${SIDE}px repeat(${columns[1] - columns[0]}, ${COLUMN}px)`,
              width: view.width,
              height: view.height,
            }}
          >
            <div role="row" className="cells-row">
              <span role="columnheader" className="corner" aria-label="Row" />
              {range(columns).map((c) => (
                <span key={c} role="columnheader">
                  {c}
                </span>
              ))}
            </div>
            {range(rows).map((r) => (
              <div key={r} role="row" className="cells-row" aria-rowindex={r + 2}>
                <span role="rowheader">{r}</span>
                {range(columns).map((c) => (
                  <span key={c} role="cell">
                    {cells ? (textAt(cells, r, c) ?? '…') : '…'}
                  </span>
                ))}
              </div>
            ))}
          </div>
        </div>
      </div>
    </div>
  )
}

/** As many from the first on as are in view, the last one cut; at the end, those before it. */
function partOf(first: number, room: number, count: number): readonly [number, number] {
  const shown = Math.ceil(room) + 1
  return [first, Math.min(count, first + shown)]
}

const range = ([from, to]: readonly [number, number]): number[] => Array.from({ length: to - from }, (_, i) => from + i)

function textAt(
  { rows, columns, texts }: NonNullable<ReturnType<typeof useCells>['cells']>,
  row: number,
  column: number,
): string | undefined {
  const inside = row >= rows[0] && row < rows[1] && column >= columns[0] && column < columns[1]
  return inside ? texts[(row - rows[0]) * (columns[1] - columns[0]) + column - columns[0]] : undefined
}
