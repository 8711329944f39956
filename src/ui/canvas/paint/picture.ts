/** All that one frame of the canvas is painted from. */
import type { Halo, HeatMap, Lit, Mark, Motion, PreviewFrames } from '../../../editor'
import type { Rect, SceneEdge } from '../../../layout'
import type { Palette } from './palette'
import type { SceneIndex } from './scene-index'

/** How much is seen of what is not lit. */
export const UNLIT = 0.3

export interface Viewport {
  readonly x: number
  readonly y: number
  readonly zoom: number
}

export interface Picture {
  readonly index: SceneIndex
  readonly viewport: Viewport
  readonly width: number
  readonly height: number
  readonly ratio: number
  readonly palette: Palette
  /** Nodes that stand there as real elements. */
  readonly real: ReadonlySet<string>
  readonly halos: ReadonlyMap<string, Halo>
  readonly selected: string | null
  /** All that is selected, as it is shown. */
  readonly ringed: ReadonlySet<string>
  /** What is lit with the selection. */
  readonly lit: Lit | null
  /** The tensor under the mouse. */
  readonly hovered: number | null
  /** The node that a list of parts points at. */
  readonly pointed: string | null
  readonly motion: Motion | null
  readonly preview: PreviewFrames | null
  /** How each node is marked while networks are compared; null where they are not. */
  readonly marks: ReadonlyMap<string, Mark> | null
  /** What nodes are tinted by; null for nothing. */
  readonly heat: HeatMap | null
  readonly still: boolean
  /** Nodes with a breakpoint on them or inside. */
  readonly breaks: ReadonlySet<string>
  readonly labelOf: (edge: SceneEdge) => string
}

/** Where a tensor's name stands. */
export interface NamedArea extends Rect {
  readonly tensor: number
}

/** Zoom from which a box can be read. */
export const READABLE = 0.55

export function visibleRect({ viewport, width, height }: Pick<Picture, 'viewport' | 'width' | 'height'>): Rect {
  const { x, y, zoom } = viewport
  return { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom }
}
