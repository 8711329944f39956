import { useMemo, useRef } from 'react'
import { commonPath, patterns, steps } from '../../editor'
import type { MatchInfo } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { rowKeys } from './row-keys'
import { useWindow } from './use-window'

const ROW = 44

/** Where the chosen pattern matches; pointing at one lights it, a click goes there. */
export function Matches() {
  const editor = useEditor()
  const chosen = useEditorState((s) => s.patterns.find((p) => p.label === s.chosen))
  const matches = useEditorState((s) => s.matches)
  const active = useEditorState((s) => s.activeMatch)
  const list = useRef<HTMLUListElement>(null)
  const { from, to, onScroll } = useWindow(list, matches.length, ROW)
  const skip = useMemo(() => commonPath(matches.map((m) => m.rootName)), [matches])
  if (!chosen) return <p className="hint">Choose a pattern to see every place where it matches.</p>
  const rewrites = chosen.type === 'rewriter'
  return (
    <section className="panel matches" aria-label={`Matches of ${chosen.label}`}>
      <div className="panel-head">
        <h2>{`${matches.length} ${matches.length === 1 ? 'match' : 'matches'}`}</h2>
        {rewrites && matches.length > 0 && (
          <span className="match-actions">
            <button type="button" className="button small" onClick={() => void steps.applyNext(editor)} title="Enter">
              Apply
            </button>
            <button
              type="button"
              className="button small primary"
              onClick={() => void steps.applyAll(editor)}
              title="Shift Enter"
            >
              Play all
            </button>
          </span>
        )}
      </div>
      {matches.length === 0 && <p className="hint">{chosen.label} matches nowhere in this network as it is now.</p>}
      <ul ref={list} className="match-list" onScroll={onScroll} onMouseLeave={() => patterns.pointAtMatch(editor, -1)}>
        <li aria-hidden="true" style={{ height: from * ROW }} />
        {matches.slice(from, to).map((match, i) => (
          <li key={match.root}>
            <MatchRow match={match} index={from + i} active={active === from + i} skip={skip} />
          </li>
        ))}
        <li aria-hidden="true" style={{ height: (matches.length - to) * ROW }} />
      </ul>
    </section>
  )
}

interface RowProps {
  readonly match: MatchInfo
  readonly index: number
  readonly active: boolean
  /** Length of the path that all matches share, which says nothing. */
  readonly skip: number
}

function MatchRow({ match, index, active, skip }: RowProps) {
  const editor = useEditor()
  return (
    <button
      type="button"
      className={active ? 'match active' : 'match'}
      onMouseEnter={() => patterns.pointAtMatch(editor, index)}
      onFocus={() => patterns.pointAtMatch(editor, index)}
      onBlur={() => patterns.pointAtMatch(editor, -1)}
      onClick={() => void patterns.visitMatch(editor, index)}
      onDoubleClick={() => void steps.applyAt(editor, index)}
      onKeyDown={(event) => rowKeys(editor, event, () => steps.applyAt(editor, index))}
    >
      <span className="match-number">{index + 1}</span>
      <span className="match-name mono" title={match.rootName}>
        {match.rootName.slice(skip)}
      </span>
      <span className="match-parts">{match.parts.map(([name]) => name).join(' · ')}</span>
    </button>
  )
}
