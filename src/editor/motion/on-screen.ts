/** The picture as it stands at a moment of a motion, for the next motion to go on from. */
import type { Scene } from '../../layout'
import { edgeTime, nodeTime } from './substeps'
import { edgeFrame, nodeFrame } from './frames'
import { shownTime } from './phases'
import type { Motion } from './player'
import type { Start, Unfinished } from './step-record'

export interface Standing {
  readonly scene: Scene
  readonly nodes: Start['nodes']
  readonly edges: Start['edges']
}

/** Fainter than this is not seen. */
const FAINT = 0.02

/** @param scene where the motion leads */
export function onScreen(scene: Scene, { record, time: now, inside }: Motion, still: boolean): Standing {
  const time = shownTime(now, { still })
  const looks = { nodes: new Map<string, Unfinished>(), edges: new Map<string, Unfinished>() }
  const nodes = [...scene.nodes]
  const edges = [...scene.edges]
  const nodeAt = new Map(nodes.map((n, i) => [n.key, i]))
  const edgeAt = new Map(edges.map((e, i) => [e.key, i]))
  for (const [key, change] of record.nodes) {
    const at = inside ? nodeTime(inside, record, key, change) : time
    const { node, x, y, width, height, alpha, ghost } = nodeFrame(record, key, change, at, { still })
    const index = nodeAt.get(key)
    if (index === undefined && alpha <= FAINT) continue
    nodes[index ?? nodes.length] = { ...(index === undefined ? node : nodes[index]!), x, y, width, height }
    if (alpha < 1 || ghost > 0) looks.nodes.set(key, { alpha, ghost })
  }
  for (const [key, change] of record.edges) {
    const at = inside ? edgeTime(inside, record, change) : time
    const { edge, points, alpha, ghost } = edgeFrame(record, change, at, { still })
    const index = edgeAt.get(key)
    if (index === undefined && alpha <= FAINT) continue
    edges[index ?? edges.length] = { ...edge, points }
    if (alpha < 1 || ghost > 0) looks.edges.set(key, { alpha, ghost })
  }
  return { scene: { ...scene, nodes, edges }, ...looks }
}
