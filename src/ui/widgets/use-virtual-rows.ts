import type { RefObject } from 'react'
import { useLayoutEffect, useState } from 'react'

/** Which rows of a long list are in view, for lists whose rows are equally high. */
export function useVirtualRows(list: RefObject<HTMLElement | null>, count: number, row: number) {
  const [view, setView] = useState({ top: 0, height: 600 })
  const look = () => {
    const element = list.current
    if (element) setView({ top: element.scrollTop, height: element.clientHeight })
  }
  // A list that was empty may be another element now.
  const empty = count === 0
  useLayoutEffect(() => {
    const element = list.current
    if (!element) return
    const observer = new ResizeObserver(look)
    observer.observe(element)
    return () => observer.disconnect()
  }, [list, empty])
  return { ...rowsInView(view, count, row), onScroll: look }
}

/** Rows from `from` up to `to`. A list that became shorter is not scrolled further than its end. */
export function rowsInView(
  { top, height }: { readonly top: number; readonly height: number },
  count: number,
  row: number,
) {
  const start = Math.min(top, Math.max(0, count * row - height))
  const from = Math.max(0, Math.floor(start / row) - 6)
  const to = Math.min(count, Math.ceil((start + height) / row) + 6)
  return { from, to }
}
