import { useState } from 'react'
import { draftCommands, explainCommands } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { Reason } from './Reason'

/** Asks of the selected layer why a pattern does not match there. */
export function WhyNot() {
  const editor = useEditor()
  const patterns = useEditorState((s) => s.patterns)
  const chosen = useEditorState((s) => s.chosen)
  const selected = useEditorState((s) => s.selected)
  const explained = useEditorState((s) => s.explained)
  const [asked, setAsked] = useState<string | null>(null)
  const rewriters = patterns.filter((p) => p.type === 'rewriter')
  const families = [...new Set(rewriters.map((p) => p.family))]
  const label = asked ?? (rewriters.some((p) => p.label === chosen) ? chosen : null) ?? rewriters[0]?.label
  if (label === undefined) return null
  const answer = explained && `L${explained.layer}` === selected ? explained : null
  return (
    <div className="why-not">
      <label>
        <span className="visually-hidden">Pattern to ask about</span>
        <select value={label} onChange={(e) => setAsked(e.target.value)}>
          {families.map((family) => (
            <optgroup key={family} label={family}>
              {rewriters
                .filter((p) => p.family === family)
                .map((p) => (
                  <option key={p.label}>{p.label}</option>
                ))}
            </optgroup>
          ))}
        </select>
      </label>
      <button
        type="button"
        className="button small"
        title="Why does this pattern not match at this layer? (W)"
        onClick={() => void explainCommands.explainSelected(editor, label)}
      >
        Why not here?
      </button>
      {answer && (
        <div className="why-answer" role="status">
          {answer.found.type === 'match' && `${answer.label} does match here.`}
          {answer.found.type === 'nothing' && `${answer.label} is not tried at this layer, nor right behind it.`}
          {answer.found.type === 'miss' && (
            <>
              <strong>{answer.label}</strong>: {answer.found.miss.matched.length} of {answer.found.miss.parts} parts
              {answer.found.miss.root !== answer.layer && (
                <span className="tried">
                  tried at <span className="mono">{answer.found.miss.rootName}</span>
                </span>
              )}
              <Reason miss={answer.found.miss} />
              {patterns.some((p) => p.label === answer.label && (p.rule ?? p.source)) && (
                <button type="button" className="link" onClick={() => draftCommands.copyRule(editor, answer.label)}>
                  Edit a copy of the rule
                </button>
              )}
            </>
          )}
        </div>
      )}
    </div>
  )
}
