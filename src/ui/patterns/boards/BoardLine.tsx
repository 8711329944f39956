/** A line of a board, in the colour of its value. */
import { BaseEdge } from '@xyflow/react'
import type { Edge, EdgeProps } from '@xyflow/react'
import type { BoardEdge } from '../../../editor'

export type FlowEdge = Edge<{ readonly tint: string | undefined; readonly via: BoardEdge['via'] }, 'line'>

export function BoardLine({ sourceX, sourceY, targetX, targetY, data }: EdgeProps<FlowEdge>) {
  const points = [{ x: sourceX, y: sourceY }, ...(data?.via ?? []), { x: targetX, y: targetY }]
  const tint = data?.tint
  return <BaseEdge path={bent(points)} style={{ stroke: tint ?? 'var(--edge)', strokeWidth: tint ? 2 : 1.5 }} />
}

/** Upright at each point. */
function bent(points: readonly { readonly x: number; readonly y: number }[]): string {
  const [first, ...rest] = points
  let path = `M${first!.x} ${first!.y}`
  rest.forEach((to, i) => {
    const from = points[i]!
    const middle = (from.y + to.y) / 2
    path += `C${from.x} ${middle} ${to.x} ${middle} ${to.x} ${to.y}`
  })
  return path
}
