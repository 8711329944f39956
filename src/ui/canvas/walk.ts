import type { SceneNode } from '../../layout'
import type { SceneIndex } from './paint/scene-index'

type Way = 'up' | 'down' | 'left' | 'right'

/** Where an arrow key leads: along the values where it points along the direction of the picture, else to what stands beside. */
export function neighbour(index: SceneIndex, node: SceneNode, way: Way): SceneNode | null {
  const down = index.scene.direction === 'down'
  const [onward, back] = down ? ['down', 'up'] : ['right', 'left']
  if (way === onward || way === back) {
    const keys = index.scene.edges.flatMap((e) =>
      way === onward && e.from === node.key ? [e.to] : way === back && e.to === node.key ? [e.from] : [],
    )
    const ends = keys.flatMap((k) => index.node(k) ?? [])
    return nearest(node, ends) ?? nearest(node, beside(index, node, way))
  }
  return nearest(node, beside(index, node, way))
}

const middle = (n: SceneNode): [number, number] => [n.x + n.width / 2, n.y + n.height / 2]

function beside(index: SceneIndex, node: SceneNode, way: Way): SceneNode[] {
  const reach = 1200
  const [cx, cy] = middle(node)
  const around = { x: cx - reach, y: cy - reach, width: 2 * reach, height: 2 * reach }
  return index.nodesIn(around).filter((other) => {
    const [x, y] = middle(other)
    const [dx, dy] = [x - cx, y - cy]
    if (other === node) return false
    if (way === 'left' || way === 'right') return Math.abs(dy) < 60 && (way === 'left' ? dx < 0 : dx > 0)
    return way === 'up' ? dy < 0 : dy > 0
  })
}

function nearest(node: SceneNode, others: readonly SceneNode[]): SceneNode | null {
  const [cx, cy] = middle(node)
  let best: SceneNode | null = null
  let least = Infinity
  for (const other of others) {
    const [x, y] = middle(other)
    const distance = Math.hypot(x - cx, y - cy)
    if (distance < least) [best, least] = [other, distance]
  }
  return best
}
