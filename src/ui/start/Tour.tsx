import { Check } from 'lucide-react'
import { tourCommands } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'

const { goToStop, TOUR } = tourCommands

/** The stop of the tour that the person is at, over the network; it takes no focus and stands in no way. */
export function Tour() {
  const editor = useEditor()
  const at = useEditorState((s) => s.tour)
  const done = useEditorState((s) => s.tour !== null && (TOUR[s.tour]?.done(editor) ?? false))
  const stop = at === null ? undefined : TOUR[at]
  if (at === null || !stop) return null
  const last = at === TOUR.length - 1
  return (
    <section className="tour" aria-label="Tour">
      <p className="tour-count">
        {at + 1} of {TOUR.length}
      </p>
      <h3>
        {done && !last && <Check size={15} strokeWidth={2.25} aria-label="Done:" />}
        {stop.title}
      </h3>
      <p>{stop.text}</p>
      <div className="tour-actions">
        <button type="button" className="button small" onClick={() => goToStop(editor, null)}>
          {last ? 'Close' : 'Skip the tour'}
        </button>
        {!done && (
          <button type="button" className="button small" onClick={() => void stop.show(editor)}>
            Show me
          </button>
        )}
        {!last && (
          <button
            type="button"
            className={done ? 'button small primary' : 'button small'}
            onClick={() => goToStop(editor, at + 1)}
          >
            Next
          </button>
        )}
      </div>
    </section>
  )
}
