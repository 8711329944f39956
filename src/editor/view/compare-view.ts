/** A comparison on the screen: what is compared, and how each node of the picture is marked. */
import type { HistoryId } from '../../engine'
import type { ItemKey, Scene, SceneEdge, SceneNode } from '../../layout'
import { anchorOf } from '../../layout'
import type { Compared, Difference } from '../protocol/comparison'

/** A file with a model, and those among which its weights are. */
export interface OtherFile {
  readonly file: File
  readonly given: readonly { readonly path: string; readonly file: File }[]
}

/** What the network now is compared with. */
export type CompareBase =
  | { readonly type: 'point'; readonly node: HistoryId; readonly label: string }
  | { readonly type: 'file'; readonly label: string; readonly other: OtherFile }

export interface CompareState extends Compared {
  readonly base: CompareBase
  /** The picture with what is gone in it, for which this comparison was made; null while it is being made. */
  readonly scene: Scene | null
  /** Index of the difference that was jumped to; -1 for none. */
  readonly at: number
  readonly beside: boolean
}

/**
 * Where a walk through the differences stops: at each rewrite, with all that went and came by it, and at each difference that is of none.
 * Indices of the first difference of each.
 */
export function stopsOf(differences: readonly Difference[]): number[] {
  return differences.flatMap(({ rewrite }, i) =>
    i === 0 || rewrite === null || differences[i - 1]!.rewrite !== rewrite ? [i] : [],
  )
}

export type Status = Difference['status'] | 'kept'

export interface Mark {
  readonly status: Status
  /** Differences inside a closed group; 0 for a layer. */
  readonly count: number
  /** Operand position from which on a node takes what it took before. */
  readonly oldFrom: number
}

export const KEPT: Mark = { status: 'kept', count: 0, oldFrom: Infinity }

/** The marks of all nodes that are not kept. A closed group is marked as changed where anything in it is not kept. */
export function comparisonMarks(scene: Scene, { differences, ghosts }: Compared): ReadonlyMap<ItemKey, Mark> {
  const oldFrom = new Map(ghosts.oldInputs.map((o) => [o.layer, o.from]))
  const marks = new Map<ItemKey, Mark>()
  for (const { layer, status } of differences) {
    const node = layer < 0 ? undefined : anchorOf(scene, layer)
    if (!node) continue
    const count = node.kind === 'group' ? (marks.get(node.key)?.count ?? 0) + 1 : 0
    const inGroup = node.kind === 'group'
    const was = marks.get(node.key)?.status
    const shown = inGroup && was !== undefined && was !== status ? 'changed' : status
    marks.set(node.key, { status: shown, count, oldFrom: inGroup ? Infinity : (oldFrom.get(layer) ?? Infinity) })
  }
  // What is kept may still have taken another value.
  for (const [layer, from] of oldFrom) {
    const node = anchorOf(scene, layer)
    if (node && node.kind !== 'group' && !marks.has(node.key))
      marks.set(node.key, { status: 'kept', count: 0, oldFrom: from })
  }
  return marks
}

/** How a line is marked: by its ends, and by whether its user takes it now. */
export function edgeStatus(edge: SceneEdge, marks: ReadonlyMap<ItemKey, Mark>): Exclude<Status, 'changed'> {
  const [from, to] = [marks.get(edge.from), marks.get(edge.to)]
  if (from?.status === 'removed' && from.count === 0) return 'removed'
  if (to?.status === 'removed' && to.count === 0) return 'removed'
  if (to && to.oldFrom !== Infinity && Number(edge.key.slice(edge.key.lastIndexOf('|') + 1)) >= to.oldFrom)
    return 'removed'
  return (from?.status === 'added' && from.count === 0) || (to?.status === 'added' && to.count === 0) ? 'added' : 'kept'
}

/** One side of the comparison at the places of the whole: what it does not hold is left out. */
export function sideOf(scene: Scene, marks: ReadonlyMap<ItemKey, Mark>, side: 'base' | 'now'): Scene {
  const absent = side === 'base' ? 'added' : 'removed'
  const isOut = (node: SceneNode) => {
    const mark = marks.get(node.key)
    return mark !== undefined && mark.status === absent && mark.count === 0
  }
  const place = new Map<number, number>()
  const nodes = scene.nodes.filter((n, i) => {
    if (isOut(n)) return false
    place.set(i, place.size)
    return true
  })
  return {
    ...scene,
    nodes,
    edges: scene.edges.filter((e) => edgeStatus(e, marks) !== absent),
    stubs: scene.stubs.filter((s) => marks.get(s.node)?.status !== absent),
    anchors: scene.anchors.map((i) => place.get(i) ?? -1),
  }
}
