import type { Dim, Shape } from './types'

/** The dimension that both describe: a number tells more than a name, a name more than nothing. */
function mergeDims(a: Dim, b: Dim): Dim {
  if (typeof a === 'number') return a
  if (typeof b === 'number') return b
  return a ?? b
}

/** What two descriptions of one shape tell together; `a` itself where `b` adds nothing. `a` wins where they disagree. */
export function mergeShapes(a: Shape | null, b: Shape | null): Shape | null {
  if (a === b || b === null) return a
  if (a === null) return b
  if (a.length !== b.length) return a
  let changed = false
  const merged = a.map((d, i) => {
    const m = mergeDims(d, b[i] ?? null)
    if (m !== d) changed = true
    return m
  })
  return changed ? merged : a
}

/** Whether every size is known as a number. */
export function isStatic(shape: Shape | null): shape is readonly number[] {
  return shape !== null && shape.every((d) => typeof d === 'number')
}

/** Whether both are known and certainly equal: symbolic sizes by name, unknown ones never. */
export function sameShape(a: Shape | null, b: Shape | null): boolean {
  if (a === null || b === null || a.length !== b.length) return false
  return a.every((d, i) => d !== null && d === b[i])
}

/** Whether two shapes can stand for one value: no static size contradicts another. */
export function compatibleShapes(a: Shape | null, b: Shape | null): boolean {
  if (a === null || b === null) return true
  if (a.length !== b.length) return false
  return a.every((d, i) => typeof d !== 'number' || typeof b[i] !== 'number' || d === b[i])
}
