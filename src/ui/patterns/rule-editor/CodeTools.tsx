import { buildCommands, CODE_TEMPLATES, codeCommands, DRAFT, draftCommands, NETWORK_TEMPLATE } from '../../../editor'
import { useEditor, useEditorState } from '../../editor-context'

const NOTHING: readonly never[] = []
const TEMPLATES = [...CODE_TEMPLATES, NETWORK_TEMPLATE]

/** What a class is begun with, a way to stop it while it runs, and what it says in its log. */
export function CodeTools({ text }: { readonly text: string }) {
  const editor = useEditor()
  const busy = useEditorState((s) => s.codeBusy.includes(DRAFT))
  const log = useEditorState((s) => s.patterns.find((p) => p.label === DRAFT)?.log ?? NOTHING)
  const waits = useEditorState((s) => s.draft?.agreed === false)
  const file = (): void => editor.platform.save('my-pattern.ts', new TextEncoder().encode(text))
  return (
    <div className="code-tools">
      <div className="code-tools-row">
        <label>
          <span className="visually-hidden">Begin with a template</span>
          <select
            value=""
            onChange={(e) => draftCommands.changeDraft(editor, { text: TEMPLATES[Number(e.target.value)]!.text })}
          >
            <option value="">Template …</option>
            {TEMPLATES.map(({ title }, i) => (
              <option key={title} value={i}>
                {title}
              </option>
            ))}
          </select>
        </label>
        {!waits && (
          <button
            type="button"
            className="link"
            title="Runs the code in a sandbox and opens the network that it exports"
            onClick={() => void buildCommands.buildNetwork(editor)}
          >
            Build and open
          </button>
        )}
        <button type="button" className="link" onClick={file}>
          Save as a file
        </button>
        {busy && (
          <button type="button" className="button small" onClick={() => codeCommands.stopCode(editor, DRAFT)}>
            Stop
          </button>
        )}
      </div>
      {log.length > 0 && (
        <ol className="code-log mono" aria-label="Log of the class">
          {log.map(({ level, message }, i) => (
            <li key={i} className={level}>
              {message}
            </li>
          ))}
        </ol>
      )}
    </div>
  )
}
