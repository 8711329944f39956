/** Which two axes of a tensor the table shows, and at which place along the others. */
export interface Slice {
  readonly rowAxis: number | null
  readonly columnAxis: number | null
  readonly at: readonly number[]
}

/** The last axis across, the one before down, the first place of all others. */
export function firstSlice(shape: readonly number[]): Slice {
  const rank = shape.length
  return {
    rowAxis: rank === 0 ? null : rank === 1 ? 0 : rank - 2,
    columnAxis: rank < 2 ? null : rank - 1,
    at: shape.map(() => 0),
  }
}

interface Props {
  readonly shape: readonly number[]
  readonly slice: Slice
  readonly onChange: (slice: Slice) => void
}

export function AxisTools({ shape, slice, onChange }: Props) {
  const { rowAxis, columnAxis, at } = slice
  if (shape.length < 2) return null
  /** Another axis down or across; where it is the other one's, they change places. */
  const put = (which: 'rowAxis' | 'columnAxis', axis: number): void => {
    const other = which === 'rowAxis' ? 'columnAxis' : 'rowAxis'
    onChange({ ...slice, [which]: axis, ...(slice[other] === axis && { [other]: slice[which] }) })
  }
  const axes = shape.map((size, axis) => ({ axis, size }))
  return (
    <div className="axis-tools" role="group" aria-label="Axes of the table">
      {(['rowAxis', 'columnAxis'] as const).map((which) => (
        <label key={which}>
          {which === 'rowAxis' ? 'Rows' : 'Columns'}
          <select value={slice[which] ?? 0} onChange={({ target }) => put(which, Number(target.value))}>
            {axes.map(({ axis, size }) => (
              <option key={axis} value={axis}>
                axis {axis} ({size.toLocaleString('en')})
              </option>
            ))}
          </select>
        </label>
      ))}
      {axes.map(({ axis, size }) =>
        axis === rowAxis || axis === columnAxis ? null : (
          <label key={axis}>
            axis {axis} at
            <input
              type="number"
              min={0}
              max={size - 1}
              value={at[axis]}
              onChange={({ target }) => {
                const place = Math.min(size - 1, Math.max(0, Math.trunc(Number(target.value) || 0)))
                onChange({ ...slice, at: at.map((a, i) => (i === axis ? place : a)) })
              }}
            />
            <span className="dim">of {size.toLocaleString('en')}</span>
          </label>
        ),
      )}
    </div>
  )
}
