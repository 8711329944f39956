import { useStoreApi } from '@xyflow/react'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { Halo, HeatMap, Lit, Mark, PreviewFrames } from '../../editor'
import { breakpointNodes, selectedKeys, typeText } from '../../editor'
import { anchorOf, nodeNamed } from '../../layout'
import { useEditor, useEditorState } from '../editor-context'
import { OnceAFrame } from './paint/once-a-frame'
import { paint } from './paint/painter'
import { currentPalette, darkSystem } from './paint/palette'
import type { NamedArea } from './paint/picture'
import type { SceneIndex } from './paint/scene-index'

interface Props {
  readonly index: SceneIndex
  readonly halos: ReadonlyMap<string, Halo>
  readonly real: ReadonlySet<string>
  readonly preview: PreviewFrames | null
  /** While networks are compared. */
  readonly marks: ReadonlyMap<string, Mark> | null
  readonly heat?: HeatMap | null
  /** It shows another network than the open one, which never moves. */
  readonly other?: boolean
  readonly lit?: Lit | null
  /** The tensor under the mouse. */
  readonly hovered?: number | null
  /** Told where names of tensors stand, whenever it was painted. */
  readonly names?: { current: readonly NamedArea[] }
}

/** The one canvas behind the real nodes. Painted in the very frame in which the viewport moves, so that both agree. */
export function PaintLayer({ index, halos, real, preview, marks, names, ...rest }: Props) {
  const { heat = null, other = false, hovered = null, lit = null } = rest
  const editor = useEditor()
  const flow = useStoreApi()
  const canvas = useRef<HTMLCanvasElement>(null)
  const selected = useEditorState((s) => s.selected)
  const several = useEditorState((s) => s.several)
  const ringed = useMemo(() => {
    const keys = selectedKeys({ selected, several })
    return new Set(keys.map((key) => shownAs(index, key)))
  }, [index, selected, several])
  const pointed = useEditorState((s) =>
    s.pointedLayer === null ? null : (anchorOf(s.scene, s.pointedLayer)?.key ?? null),
  )
  const breakpoints = useEditorState((s) => s.breakpoints)
  const breaks = useMemo(() => breakpointNodes(index.scene, breakpoints), [index, breakpoints])
  const theme = useEditorState((s) => s.theme)
  const [painting] = useState(newPainting)
  useEffect(() => () => painting.once.stop(), [painting])

  useEffect(() => {
    const element = canvas.current
    const ctx = element?.getContext('2d')
    if (!element || !ctx) return
    const labelOf = (edge: { tensor: number }) => {
      const tensor = editor.session?.replica.getTensor(edge.tensor)?.record
      return tensor ? typeText(tensor.dtype, tensor.shape) : ''
    }
    const draw = () => {
      const { width, height, transform } = flow.getState()
      const ratio = window.devicePixelRatio
      const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)]
      if (w === 0 || h === 0) return
      if (element.width !== w || element.height !== h) Object.assign(element, { width: w, height: h })
      const [x, y, zoom] = transform
      const motion = other ? null : editor.player.current
      const viewport = { x, y, zoom }
      const { still } = editor.player
      const named = paint(ctx, {
        index,
        viewport,
        width,
        height,
        ratio,
        palette: currentPalette(element, theme),
        real,
        halos,
        selected,
        ringed,
        lit,
        hovered,
        pointed,
        motion,
        preview,
        breaks,
        marks,
        heat,
        still,
        labelOf,
      })
      if (names) names.current = named
    }
    const { once } = painting
    painting.draw = draw
    const soon = () => once.ask()
    soon()
    let last = flow.getState()
    const stopFlow = flow.subscribe((state) => {
      const same = state.transform === last.transform && state.width === last.width && state.height === last.height
      last = state
      if (!same) soon()
    })
    const stopPlayer = editor.player.listen(soon)
    const dark = darkSystem()
    dark.addEventListener('change', soon)
    return () => {
      painting.draw = () => undefined
      stopFlow()
      stopPlayer()
      dark.removeEventListener('change', soon)
    }
  }, [
    editor,
    flow,
    index,
    halos,
    real,
    preview,
    breaks,
    marks,
    heat,
    other,
    selected,
    ringed,
    lit,
    hovered,
    names,
    pointed,
    theme,
    painting,
  ])

  return <canvas ref={canvas} className="canvas-layer" aria-hidden="true" />
}

interface Painting {
  readonly once: OnceAFrame
  draw: () => void
}

/** It outlives what is painted: two pictures that follow each other in one frame are painted once. */
function newPainting(): Painting {
  const painting: Painting = { once: new OnceAFrame(() => painting.draw()), draw: () => undefined }
  return painting
}

/** The item that shows what is selected: itself, or the closed group around it. */
function shownAs({ scene }: SceneIndex, key: string): string {
  if (nodeNamed(scene, key) || !key.startsWith('L')) return key
  return anchorOf(scene, Number(key.slice(1)))?.key ?? key
}
