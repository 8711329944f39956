import { useEffect } from 'react'
import { draftCommands, refreshDraft, trialCommands } from '../../../editor'
import type { RuleDraft, RuleReport } from '../../../editor'
import { formatRules } from '../../../engine'
import { useEditor, useEditorState } from '../../editor-context'
import { CodeTools } from './CodeTools'
import { EarlierTexts } from './EarlierTexts'
import { ExportRule } from './ExportRule'
import { RuleText } from './RuleText'
import { SelectionParts } from './SelectionParts'
import { Trial } from './Trial'

interface Props {
  readonly draft: RuleDraft
}

/** Milliseconds without a key before a text is read, or code run: what comes of it is seen within 200. */
const PAUSE = 80

/** The text of a rule, what is to be said of it, its trial, and the name it is kept under. */
export default function RuleForm({ draft }: Props) {
  const editor = useEditor()
  const { text, name, label, saved, language = 'rules' } = draft
  const isCode = language === 'ts'
  const report = useEditorState((s) => s.draftReport)
  // Another network, or a step, is another place to match in.
  const version = useEditorState((s) => s.version)
  const model = useEditorState((s) => s.model)
  useEffect(() => {
    const timer = setTimeout(() => void refreshDraft(editor), PAUSE)
    return () => clearTimeout(timer)
  }, [editor, text, version, model, draft.agreed])
  const drawing = useEditorState((s) => s.drawing)
  const guide = useEditorState((s) => s.guide)
  const good = report?.type === 'good'
  const save = () => {
    void draftCommands.saveDraft(editor).then((rule) => rule && trialCommands.tryRule(editor, rule.label))
  }
  return (
    <form
      className="rule-form"
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) save()
        else if (event.key !== 'Escape' || event.defaultPrevented) return
        else void draftCommands.closeRule(editor)
        event.preventDefault()
        event.stopPropagation()
      }}
    >
      <RuleText
        text={text}
        language={language}
        onChange={(text) => draftCommands.changeDraft(editor, { text })}
        problem={report?.type === 'bad' ? report : null}
      />
      <p className={report?.type === 'bad' ? 'rule-report bad' : 'rule-report'} role="status">
        {draft.agreed === false ? (
          <>
            This code came from elsewhere. It runs nothing until you let it: read it first.{' '}
            <button type="button" className="link" onClick={() => void draftCommands.agreeToDraft(editor)}>
              Let it run
            </button>
          </>
        ) : model === null ? (
          'Open a network to see where it matches'
        ) : (
          <ReportText report={report} />
        )}
      </p>
      {isCode ? <CodeTools text={text} /> : <SelectionParts />}
      {!(good && report.analyzes) && <Trial ready={good} />}
      <div className="rule-actions">
        <label>
          Name{' '}
          <input
            value={name}
            placeholder={good ? report.name : ''}
            onChange={(e) => draftCommands.changeDraft(editor, { name: e.target.value })}
          />
        </label>
        <button type="submit" className="button primary" disabled={!good} title="Ctrl Enter">
          Save
        </button>
      </div>
      <div className="rule-actions more">
        {isCode || (
          <button
            type="button"
            className="link"
            aria-pressed={drawing}
            title="Both sides as boards, below the graph (Shift I)"
            onClick={() => draftCommands.toggleDrawing(editor)}
          >
            {drawing ? 'Close the boards' : 'Draw'}
          </button>
        )}
        {isCode || (
          <button
            type="button"
            className="link"
            disabled={!good}
            onClick={() => draftCommands.changeDraft(editor, { text: formatRules(text) })}
          >
            Format
          </button>
        )}
        <button
          type="button"
          className="link"
          disabled={text === saved}
          onClick={() => draftCommands.revertDraft(editor)}
        >
          {label === '' ? 'Begin anew' : 'Revert'}
        </button>
        {isCode || (
          <button
            type="button"
            className="link"
            aria-pressed={guide}
            title="The language in one page, and twenty rules to learn from"
            onClick={() => draftCommands.toggleGuide(editor)}
          >
            Help
          </button>
        )}
        {isCode || <ExportRule text={text} ready={good} />}
        {label !== '' && (
          <button
            type="button"
            className="link"
            title="It can be brought back"
            onClick={() => void draftCommands.deleteDraft(editor)}
          >
            Delete
          </button>
        )}
      </div>
      {label !== '' && <EarlierTexts label={label} />}
    </form>
  )
}

function ReportText({ report }: { readonly report: RuleReport | null }) {
  const count = useEditorState((s) => s.found.length)
  const searching = useEditorState((s) => s.searching)
  if (!report) return 'Reading…'
  if (report.type === 'bad') return `Line ${report.line}, column ${report.column}: ${report.message}`
  if (searching && count === 0) return 'Looking…'
  return `${count} ${count === 1 ? 'match' : 'matches'} in this network`
}
