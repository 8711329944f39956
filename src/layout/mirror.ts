import type { SceneNode } from './scene'
import type { GroupInside } from './scene-parts'
import { nth } from './known'

/** The inside of a group mirrored at its diagonal: what ran down runs to the right. */
export function mirrored({ path, width, height, frames, nodes, edges, stubs }: GroupInside): GroupInside {
  return {
    path,
    width: height,
    height: width,
    frames: frames.map(mirroredNode),
    nodes: nodes.map(mirroredNode),
    edges: edges.map((e) => ({ ...e, points: e.points.map((_, i) => nth(e.points, i % 2 === 0 ? i + 1 : i - 1)) })),
    stubs: stubs.map((s) => ({ ...s, x: s.y, y: s.x })),
  }
}

const mirroredNode = (n: SceneNode): SceneNode => ({ ...n, x: n.y, y: n.x, width: n.height, height: n.width })
