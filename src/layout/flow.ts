/** Space inside a frame, on all sides. */
export const PADDING = 20
/** Height of a frame's heading. */
export const HEADING = 28
/** Between boxes of one rank. */
export const SIDE_GAP = 28

/** Which way values run through a picture. */
export type Direction = 'down' | 'right'

/**
 * What the direction decides of a layout. A layout is worked out as if values ran down, x across them and y along them;
 * a picture to the right is that one mirrored at its diagonal, with boxes that lie on their side meanwhile.
 */
export interface Flow {
  readonly direction: Direction
  /** Between one rank and the next: room for a value's type beside its line, or above it. */
  readonly rankGap: number
  /** Between the corner of a frame and its content, with the heading, which is at the upper edge either way. */
  readonly before: { readonly x: number; readonly y: number }
  /** Between values of one box that are only named, and after the last. */
  readonly stubGap: number
  readonly stubEnd: number
}

const HEAD = HEADING + PADDING / 2

const FLOWS: Record<Direction, Flow> = {
  down: { direction: 'down', rankGap: 44, before: { x: PADDING, y: HEAD }, stubGap: 16, stubEnd: 12 },
  right: { direction: 'right', rankGap: 92, before: { x: HEAD, y: PADDING }, stubGap: 5, stubEnd: 6 },
}

export const flowOf = (direction: Direction): Flow => FLOWS[direction]
