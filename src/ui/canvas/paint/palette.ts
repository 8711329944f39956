/** The tokens that the canvas paints with, read from the style sheet whenever the theme changes. */
import { LEVELS } from '../../../editor'
import { CATEGORIES } from '../../../engine'
import type { NodeContent } from '../../../layout'

export interface Palette {
  readonly bg: string
  readonly surface: string
  readonly line: string
  readonly lineStrong: string
  readonly edge: string
  readonly text: string
  readonly dim: string
  readonly faint: string
  readonly match: string
  readonly good: string
  readonly bad: string
  readonly kind: string
  readonly gone: string
  readonly fresh: string
  readonly freshBg: string
  readonly frame: string
  readonly frameLine: string
  readonly accentBg: string
  readonly accentText: string
  readonly onAccent: string
  readonly font: string
  /** From the least to the most. */
  readonly heat: readonly string[]
  readonly category: Readonly<Record<NodeContent['category'], string>>
}

const KINDS_OF_BOX: readonly NodeContent['category'][] = [...CATEGORIES, 'group', 'input', 'output']

let known: { readonly colours: string; readonly palette: Palette } | null = null
/** Kept, because making one in every frame is dear. */
let dark: MediaQueryList | null = null

/** Whether the person's system is dark. */
export const darkSystem = (): MediaQueryList => (dark ??= window.matchMedia('(prefers-color-scheme: dark)'))

/** The palette of the theme that is shown; read once, as long as another is not. Asking for a style is dear in the middle of a step. */
export function currentPalette(element: Element, theme: string): Palette {
  const colours = `${theme} ${darkSystem().matches}`
  if (known?.colours !== colours) known = { colours, palette: readPalette(element) }
  return known.palette
}

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element)
  const get = (name: string) => style.getPropertyValue(`--${name}`).trim()
  return {
    bg: get('bg'),
    surface: get('surface'),
    line: get('line'),
    lineStrong: get('line-strong'),
    edge: get('edge'),
    text: get('text'),
    dim: get('dim'),
    faint: get('faint'),
    match: get('match'),
    good: get('good'),
    bad: get('bad'),
    kind: get('kind'),
    gone: get('gone'),
    fresh: get('new'),
    freshBg: get('new-bg'),
    frame: get('frame'),
    frameLine: get('frame-line'),
    accentBg: get('accent-bg'),
    accentText: get('accent-text'),
    onAccent: get('on-accent'),
    font: get('font'),
    heat: Array.from({ length: LEVELS }, (_, i) => get(`heat-${i + 1}`)),
    category: Object.fromEntries(KINDS_OF_BOX.map((c) => [c, get(`c-${c}`)])) as Record<
      NodeContent['category'],
      string
    >,
  }
}
