import { X } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { draftCommands } from '../../../editor'
import { useEditor, useEditorState } from '../../editor-context'
import { IconButton } from '../../widgets/IconButton'
import { OtherDrafts } from './OtherDrafts'

const RuleForm = lazy(() => import('./RuleForm'))

/** Where a rule of one's own is written, beside the graph; the text editor is fetched when it is first needed. */
export function RulePanel() {
  const editor = useEditor()
  const draft = useEditorState((s) => s.draft)
  const kept = useEditorState((s) => s.draftKept === s.draft?.text)
  const drawing = useEditorState((s) => s.drawing)
  if (!draft) return null
  const isCode = draft.language === 'ts'
  const title = draft.label ? `${isCode ? 'Class' : 'Rule'}: ${draft.label}` : isCode ? 'Write a class' : 'Write a rule'
  return (
    <section className={`panel rule-panel${isCode ? ' code' : drawing ? ' drawn' : ''}`} aria-label={title}>
      <div className="panel-head">
        <h2>{title}</h2>
        {draft.text !== draft.saved && (
          <span className="dim" title="It outlives Escape, a reload and a crash; it takes part once it is saved">
            {kept ? 'draft, kept' : 'draft'}
          </span>
        )}
        <IconButton label="Close" keys="Escape" icon={X} onClick={() => void draftCommands.closeRule(editor)} />
      </div>
      <OtherDrafts />
      <Suspense fallback={<p className="hint">One moment…</p>}>
        <RuleForm key={`${draft.language ?? ''} ${draft.label}`} draft={draft} />
      </Suspense>
    </section>
  )
}
