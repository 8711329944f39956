import { useReactFlow, useStore } from '@xyflow/react'
import type { PointerEvent } from 'react'
import { memo, useEffect, useRef } from 'react'
import type { Halo } from '../../editor'
import { partsOf } from '../../layout'
import type { SceneNode } from '../../layout'
import { useEditorState } from '../editor-context'
import { currentPalette } from './paint/palette'
import type { SceneIndex } from './paint/scene-index'

/** Room for the little picture, and its edge; in a small stage there is less of it. Never less wide than can be hit. */
const ROOM = [120, 168] as const
const SMALL_ROOM = [72, 112] as const
const EDGE = 8
const NARROWEST = 40

interface Props {
  readonly index: SceneIndex
  readonly halos: ReadonlyMap<string, Halo>
}

/** The whole picture in little, where matches are in it, and the part in view; a click goes there. Not shown where all is in view. */
export const Minimap = memo(function Minimap({ index, halos }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const flow = useReactFlow()
  const theme = useEditorState((s) => s.theme)
  const { scene } = index
  const small = useStore((s) => s.width < 640 || s.height < 560)
  // The tools take all of the width then.
  const narrow = useStore((s) => s.width < 640)
  const [most, down] = small ? SMALL_ROOM : ROOM
  const scale = Math.min((most - 2 * EDGE) / Math.max(1, scene.width), (down - 2 * EDGE) / Math.max(1, scene.height))
  // A deep network is a thin line: it is given no more than that.
  const across = Math.max(NARROWEST, Math.ceil(scene.width * scale + 2 * EDGE))
  const left = (across - scene.width * scale) / 2
  const top = (down - scene.height * scale) / 2

  useEffect(() => {
    const ctx = canvas.current?.getContext('2d')
    if (!canvas.current || !ctx) return
    const ratio = window.devicePixelRatio
    Object.assign(canvas.current, { width: across * ratio, height: down * ratio })
    const palette = currentPalette(canvas.current, theme)
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0)
    ctx.clearRect(0, 0, across, down)
    const box = (node: SceneNode, dx: number, dy: number): void => {
      if (node.open) return
      const lit = halos.has(node.key)
      ctx.fillStyle = lit ? palette.match : palette.gone
      const [w, h] = [Math.max(2, node.width * scale), Math.max(lit ? 2 : 1, node.height * scale)]
      ctx.fillRect(left + (node.x + dx) * scale, top + (node.y + dy) * scale, w, h)
    }
    const parts = partsOf(scene)?.parts
    if (parts) for (const { inside, x, y } of parts) for (const node of inside.nodes) box(node, x, y)
    else for (const node of scene.nodes) box(node, 0, 0)
  }, [scene, halos, theme, scale, left, top, across, down])

  const view = useStore((s) => {
    const [x, y, zoom] = s.transform
    return [-x / zoom, -y / zoom, s.width / zoom, s.height / zoom].map((v) => Math.round(v)).join(' ')
  })
  const [x = 0, y = 0, width = 0, height = 0] = view.split(' ').map(Number)

  const go = (event: PointerEvent<HTMLDivElement>) => {
    const at = event.currentTarget.getBoundingClientRect()
    const zoom = flow.getZoom()
    const cx = (event.clientX - at.left - left) / scale
    const cy = (event.clientY - at.top - top) / scale
    void flow.setCenter(cx, cy, { zoom })
  }
  const begin = (event: PointerEvent<HTMLDivElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId)
    go(event)
  }
  // A drag that began elsewhere only comes by.
  const follow = (event: PointerEvent<HTMLDivElement>) => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) go(event)
  }
  const all = x <= 0 && y <= 0 && x + width >= scene.width && y + height >= scene.height
  if (index.count === 0) return null
  const clamp = (v: number, most: number) => Math.min(most, Math.max(0, v))
  const x0 = clamp(left + x * scale, across - 4)
  const y0 = clamp(top + y * scale, down - 4)
  const x1 = clamp(left + (x + width) * scale, across)
  const y1 = clamp(top + (y + height) * scale, down)
  return (
    <div
      className={narrow ? 'minimap raised' : 'minimap'}
      hidden={all}
      style={{ width: across, height: down }}
      onPointerDown={begin}
      onPointerMove={follow}
    >
      <canvas ref={canvas} style={{ width: across, height: down }} aria-hidden="true" />
      <svg width={across} height={down} className="minimap-view" aria-hidden="true">
        <rect x={x0} y={y0} width={Math.max(4, x1 - x0)} height={Math.max(4, y1 - y0)} rx="2" />
      </svg>
    </div>
  )
})
