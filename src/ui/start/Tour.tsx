import { Check } from 'lucide-react'
import { tourCommands } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'

const { beginLesson, goToStop, placeOfStop } = tourCommands

/** The stop of the tour that the person is at, over the network; it takes no focus and stands in no way. */
export function Tour() {
  const editor = useEditor()
  const at = useEditorState((s) => s.tour)
  const done = useEditorState((s) => s.tour !== null && (placeOfStop(s.tour)?.stop.done(editor) ?? false))
  const place = at === null ? null : placeOfStop(at)
  if (at === null || !place) return null
  const { stop, index, count, lesson, next } = place
  const last = index === count - 1
  return (
    <section className="tour" aria-label="Tour">
      <p className="tour-count">
        {lesson === 'Tour' ? '' : `${lesson}: `}
        {index + 1} of {count}
      </p>
      <h3>
        {done && (!last || lesson !== 'Tour') && <Check size={15} strokeWidth={2.25} aria-label="Done:" />}
        {stop.title}
      </h3>
      <p>{stop.text}</p>
      <div className="tour-actions">
        <button type="button" className="button small" onClick={() => goToStop(editor, null)}>
          {last ? 'Close' : lesson === 'Tour' ? 'Skip the tour' : 'End the lesson'}
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
        {last && next !== null && (
          <button
            type="button"
            className={done ? 'button small primary' : 'button small'}
            onClick={() => void beginLesson(editor, next)}
          >
            Next lesson
          </button>
        )}
      </div>
    </section>
  )
}
