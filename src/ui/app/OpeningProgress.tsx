import { givenAlone } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'

/** How far the import is, with a way out. */
export function OpeningProgress() {
  const editor = useEditor()
  const opening = useEditorState((s) => s.opening)
  const hasModel = useEditorState((s) => s.model !== null)
  if (!opening) return null
  if (opening.missing) return <Waiting name={opening.name} missing={opening.missing} />
  const percent = Math.round(opening.fraction * 100)
  return (
    <div className={hasModel ? 'opening small' : 'opening'}>
      <div className="opening-card">
        <div className="row">
          <strong>{opening.name}</strong>
          <span className="dim">{opening.stage}</span>
        </div>
        <div
          className="bar"
          role="progressbar"
          aria-label={`Opening ${opening.name}`}
          aria-valuenow={percent}
          aria-valuemin={0}
          aria-valuemax={100}
        >
          <i style={{ '--done': `${percent}%` }} />
        </div>
        <button type="button" className="button" onClick={() => editor.cancelOpening?.()}>
          Cancel
        </button>
      </div>
    </div>
  )
}

/** What a model waits for, by name; the files are dropped anywhere or chosen here. */
function Waiting({ name, missing }: { readonly name: string; readonly missing: readonly string[] }) {
  const editor = useEditor()
  const take = (files: FileList | null) => {
    if (files?.length) editor.waiting?.take([...files].map(givenAlone))
  }
  return (
    <div className="opening">
      <div className="opening-card" role="group" aria-label={`${name} waits for its weights`}>
        <strong>{name} waits for its weights</strong>
        <span className="dim">Drop these files, or their folder:</span>
        <ul className="opening-missing">
          {missing.map((file) => (
            <li key={file} className="mono">
              {file}
            </li>
          ))}
        </ul>
        <div className="row">
          <label className="button">
            Choose files
            <input type="file" multiple className="visually-hidden" onChange={(e) => take(e.target.files)} />
          </label>
          <button type="button" className="button" onClick={() => editor.waiting?.goOn()}>
            Open without
          </button>
          <button type="button" className="button" onClick={() => editor.cancelOpening?.()}>
            Cancel
          </button>
        </div>
      </div>
    </div>
  )
}
