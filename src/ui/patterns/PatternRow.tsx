import { memo, useEffect, useRef } from 'react'
import { draftCommands, isSet, libraryCommands, patternCommands as commands, speaksAgainst } from '../../editor'
import type { PatternState } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { CodeState } from './CodeState'
import { OwnPattern } from './OwnPattern'
import { BreakToggle } from './BreakToggle'
import { rowKeys } from '../widgets/row-keys'

export const PatternRow = memo(function PatternRow({ pattern }: { readonly pattern: PatternState }) {
  const editor = useEditor()
  const chosen = useEditorState((s) => s.chosen === pattern.label)
  const also = useEditorState((s) => s.also.includes(pattern.label))
  const { label, equation, count, on } = pattern
  const isWrong = speaksAgainst(pattern.tried?.verdict)
  const broken = useEditorState((s) => isSet(s.breakpoints, { type: 'pattern', label }))
  const row = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (chosen) row.current?.parentElement?.scrollIntoView({ block: 'nearest' })
  }, [chosen])
  return (
    <div className={`pattern-item${chosen ? ' chosen' : also ? ' also' : ''}`} data-row="">
      {pattern.type === 'rewriter' ? (
        <input
          type="checkbox"
          checked={on && !isWrong}
          disabled={isWrong}
          aria-label={`Use ${label}`}
          title={
            isWrong
              ? `It is not played with the library: it ${pattern.tried?.text}`
              : 'Takes part when the library is played'
          }
          onChange={(e) => libraryCommands.switchPatterns(editor, [label], e.target.checked)}
        />
      ) : (
        <span />
      )}
      <button
        ref={row}
        type="button"
        className={count === 0 ? 'pattern none' : 'pattern'}
        aria-pressed={chosen || also}
        title="Ctrl-click or Ctrl Enter: its matches beside those of the chosen pattern"
        onClick={(e) =>
          void (e.ctrlKey || e.metaKey
            ? commands.toggleAlso(editor, label)
            : commands.choosePattern(editor, chosen ? null : label))
        }
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
            event.preventDefault()
            event.stopPropagation()
            void commands.toggleAlso(editor, label)
          } else if (chosen) rowKeys(editor, event, Math.max(0, editor.state.activeMatch))
        }}
      >
        <span className="pattern-name">
          {broken && <span className="dot set" role="img" aria-label="breakpoint" />} {label}
        </span>{' '}
        <span className={count ? 'pattern-count' : 'pattern-count zero'}>
          {count ?? '…'}
          <span className="visually-hidden">{count === 1 ? ' match,' : ' matches,'}</span>
        </span>{' '}
        <span className="pattern-equation mono">{equation}</span>
      </button>
      {chosen && (pattern.type === 'rewriter' || pattern.language === 'ts') && <PatternFacts pattern={pattern} />}
    </div>
  )
})

const EXACTNESS = {
  exact: 'bit for bit',
  rounding: 'equal up to rounding',
  approximation: 'an approximation',
}

/** What there is to know and to set of the chosen pattern. */
function PatternFacts({ pattern }: { readonly pattern: PatternState }) {
  const editor = useEditor()
  const { label, benefit, exactness, assumes, optIn, rule, language, log, tried, source } = pattern
  return (
    <div className="pattern-facts">
      <label title="Patterns of higher benefit are tried first">
        benefit{' '}
        <input
          type="number"
          value={benefit}
          min={0}
          max={1000}
          onChange={(e) => libraryCommands.setBenefit(editor, label, e.target.valueAsNumber)}
        />
      </label>
      <BreakToggle breakpoint={{ type: 'pattern', label }} keys="Shift B" />
      {exactness && <span>{EXACTNESS[exactness]}</span>}
      {optIn && <span>off unless chosen</span>}
      {rule !== undefined && (
        <button type="button" className="link" onClick={() => void draftCommands.editRule(editor, label)}>
          {language === 'ts' ? 'Edit class' : 'Edit rule'}
        </button>
      )}
      {rule !== undefined && <OwnPattern label={label} />}
      {language === 'ts' && <CodeState label={label} />}
      {language !== 'ts' && (rule ?? source?.text) !== undefined && (
        <button type="button" className="link" onClick={() => draftCommands.copyRule(editor, label)}>
          Edit a copy
        </button>
      )}
      {source && (
        <details className="rule-source">
          <summary>Read the rule</summary>
          <pre>{source.text}</pre>
          {source.hasCode && <p className="dim">Code checks or makes more of it than this text says.</p>}
        </details>
      )}
      {tried && <p className={speaksAgainst(tried.verdict) ? 'warning' : ''}>Tested by numbers: {tried.text}.</p>}
      {assumes && <p>Assumes that {assumes}.</p>}
      {log.length > 0 && (
        <ul className="pattern-log" aria-label={`Log of ${label}`}>
          {log.map((line, i) => (
            <li key={i}>
              {line.level}: {line.message}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
