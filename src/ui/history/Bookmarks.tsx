import { Bookmark } from 'lucide-react'
import { stepCommands } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { PointTools } from './PointTools'

/** Points that a person named or marked, on every branch. */
export function Bookmarks() {
  const editor = useEditor()
  const bookmarks = useEditorState((s) => s.timeline.bookmarks)
  const cursor = useEditorState((s) => s.timeline.cursor)
  if (bookmarks.length === 0)
    return (
      <p className="hint">
        <kbd>M</kbd> bookmarks the point that you are at, <kbd>F2</kbd> gives it a name. <kbd>.</kbd> and <kbd>,</kbd>{' '}
        go from one to the next.
      </p>
    )
  return (
    <ol>
      {bookmarks.map(({ node, name, label, rootName, step, left }) => (
        <li key={node} className="step-item">
          <button
            type="button"
            className="step"
            aria-current={node === cursor ? 'step' : undefined}
            onClick={() => void stepCommands.visit(editor, node)}
          >
            <span className="step-number">
              <Bookmark size={13} aria-hidden="true" />
            </span>
            <span className="step-label">{name ?? label}</span>
            <span className="step-root mono">{rootName}</span>
            <span className="step-change">
              step {step} · {left} layers
            </span>
          </button>
          <PointTools node={node} label={name ?? label} />
        </li>
      ))}
    </ol>
  )
}
