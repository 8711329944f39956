/** The camera over React Flow's viewport. */
import type { ReactFlowInstance } from '@xyflow/react'
import type { Camera } from '../../editor'
import type { Rect } from '../../layout'
import type { MountedNode } from './mounted-nodes'
import { READABLE } from './paint/picture'
import type { Viewport } from './paint/picture'

const MARGIN = 48
/** What breadcrumbs take of the stage above, and the tools below: nothing that is gone to stands there. */
const ABOVE = 44
const BELOW = 68
const PAN = 320
const READING = 0.8

export function flowCamera(
  flow: ReactFlowInstance<MountedNode>,
  size: () => { width: number; height: number },
  still: () => boolean,
): Camera {
  /** Where the view is on its way to. */
  let aim: { readonly viewport: Viewport; readonly until: number } | null = null
  const go = (viewport: Viewport, animate: boolean) => {
    const moves = animate && !still()
    aim = moves ? { viewport, until: performance.now() + PAN } : null
    void flow.setViewport(viewport, moves ? { duration: PAN } : {})
  }
  const centred = (rect: Rect, zoom: number): Viewport => {
    const { width, height } = size()
    return {
      x: width / 2 - (rect.x + rect.width / 2) * zoom,
      y: (height + ABOVE - BELOW) / 2 - (rect.y + rect.height / 2) * zoom,
      zoom,
    }
  }
  const fitting = (rect: Rect): number => {
    const { width, height } = size()
    return Math.min((width - 2 * MARGIN) / Math.max(1, rect.width), (height - ABOVE - BELOW) / Math.max(1, rect.height))
  }
  return {
    where: () => flow.getViewport(),
    stand: (at) => go(at, false),
    view: () => {
      const { width, height } = size()
      const { x, y, zoom } = flow.getViewport()
      return { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom }
    },
    fit: (rect, animate) => go(centred(rect, Math.min(1, fitting(rect))), animate),
    read: (rect, animate, part = rect) => {
      const zoom = Math.min(1, fitting(rect))
      if (zoom >= READABLE) return go(centred(rect, zoom), animate)
      const { width } = size()
      const top = {
        x: width / 2 - (part.x + part.width / 2) * READING,
        y: ABOVE - part.y * READING,
        zoom: READING,
      }
      go(top, animate)
    },
    reveal: (rect) => {
      const { width, height } = size()
      const { x, y, zoom } = flow.getViewport()
      const [left, top] = [rect.x * zoom + x, rect.y * zoom + y]
      const [right, bottom] = [left + rect.width * zoom, top + rect.height * zoom]
      const inView = left >= 0 && top >= ABOVE && right <= width && bottom <= height - BELOW
      if (inView && zoom >= READABLE) return
      const wanted = zoom >= READABLE ? zoom : READING
      go(centred(rect, Math.min(wanted, Math.max(fitting(rect), 0.3))), true)
    },
    zoomBy: (factor) => void flow.zoomTo(flow.getZoom() * factor, still() ? {} : { duration: 120 }),
    hold: (from, to) => {
      const isOnItsWay = aim !== null && performance.now() < aim.until
      const { x, y, zoom } = isOnItsWay ? aim!.viewport : flow.getViewport()
      go({ x: x + (from.x - to.x) * zoom, y: y + (from.y - to.y) * zoom, zoom }, isOnItsWay)
    },
  }
}
