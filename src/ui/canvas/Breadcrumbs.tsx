import { useStore } from '@xyflow/react'
import { groupCommands } from '../../editor'
import type { Rect, SceneNode } from '../../layout'
import { useEditor } from '../editor-context'
import type { SceneIndex } from './paint/scene-index'

/** The open groups around the middle of the view that fill a good part of it, the outermost first: where one is. */
export function Breadcrumbs({ index }: { readonly index: SceneIndex }) {
  const editor = useEditor()
  const around = useStore(
    ({ transform: [x, y, zoom], width, height }) =>
      framesAround(index, { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom }),
    (a, b) => a.length === b.length && a.every((n, i) => n === b[i]),
  )
  if (around.length === 0) return null
  return (
    <nav className="breadcrumbs" aria-label="Where the view is">
      {around.map((n) => (
        <button key={n.key} type="button" onClick={() => void groupCommands.showGroup(editor, n.group)}>
          {n.face.title}
        </button>
      ))}
    </nav>
  )
}

/** Of the view, one way: where less of it is in a group, one looks at many, and is in none. */
const FILLED = 1 / 3

function framesAround(index: SceneIndex, view: Rect): readonly SceneNode[] {
  const [x, y] = [view.x + view.width / 2, view.y + view.height / 2]
  return index.frames.filter(
    (f) =>
      (f.width >= view.width * FILLED || f.height >= view.height * FILLED) &&
      f.x <= x &&
      x <= f.x + f.width &&
      f.y <= y &&
      y <= f.y + f.height,
  )
}
