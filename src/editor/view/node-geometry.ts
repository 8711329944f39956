/** Where the parts of a node's box stand, in pixels from its top left corner: the same on the canvas and in SVG, as the style sheet has them. */
import type { NodeContent, Rect } from '../../layout'

export interface NodeGeometry {
  /** Of the corners. */
  readonly radius: number
  /** Where title and detail begin, and how far from the right edge the result ends. */
  readonly inset: number
  readonly end: number
  readonly titleBaseline: number
  readonly detailBaseline: number
  /** The bar in the colour of the category; null for what has none. */
  readonly bar: Rect | null
}

/** Of the heading of an open group. */
export const FRAME_HEADING = { x: 30, baseline: 18, size: 12, radius: 10 } as const

export const TITLE_SIZE = 13
export const SMALL_SIZE = 11

export const isPort = ({ category }: NodeContent): boolean => category === 'input' || category === 'output'

export function nodeGeometry(content: NodeContent, height: number): NodeGeometry {
  const port = isPort(content)
  const group = content.category === 'group'
  return {
    radius: port ? height / 2 : 7,
    inset: group ? 26 : port ? 16 : 14,
    end: 10,
    titleBaseline: content.detail ? 19 : height / 2 + 4.5,
    detailBaseline: 35,
    bar: port || group ? null : { x: 1, y: 7, width: 3, height: Math.max(4, height - 14) },
  }
}
