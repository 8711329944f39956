import type { ReactFlowInstance } from '@xyflow/react'
import type { MouseEvent } from 'react'
import { useRef, useState } from 'react'
import { multiCommands } from '../../editor'
import type { Rect } from '../../layout'
import { useEditor } from '../editor-context'
import type { MountedNode } from './mounted-nodes'
import type { SceneIndex } from './paint/scene-index'

/** Fewer pixels are a click. */
const LEAST = 4

/** A frame drawn with Shift held: what lies in it is selected. */
export function useSelectionFrame(flow: ReactFlowInstance<MountedNode>, index: SceneIndex) {
  const editor = useEditor()
  /** In the canvas. */
  const [frame, setFrame] = useState<Rect | null>(null)
  /** The click that ends a drag is none. */
  const dragged = useRef(false)

  const onMouseDownCapture = (event: MouseEvent<HTMLElement>) => {
    dragged.current = false
    const isPane = (event.target as Element).classList.contains('react-flow__pane')
    if (!event.shiftKey || event.button !== 0 || !isPane) return
    // The pane would be dragged along.
    event.stopPropagation()
    event.preventDefault()
    const { left, top } = event.currentTarget.getBoundingClientRect()
    const [x0, y0] = [event.clientX, event.clientY]
    const boxTo = (x: number, y: number): Rect => ({
      x: Math.min(x0, x),
      y: Math.min(y0, y),
      width: Math.abs(x - x0),
      height: Math.abs(y - y0),
    })
    const move = (e: globalThis.MouseEvent) => {
      const box = boxTo(e.clientX, e.clientY)
      dragged.current ||= Math.max(box.width, box.height) >= LEAST
      if (dragged.current) setFrame({ ...box, x: box.x - left, y: box.y - top })
    }
    const up = (e: globalThis.MouseEvent) => {
      window.removeEventListener('mousemove', move)
      window.removeEventListener('mouseup', up)
      setFrame(null)
      if (!dragged.current) return
      const box = boxTo(e.clientX, e.clientY)
      const from = flow.screenToFlowPosition({ x: box.x, y: box.y })
      const to = flow.screenToFlowPosition({ x: box.x + box.width, y: box.y + box.height })
      const inside = nodesInside(index, { x: from.x, y: from.y, width: to.x - from.x, height: to.y - from.y })
      multiCommands.selectAll(editor, inside)
    }
    window.addEventListener('mousemove', move)
    window.addEventListener('mouseup', up)
  }
  const onClickCapture = (event: MouseEvent) => {
    if (!dragged.current) return
    dragged.current = false
    event.stopPropagation()
  }
  return { frame, onMouseDownCapture, onClickCapture }
}

/** Those whose middle is in it, from the top down. */
function nodesInside(index: SceneIndex, rect: Rect): string[] {
  const holds = (x: number, y: number): boolean =>
    x >= rect.x && x <= rect.x + rect.width && y >= rect.y && y <= rect.y + rect.height
  return index
    .nodesIn(rect)
    .filter((n) => holds(n.x + n.width / 2, n.y + n.height / 2))
    .sort((a, b) => a.y - b.y || a.x - b.x)
    .map((n) => n.key)
}
