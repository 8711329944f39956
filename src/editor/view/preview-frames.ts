/** Where a preview is drawn: what would go stays where it is, what would come stands where it would grow from. */
import { operatorOf } from '../../engine'
import type { LayerId } from '../../engine'
import type { NodeContent, Rect, Scene, SceneNode } from '../../layout'
import { anchorOf } from '../../layout'
import type { Preview } from '../protocol/match-info'
import { textWidth } from '../text/text-width'

export interface PreviewFrames {
  /** Nodes that would go, by key. */
  readonly gone: ReadonlyMap<string, SceneNode>
  readonly come: readonly { readonly face: NodeContent; readonly box: Rect }[]
  /** Ends of the values that the new layers take and give. */
  readonly links: readonly (readonly [Rect, Rect])[]
}

const HEIGHT = 32
const GAP = 12

export function previewFrames(scene: Scene, preview: Preview): PreviewFrames {
  const gone = new Map<string, SceneNode>()
  for (const { id } of preview.removed) {
    const node = anchorOf(scene, id)
    if (node?.kind === 'layer') gone.set(node.key, node)
  }
  const root = anchorOf(scene, preview.root)
  const boxes = newBoxes(preview, middleOf(gone.size > 0 ? [...gone.values()] : root ? [root] : []))
  const place = (id: LayerId): Rect | undefined => boxes.get(id)?.box ?? anchorOf(scene, id)
  const links = preview.links.flatMap(([from, to]): (readonly [Rect, Rect])[] => {
    const [a, b] = [place(from), place(to)]
    return a && b ? [[a, b]] : []
  })
  return { gone, come: [...boxes.values()], links }
}

/** One below the other, their middle at `at`. */
function newBoxes(preview: Preview, at: { x: number; y: number }): Map<LayerId, { face: NodeContent; box: Rect }> {
  const total = preview.added.length * (HEIGHT + GAP) - GAP
  return new Map(
    preview.added.map(({ id, kind, result }, i) => {
      const title = operatorOf(kind)
      const width = Math.max(120, Math.ceil(textWidth(title, 13, true) + textWidth(result, 11) + 48))
      const face: NodeContent = { title, detail: '', result, category: 'other', width, height: HEIGHT }
      return [
        id,
        { face, box: { x: at.x - width / 2, y: at.y - total / 2 + i * (HEIGHT + GAP), width, height: HEIGHT } },
      ]
    }),
  )
}

function middleOf(nodes: readonly Rect[]): { x: number; y: number } {
  const n = Math.max(1, nodes.length)
  return {
    x: nodes.reduce((s, b) => s + b.x + b.width / 2, 0) / n,
    y: nodes.reduce((s, b) => s + b.y + b.height / 2, 0) / n,
  }
}
