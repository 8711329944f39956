/** The fields that a rule is edited in beside its boards. */
import { useState } from 'react'

interface RowProps {
  readonly label: string
  readonly value: string
  readonly set: (value: string) => void
  readonly list?: string
  readonly placeholder?: string
  /** The label is read out, not shown. */
  readonly hidden?: boolean
}

/** A text that counts once it is left, or Enter is pressed. */
export function Row({ label, value, set, list, placeholder, hidden = false }: RowProps) {
  const [text, setText] = useState(value)
  const done = (): void => {
    if (text !== value) set(text)
  }
  return (
    <label className="board-row">
      <span className={hidden ? 'visually-hidden' : undefined}>{label}</span>
      <input
        className="mono"
        value={text}
        list={list}
        placeholder={placeholder}
        onChange={(e) => setText(e.target.value)}
        onBlur={done}
        onKeyDown={(event) => {
          if (event.key === 'Enter') done()
          if (event.key === 'Escape') setText(value)
          if (event.key === 'Enter' || event.key === 'Escape') event.stopPropagation()
        }}
      />
    </label>
  )
}

export function Check({
  label,
  on,
  set,
}: {
  readonly label: string
  readonly on: boolean
  readonly set: (on: boolean) => void
}) {
  return (
    <label className="check">
      <input type="checkbox" checked={on} onChange={(e) => set(e.target.checked)} /> {label}
    </label>
  )
}
