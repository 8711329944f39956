import { patternFileCommands, patternLinkCommands, ruleCommands } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'

/** What can be done with a pattern of one's own: put into a folder, taken away as a file, given as a link. */
export function OwnPattern({ label }: { readonly label: string }) {
  const editor = useEditor()
  const rules = useEditorState((s) => s.rules)
  const folder = rules.find((r) => r.label === label)?.folder ?? ''
  const folders = [...new Set(rules.flatMap((r) => r.folder ?? []))].sort()
  const move = (to: string): void => void ruleCommands.moveToFolder(editor, label, to)
  return (
    <>
      <button type="button" className="link" onClick={() => patternFileCommands.exportPattern(editor, label)}>
        Save as a file
      </button>
      <button
        type="button"
        className="link"
        title="An address that holds the pattern: whoever opens it can take it in"
        onClick={() => void patternLinkCommands.copyPatternLink(editor, label)}
      >
        Copy as a link
      </button>
      <label>
        folder{' '}
        <input
          key={folder}
          className="folder"
          defaultValue={folder}
          list="folders-of-patterns"
          placeholder="none"
          onBlur={(e) => move(e.target.value)}
          onKeyDown={(e) => {
            if (e.key !== 'Enter') return
            e.preventDefault()
            e.stopPropagation()
            move(e.currentTarget.value)
          }}
        />
      </label>
      <datalist id="folders-of-patterns">
        {folders.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  )
}
