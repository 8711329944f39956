/** How large the docks are at first, at least and at most, and the sizes that the person has chosen. */
import type { GridLayout, GridTrackProps } from 'react-resizable-panels'

const KEY = 'graft-docks'
/** Below this width of the window the docks begin narrower. */
const NARROW = 1180
/** Heights of the timeline before and after the first step, in pixels. */
const FRESH = 132
/** In a window as high as this nothing is said below the edge. */
const [HIGH, FRESH_IN_HIGH] = [860, 184]
const STEPS = [184, 0.26, 280] as const

const dock = (defaultSize: number, minSize: number): GridTrackProps => ({
  defaultSize,
  minSize,
  maxSize: '45%',
  collapsible: true,
  groupResizeBehavior: 'preserve-pixel-size',
})

export function dockColumns(): GridTrackProps[] {
  const narrow = window.innerWidth < NARROW
  return [
    { id: 'left', ...dock(narrow ? 208 : 248, 160) },
    { id: 'stage', minSize: '25%' },
    { id: 'right', ...dock(narrow ? 264 : 320, 220) },
  ]
}

export const dockRows = (): GridTrackProps[] => [
  { id: 'top', minSize: '25%' },
  { id: 'bottom', ...dock(FRESH, 100), maxSize: '70%' },
]

/** The height of the timeline that suits the window. @param fresh before the first step */
export function timelineHeight(fresh: boolean): number {
  const [least, part, most] = STEPS
  if (fresh) return window.innerHeight < HIGH ? FRESH : FRESH_IN_HIGH
  return Math.min(most, Math.max(least, window.innerHeight * part))
}

/** The width of a dock in which something is written. */
export const wideDock = (): number => Math.min(560, Math.max(360, window.innerWidth * 0.34))

/** The height of the bottom dock while a rule is drawn in it. */
export const tallDock = (): number => Math.min(460, Math.max(280, window.innerHeight * 0.44))

/** null where the person has chosen none. */
export function rememberedLayout(): GridLayout | null {
  try {
    const layout = JSON.parse(localStorage.getItem(KEY) ?? 'null') as Partial<GridLayout> | null
    return isSizes(layout?.columns, ['left', 'stage', 'right']) && isSizes(layout?.rows, ['top', 'bottom'])
      ? (layout as GridLayout)
      : null
  } catch {
    return null
  }
}

export function rememberLayout(layout: GridLayout): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(layout))
  } catch {
    // Without storage they are as they come after a reload.
  }
}

function isSizes(sizes: unknown, ids: readonly string[]): boolean {
  if (typeof sizes !== 'object' || sizes === null) return false
  const values = ids.map((id) => (sizes as Record<string, unknown>)[id])
  const sum = values.reduce<number>((s, v) => s + (typeof v === 'number' && v >= 0 ? v : NaN), 0)
  return Object.keys(sizes).length === ids.length && Math.abs(sum - 100) < 1
}
