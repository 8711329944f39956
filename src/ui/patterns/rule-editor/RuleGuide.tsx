import { X } from 'lucide-react'
import { page, rules } from 'virtual:rule-guide'
import { draftCommands } from '../../../editor'
import { useEditor, useEditorState } from '../../editor-context'
import { IconButton } from '../../widgets/IconButton'
import './rule-guide.css'

/** The language of rules beside the editor: the page of the documentation, and rules that can be written into the editor. */
export default function RuleGuide() {
  const editor = useEditor()
  const hasModel = useEditorState((s) => s.model !== null)
  return (
    <aside className="rule-guide" aria-label="The language of rules">
      <div className="panel-head">
        <h2>The language of rules</h2>
        <IconButton label="Close the help" icon={X} onClick={() => draftCommands.toggleGuide(editor)} />
      </div>
      {/* A region that scrolls is reached by keyboard too. */}
      <div className="rule-guide-text" tabIndex={0} role="group" aria-label="Help">
        <h3>Twenty rules to learn from</h3>
        {rules.map((text) => (
          <Lesson key={text} text={text} write={hasModel ? () => draftCommands.writeRule(editor, text, text) : null} />
        ))}
        {/* The project's own page, made into HTML when the app was built. */}
        <div dangerouslySetInnerHTML={{ __html: page }} />
      </div>
    </aside>
  )
}

function Lesson({ text, write }: { readonly text: string; readonly write: (() => void) | null }) {
  const name = /^rule "([^"]*)"/m.exec(text)?.[1] ?? ''
  const lines = text.replace(/\nexample [^]*$/, '').split('\n')
  const isComment = (line: string): boolean => line.startsWith('#')
  return (
    <details>
      <summary>{name}</summary>
      <p>
        {lines
          .filter(isComment)
          .map((l) => l.slice(2))
          .join(' ')}
      </p>
      <pre>
        {lines
          .filter((l) => !isComment(l))
          .join('\n')
          .trim()}
      </pre>
      {write && (
        <button type="button" className="button small" aria-label={`Write ${name} into the editor`} onClick={write}>
          Write it into the editor
        </button>
      )}
    </details>
  )
}
