import { Dialog } from 'radix-ui'
import { lazy, Suspense } from 'react'
import { useEditorState } from '../editor-context'
import { DialogFrame } from '../widgets/DialogFrame'

const RuleForm = lazy(() => import('../patterns/rule-editor/RuleForm'))

/** Where a rule of one's own is written; the text editor is fetched when it is first needed. */
export function RuleDialog() {
  const draft = useEditorState((s) => s.draft)
  return (
    <DialogFrame name="rule" title={draft?.label ? `Rule: ${draft.label}` : 'Write a rule'} className="rule-dialog">
      <Dialog.Description className="hint">
        Left side ⇒ right side. <code>@w</code> is a constant, <code>b?</code> may be absent, <code>a | b</code> are
        alternatives, <code>Cast?(x)</code> may be missing, <code>1.414 ~ 1e-3</code> has a tolerance; on the right{' '}
        <code>{'{1 / c.value}'}</code> is computed.
      </Dialog.Description>
      <Suspense fallback={<p className="hint">One moment…</p>}>
        {draft && <RuleForm key={draft.label} draft={draft} />}
      </Suspense>
    </DialogFrame>
  )
}
