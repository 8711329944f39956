import type { RefObject } from 'react'
import { useLayoutEffect, useState } from 'react'

/** Which rows of a long list are in view, for lists whose rows are equally high. */
export function useVirtualRows(list: RefObject<HTMLElement | null>, count: number, row: number) {
  const [view, setView] = useState({ top: 0, height: 600 })
  const look = () => {
    const element = list.current
    if (element) setView({ top: element.scrollTop, height: element.clientHeight })
  }
  useLayoutEffect(() => {
    const element = list.current
    if (!element) return
    const observer = new ResizeObserver(look)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  const from = Math.max(0, Math.floor(view.top / row) - 6)
  const to = Math.min(count, Math.ceil((view.top + view.height) / row) + 6)
  return { from, to, onScroll: look }
}
