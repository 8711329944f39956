/** What part of a board is seen, and how large. */
import type { Viewport } from '@xyflow/react'
import type { Board } from '../../../editor'

/** Below this, what stands on a layer is not to be read. */
export const READABLE = 0.62

type Room = Pick<Board, 'width' | 'height'>

/** How large a board is drawn that is seen whole. */
export const fitting = (board: Room, width: number, height: number): number =>
  Math.min(width / board.width, height / board.height) * 0.94

export function whole(board: Room, width: number, height: number): Viewport {
  const zoom = Math.min(1.1, fitting(board, width, height))
  return { x: (width - board.width * zoom) / 2, y: (height - board.height * zoom) / 2, zoom }
}

/** As large as can be read, with the root, which stands lowest, in view. */
export function readable(board: Room, width: number, height: number): Viewport {
  const zoom = Math.min(1, Math.max(READABLE, (width / board.width) * 0.94))
  return { x: (width - board.width * zoom) / 2, y: height - board.height * zoom - 12, zoom }
}

/** How far a stretch has to move to be seen whole. */
export function shift(from: number, length: number, room: number): number {
  const margin = 8
  if (from < margin) return margin - from
  return Math.min(0, room - margin - from - length)
}
