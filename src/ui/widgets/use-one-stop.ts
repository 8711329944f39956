import type { RefObject } from 'react'
import { useEffect } from 'react'

const FOCUSABLE = 'button, input, select, summary, [tabindex]'

/**
 * Makes a list one stop of the Tab key, however long it is: Up and Down lead from row to row, and Tab through the controls
 * of the row that the focus is in. A row is an element with `data-row`; its first button stands for it. A list is entered
 * at the row that was left, or else at the one that is chosen. Rows that come and go are taken in as they do.
 * @param there whether the list is on the page
 */
export function useOneStop(list: RefObject<HTMLElement | null>, there = true): void {
  useEffect(() => {
    const element = list.current
    if (!element) return
    let last: Element | null = null
    const rows = () => [...element.querySelectorAll<HTMLElement>('[data-row]')]
    const settle = () => {
      const all = rows()
      const chosen = all.find((row) => row.querySelector('[aria-pressed="true"].pattern, [aria-current]'))
      const stop = all.find((row) => row === last) ?? chosen ?? all[0]
      for (const row of all) {
        const tabIndex = row === stop ? 0 : -1
        for (const control of row.querySelectorAll<HTMLElement>(FOCUSABLE))
          if (control.tabIndex !== tabIndex) control.tabIndex = tabIndex
      }
    }
    const onFocus = (event: FocusEvent) => {
      last = (event.target as Element).closest('[data-row]')
      settle()
    }
    const onKey = (event: KeyboardEvent) => {
      const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
      const target = event.target as Element
      const row = target.closest<HTMLElement>('[data-row]')
      if (by === 0 || !row || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return
      if (target !== row.querySelector('button') && !target.matches('[type="checkbox"]')) return
      const all = rows()
      const next = all[all.indexOf(row) + by]
      event.preventDefault()
      event.stopPropagation()
      const kind = target.matches('[type="checkbox"]') ? '[type="checkbox"]' : 'button'
      const goal = next?.querySelector<HTMLElement>(kind) ?? next?.querySelector<HTMLElement>('button')
      goal?.focus()
    }
    settle()
    const observer = new MutationObserver(settle)
    observer.observe(element, { childList: true, subtree: true, attributeFilter: ['aria-current', 'aria-pressed'] })
    element.addEventListener('focusin', onFocus)
    element.addEventListener('keydown', onKey)
    return () => {
      observer.disconnect()
      element.removeEventListener('focusin', onFocus)
      element.removeEventListener('keydown', onKey)
    }
  }, [list, there])
}
