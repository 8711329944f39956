/** The nodes that are near enough to read and to click stand on the canvas as real elements; the rest is painted. */
import type { Node } from '@xyflow/react'
import { KEPT } from '../../editor'
import type { HeatMap, Lit, Mark } from '../../editor'
import type { SceneNode } from '../../layout'
import { READABLE, visibleRect } from './paint/picture'
import type { Viewport } from './paint/picture'
import type { SceneIndex } from './paint/scene-index'
import { touches } from '../../layout'

export interface NodeData extends Record<string, unknown> {
  readonly node: SceneNode
  /** What a heat map says of it. */
  readonly heat?: string
}
export type MountedNode = Node<NodeData>

const MOST = 300
/** Kept ready around what is in view, in pixels, so that panning does not make elements on every frame. */
const MARGIN = 160
const HEADING = 28
/** All of a picture of so few nodes stands there at any zoom, so that it can be walked by keyboard. */
const FEW = 24

/** What has to stand there for a view; empty where it is too far or too much. */
function mountedNodes(
  index: SceneIndex,
  viewport: Viewport,
  size: { width: number; height: number },
  moving: { has(key: string): boolean } | null,
): MountedNode[] {
  if (viewport.zoom < READABLE && index.count > FEW) return []
  const inner = visibleRect({ viewport, ...size })
  const by = MARGIN / viewport.zoom
  const view = { x: inner.x - by, y: inner.y - by, width: inner.width + 2 * by, height: inner.height + 2 * by }
  const shown = index.nodesIn(view).filter((n) => !moving?.has(n.key))
  if (shown.length > MOST) return []
  const headings = index.frames.filter(
    (f) => !moving?.has(f.key) && touches({ x: f.x, y: f.y, width: f.width, height: HEADING }, view),
  )
  const top = (n: SceneNode) => n.y
  return [...headings, ...shown].sort((a, b) => top(a) - top(b) || a.x - b.x).map(nearNode)
}

interface View {
  readonly transform: readonly [number, number, number]
  readonly width: number
  readonly height: number
}

/** What has to stand there as the view moves; asked again of the same view it is not worked out again. */
export function mountedNodesFor(
  index: SceneIndex,
  moving: { has(key: string): boolean } | null,
): (view: View) => readonly MountedNode[] {
  let last: (View & { readonly nodes: readonly MountedNode[] }) | null = null
  return ({ transform, width, height }) => {
    if (last?.transform === transform && last.width === width && last.height === height) return last.nodes
    const [x, y, zoom] = transform
    last = { transform, width, height, nodes: mountedNodes(index, { x, y, zoom }, { width, height }, moving) }
    return last.nodes
  }
}

/** So many elements are made in one frame; what has none yet is painted. */
const AT_ONCE = 16

/**
 * What stands there next: all of `wanted` that `standing` has, and as many more as one frame has time for. The very list that
 * stood there where nothing changes.
 */
export function nextMounted(standing: MountedNode[], wanted: readonly MountedNode[]): MountedNode[] {
  const old = new Set(standing.map((n) => n.id))
  let more = AT_ONCE
  const next = wanted.filter((n) => old.has(n.id) || more-- > 0)
  return areSameNodes(next, standing) ? standing : next
}

export function areSameNodes(a: readonly MountedNode[], b: readonly MountedNode[]): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i])
}

/** The same nodes, each with the class of its mark while networks are compared. */
export function markedNodes(nodes: readonly MountedNode[], marks: ReadonlyMap<string, Mark>): MountedNode[] {
  return nodes.map((node) => {
    const mark = marks.get(node.id) ?? KEPT
    if (node.data.node.open) return node
    return { ...node, className: mark.count > 0 ? '' : `diff-${mark.status}` }
  })
}

/** The same nodes, those that are not lit with a class that says so. */
export function litNodes(nodes: readonly MountedNode[], { nodes: lit }: Pick<Lit, 'nodes'>): MountedNode[] {
  return nodes.map((node) =>
    lit.has(node.id) || node.data.node.open ? node : { ...node, className: `${node.className ?? ''} unlit` },
  )
}

/** The same nodes, each with its tint and its number. */
export function heatedNodes(nodes: readonly MountedNode[], { marks }: HeatMap): MountedNode[] {
  return nodes.map((node) => {
    const mark = marks.get(node.id)
    if (!mark || node.data.node.open || mark.level === 0) return node
    const ariaLabel = `${node.ariaLabel ?? ''}, ${mark.text}`
    return { ...node, className: `heat heat-${mark.level}`, data: { ...node.data, heat: mark.text }, ariaLabel }
  })
}

const made = new WeakMap<SceneNode, MountedNode>()

/** One object a node, so that what did not change is not drawn again. */
function nearNode(node: SceneNode): MountedNode {
  const known = made.get(node)
  if (known) return known
  const height = node.open ? HEADING : node.height
  const near: MountedNode = {
    id: node.key,
    type: node.kind === 'group' ? (node.open ? 'frame' : 'group') : node.kind === 'layer' ? 'layer' : 'port',
    position: { x: node.x, y: node.y },
    width: node.width,
    height,
    measured: { width: node.width, height },
    handles: [],
    data: { node },
    ariaLabel: spoken(node),
    zIndex: node.open ? 0 : 1,
  }
  made.set(node, near)
  return near
}

function spoken(node: SceneNode): string {
  const { title, detail, result } = node.face
  if (node.kind === 'group')
    return `Group ${title}, ${node.open ? 'open' : `closed, ${[result, detail].filter(Boolean).join(', ')}`}`
  return [title, detail, result && `gives ${result}`].filter(Boolean).join(', ')
}
