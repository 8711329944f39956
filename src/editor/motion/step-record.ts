/** What one step changes in the picture: all that its animation needs. */
import type { LayerId, Transaction } from '../../engine'
import type { Scene, SceneEdge, SceneNode } from '../../layout'
import { anchorOf } from '../../layout'
import { changesBetween } from './scene-diff'
import type { Change, Changes, NodeChanges } from './scene-diff'

export interface StepRecord {
  readonly before: Scene
  readonly after: Scene
  /** Parts of the match by the node that shows them, in the order of the matcher's walk. */
  readonly parts: ReadonlyMap<string, { readonly name: string; readonly order: number }>
  /** Nodes that move, come, go or are part of the match. */
  readonly nodes: NodeChanges
  readonly edges: Changes<SceneEdge>
  /** Where new nodes grow from: the middle of what they replace. */
  readonly source: { readonly x: number; readonly y: number } | null
  /** Where new nodes stand before the gap closes: what they replace stood there. */
  readonly placed: ReadonlyMap<string, Box>
  /** What the motion before left unfinished on the screen; null where nothing moved. */
  readonly start: Start | null
}

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** How things look that another motion left half way, at the end of the record at which this one begins. */
export interface Start {
  readonly direction: 'forward' | 'backward'
  readonly nodes: ReadonlyMap<string, Unfinished>
  readonly edges: ReadonlyMap<string, Unfinished>
}

export interface Unfinished {
  readonly alpha: number
  readonly ghost: number
}

/** Compares two pictures of the network, before and after a transaction. */
export function recordStep(
  before: Scene,
  after: Scene,
  transaction: Transaction | null,
  start: Start | null = null,
): StepRecord {
  return recordBetween(before, after, rolesIn(before, after, transaction), start)
}

/** A match in a picture that nothing changes yet. */
export function recordOfMatch(scene: Scene, layers: MatchParts): StepRecord {
  return recordBetween(scene, scene, partsIn([scene], layers))
}

type MatchParts = readonly (readonly [part: string, layer: LayerId])[]

function rolesIn(before: Scene, after: Scene, transaction: Transaction | null): StepRecord['parts'] {
  return partsIn([before, after], Object.entries(transaction?.annotations.match?.layers ?? {}))
}

/** @param scenes the first of which that shows a layer tells where */
function partsIn(scenes: readonly Scene[], layers: MatchParts): StepRecord['parts'] {
  const parts = new Map<string, { name: string; order: number }>()
  layers.forEach(([name, layer], order) => {
    const node = scenes.map((scene) => anchorOf(scene, layer)).find((shown) => shown !== undefined)
    if (node && !parts.has(node.key)) parts.set(node.key, { name, order })
  })
  return parts
}

/** Compares two pictures, where it is known what plays which part. */
export function recordBetween(
  before: Scene,
  after: Scene,
  parts: StepRecord['parts'],
  start: Start | null = null,
): StepRecord {
  const { nodes, edges } = changesBetween(before, after, parts.keys())
  const source = middle([...nodes.own.values()])
  return { before, after, parts, nodes, edges, source, placed: placesBeforeClosing(nodes.own), start }
}

/** New nodes begin at the height of the highest that they replace in their group, and go with its frame. */
function placesBeforeClosing(nodes: ReadonlyMap<string, Change<SceneNode>>): Map<string, Box> {
  const out = new Map<string, Box>()
  const [gone, fresh] = [new Map<string, SceneNode[]>(), new Map<string, SceneNode[]>()]
  const into = (lists: Map<string, SceneNode[]>, node: SceneNode) => {
    const list = lists.get(node.group)
    if (list) list.push(node)
    else lists.set(node.group, [node])
  }
  for (const { from, to } of nodes.values()) {
    if (from && !to) into(gone, from)
    else if (to && !from) into(fresh, to)
  }
  const top = (list: readonly SceneNode[]) => Math.min(...list.map((n) => n.y))
  for (const [group, list] of fresh) {
    const replaced = gone.get(group)
    if (!replaced) continue
    const frame = nodes.get(`G:${group}`)
    const x = frame?.from && frame.to ? frame.from.x - frame.to.x : 0
    const y = top(replaced) - top(list)
    for (const n of list) out.set(n.key, { x: n.x + x, y: n.y + y, width: n.width, height: n.height })
  }
  return out
}

function middle(changed: readonly Change<SceneNode>[]): { x: number; y: number } | null {
  const gone = changed.flatMap((c) => (c.from && !c.to ? [c.from] : []))
  if (gone.length === 0) return null
  const sum = (f: (n: SceneNode) => number) => gone.reduce((s, n) => s + f(n), 0) / gone.length
  return { x: sum((n) => n.x + n.width / 2), y: sum((n) => n.y + n.height / 2) }
}
