import { useStore } from '@xyflow/react'
import { groupCommands } from '../../editor'
import type { SceneNode } from '../../layout'
import { useEditor } from '../editor-context'
import type { SceneIndex } from './paint/scene-index'

/** The open groups around the middle of the view, the outermost first: where one is. */
export function Breadcrumbs({ index }: { readonly index: SceneIndex }) {
  const editor = useEditor()
  const around = useStore(
    ({ transform: [x, y, zoom], width, height }) =>
      framesAround(index, (width / 2 - x) / zoom, (height / 2 - y) / zoom),
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

function framesAround(index: SceneIndex, x: number, y: number): readonly SceneNode[] {
  return index.frames.filter((f) => f.x <= x && x <= f.x + f.width && f.y <= y && y <= f.y + f.height)
}
