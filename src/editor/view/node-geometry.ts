/** Where the parts of a node's box stand, in pixels from its top left corner: the same on the canvas and in SVG, as the style sheet has them. */
import type { Category } from '../../engine'
import type { NodeContent, Rect } from '../../layout'

export interface NodeGeometry {
  /** Of the corners. */
  readonly radius: number
  /** Where title and detail begin, and how far from the right edge the result ends. */
  readonly inset: number
  readonly end: number
  readonly titleBaseline: number
  readonly detailBaseline: number
  /** The detail stands at the right of the title. */
  readonly detailBeside: boolean
  /** What the layers of a closed group are, a part for each category; null where that is not shown. */
  readonly strip: Rect | null
  /** The bar in the colour of the category; null for what has none. */
  readonly bar: Rect | null
}

/** Of the heading of an open group. */
export const FRAME_HEADING = { x: 30, baseline: 18, size: 12, radius: 10 } as const

export const TITLE_SIZE = 13
export const SMALL_SIZE = 11

export const isPort = ({ category }: NodeContent): boolean => category === 'input' || category === 'output'

/** How high the strip of a closed group is, and how much of the box is below it. */
const [STRIP, BELOW_STRIP] = [7, 9]

export function nodeGeometry(content: NodeContent, height: number): NodeGeometry {
  const port = isPort(content)
  const group = content.category === 'group'
  const inset = group ? 26 : port ? 16 : 14
  const end = 10
  const y = height - BELOW_STRIP - STRIP
  const mixed = (content.mix?.length ?? 0) > 0
  return {
    radius: port ? height / 2 : 7,
    inset,
    end,
    titleBaseline: content.detail ? 19 : height / 2 + 4.5,
    detailBaseline: 35,
    detailBeside: mixed && content.result === '',
    strip: mixed ? { x: inset, y, width: content.width - inset - end, height: STRIP } : null,
    bar: port || group ? null : { x: 1, y: 7, width: 3, height: Math.max(4, height - 14) },
  }
}

/** The parts of a strip that is so wide: where each begins, how wide it is, what it stands for. */
export function partsOfStrip(
  { mix = [] }: NodeContent,
  width: number,
): { x: number; width: number; category: Category }[] {
  const layers = mix.reduce((n, s) => n + s.layers, 0)
  let before = 0
  return mix.map((s) => {
    const x = (before / layers) * width
    before += s.layers
    return { x, width: (s.layers / layers) * width, category: s.category }
  })
}
