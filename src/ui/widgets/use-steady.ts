import { useCallback, useLayoutEffect, useRef } from 'react'

/** A handler that stays one and the same while what it does changes: for a child that does all its work anew for another. */
export function useSteady<A extends unknown[], R>(handler: (...of: A) => R): (...of: A) => R {
  const newest = useRef(handler)
  useLayoutEffect(() => {
    newest.current = handler
  })
  return useCallback((...of: A) => newest.current(...of), [])
}
