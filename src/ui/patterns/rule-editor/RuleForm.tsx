import { useDeferredValue, useEffect, useState } from 'react'
import { ruleCommands } from '../../../editor'
import type { OwnRule, RuleReport } from '../../../editor'
import { useEditor } from '../../editor-context'
import { RuleText } from './RuleText'

interface Props {
  readonly draft: OwnRule
}

/** The text of a rule, what is to be said of it, and the name it is kept under. */
export default function RuleForm({ draft }: Props) {
  const editor = useEditor()
  const [text, setText] = useState(draft.text)
  const [name, setName] = useState(draft.label)
  const [report, setReport] = useState<RuleReport | null>(null)
  const wanted = useDeferredValue(text)
  useEffect(() => {
    let late = false
    const timer = setTimeout(() => {
      void ruleCommands.checkRule(editor, wanted).then((found) => late || setReport(found))
    }, 120)
    return () => {
      late = true
      clearTimeout(timer)
    }
  }, [editor, wanted])
  const good = report?.type === 'good'
  const label = name.trim() || (good ? report.name : '')
  return (
    <form
      className="rule-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (good) void ruleCommands.saveRule(editor, { label, text }, draft.label)
      }}
    >
      <RuleText initial={draft.text} onChange={setText} problem={report?.type === 'bad' ? report : null} />
      <p className={good ? 'rule-report' : 'rule-report bad'} role="status">
        {reportText(report)}
      </p>
      <div className="rule-actions">
        <label>
          Name <input value={name} placeholder={good ? report.name : ''} onChange={(e) => setName(e.target.value)} />
        </label>
        {draft.label !== '' && (
          <button
            type="button"
            className="button"
            onClick={() => {
              editor.set({ dialog: null, draft: null })
              void ruleCommands.removeRule(editor, draft.label)
            }}
          >
            Delete
          </button>
        )}
        <button type="submit" className="button primary" disabled={!good || label === ''}>
          Save
        </button>
      </div>
    </form>
  )
}

function reportText(report: RuleReport | null): string {
  if (!report) return 'Reading…'
  if (report.type === 'bad') return `Line ${report.line}, column ${report.column}: ${report.message}`
  const n = report.count
  return `${report.more ? 'At least ' : ''}${n} ${n === 1 ? 'match' : 'matches'} in this network`
}
