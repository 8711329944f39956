import { operatorOf } from '../../engine'
import { patternCommands, previewCommands, selectCommands, selectionRuleCommands, stepCommands } from '../../editor'
import type { Preview } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'

/** The active match in full: which layer plays which part. Pointing at a part lights its layer. */
export function MatchParts() {
  const editor = useEditor()
  const match = useEditorState((s) => s.matches[s.activeMatch])
  const preview = useEditorState((s) => s.preview)
  const version = useEditorState((s) => s.version)
  if (!match) return null
  const replica = version >= 0 ? editor.session?.replica : undefined
  return (
    <div className="match-detail">
      {preview ? (
        <PreviewLine preview={preview} />
      ) : (
        <ul
          className="part-list"
          aria-label="Parts of the match"
          onMouseLeave={() => patternCommands.pointAtLayer(editor, null)}
        >
          {match.parts.map(([part, layer]) => {
            const found = replica?.getLayer(layer)
            return (
              <li key={part}>
                <button
                  type="button"
                  title={found?.name}
                  onMouseEnter={() => patternCommands.pointAtLayer(editor, layer)}
                  onFocus={() => patternCommands.pointAtLayer(editor, layer)}
                  onBlur={() => patternCommands.pointAtLayer(editor, null)}
                  onClick={() => void selectCommands.goToLayer(editor, layer)}
                >
                  <strong>{part}</strong> {found && operatorOf(found.kind)}
                </button>
              </li>
            )
          })}
        </ul>
      )}
      {!preview && (
        <button
          type="button"
          className="link"
          title="A rule of your own whose left side is what stands here"
          onClick={() =>
            void selectionRuleCommands.ruleOfSelection(
              editor,
              match.parts.map(([, layer]) => layer),
            )
          }
        >
          Make a rule of it
        </button>
      )}
    </div>
  )
}

/** What the match would do, in numbers. */
function PreviewLine({ preview }: { readonly preview: Preview }) {
  const editor = useEditor()
  return (
    <div className="preview-line" role="status">
      <p>
        <strong>Preview:</strong> {previewCommands.previewText(preview)}
      </p>
      <button type="button" className="button small" onClick={() => void stepCommands.applyNext(editor)}>
        Apply it
      </button>
      <button type="button" className="link" title="Escape" onClick={() => previewCommands.endPreview(editor)}>
        End preview
      </button>
    </div>
  )
}
