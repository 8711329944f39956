import { memo, useMemo, useRef } from 'react'
import {
  commonPath,
  isUnread,
  matchKey,
  overlapsOf,
  patternCommands,
  previewCommands,
  playCommands,
  stepCommands,
  valueText,
} from '../../editor'
import type { MatchInfo } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { MatchParts } from './MatchParts'
import { MatchScopes } from './MatchScopes'
import { rowKeys } from '../widgets/row-keys'
import { useOneStop } from '../widgets/use-one-stop'
import { useVirtualRows } from '../widgets/use-virtual-rows'

const ROW = 44

/** Where the chosen pattern matches; pointing at one lights it, a click goes there, Alt-click shows what it would do. */
export function Matches() {
  const editor = useEditor()
  const chosen = useEditorState((s) => s.patterns.find((p) => p.label === s.chosen))
  const found = useEditorState((s) => s.found)
  const matches = useEditorState((s) => s.matches)
  const searching = useEditorState((s) => s.searching)
  const active = useEditorState((s) => s.activeMatch)
  const taken = useEditorState((s) => s.taken)
  const several = useEditorState((s) => s.also.length > 0)
  const unread = useEditorState(isUnread)
  const list = useRef<HTMLUListElement>(null)
  const { from, to, onScroll } = useVirtualRows(list, matches.length, ROW)
  useOneStop(list, chosen !== undefined)
  const skip = useMemo(() => commonPath(matches.map((m) => m.rootName)), [matches])
  const overlaps = useMemo(() => overlapsOf(found), [found])
  if (unread) return <p className="hint">What is written cannot be read yet. Its matches are listed once it can.</p>
  if (!chosen) return <p className="hint">Choose a pattern to see every place where it matches.</p>
  const rewrites = chosen.type === 'rewriter'
  const total = `${found.length} ${found.length === 1 ? 'match' : 'matches'}`
  return (
    <section className="panel matches" aria-label={`Matches of ${chosen.label}`} aria-busy={searching}>
      <div className="panel-head">
        <h2>{matches.length === found.length ? total : `${matches.length} of ${total}`}</h2>
        {rewrites && matches.length > 0 && (
          <span className="match-actions">
            <button
              type="button"
              className="button small"
              onClick={() => void stepCommands.applyNext(editor)}
              title="Enter"
            >
              Apply
            </button>
            <button
              type="button"
              className="button small primary"
              onClick={() => void playCommands.applyAll(editor)}
              title="Shift Enter"
            >
              Play all
            </button>
          </span>
        )}
      </div>
      <MatchScopes />
      {matches.length === 0 && (
        <p className="hint">
          {searching ? 'Looking…' : `${chosen.label} matches nowhere in this network as it is now.`}
        </p>
      )}
      <ul
        ref={list}
        className="match-list"
        hidden={matches.length === 0}
        onScroll={onScroll}
        onMouseLeave={() => patternCommands.pointAtMatch(editor, -1)}
      >
        <li aria-hidden="true" style={{ height: from * ROW }} />
        {matches.slice(from, to).map((match, i) => (
          <li key={matchKey(match)} data-row="">
            <MatchRow
              match={match}
              index={from + i}
              active={active === from + i}
              skip={skip}
              overlaps={overlaps.get(matchKey(match))?.length ?? 0}
              taken={taken.has(matchKey(match))}
              several={several}
            />
          </li>
        ))}
        <li aria-hidden="true" style={{ height: (matches.length - to) * ROW }} />
      </ul>
      <MatchParts />
    </section>
  )
}

interface RowProps {
  readonly match: MatchInfo
  readonly index: number
  readonly active: boolean
  /** Length of the path that all matches share, which says nothing. */
  readonly skip: number
  /** How many other matches share a layer with it. */
  readonly overlaps: number
  /** The active match would take it away. */
  readonly taken: boolean
  /** Matches of several patterns are listed: each says of which it is. */
  readonly several: boolean
}

const MatchRow = memo(function MatchRow({ match, index, active, skip, overlaps, taken, several }: RowProps) {
  const editor = useEditor()
  return (
    <button
      type="button"
      className={`match${active ? ' active' : ''}${taken ? ' taken' : ''}`}
      aria-current={active || undefined}
      onMouseEnter={() => patternCommands.pointAtMatch(editor, index)}
      onFocus={() => patternCommands.pointAtMatch(editor, index)}
      onBlur={() => patternCommands.pointAtMatch(editor, -1)}
      onClick={(e) =>
        void (e.altKey ? previewCommands.previewMatch(editor, index) : patternCommands.visitMatch(editor, index))
      }
      onDoubleClick={(e) => e.altKey || void stepCommands.applyAt(editor, index)}
      onKeyDown={(event) => rowKeys(editor, event, index)}
    >
      <span className="match-number">{index + 1}</span>
      <span className="match-name mono" title={match.rootName}>
        {match.rootName.slice(skip)}
      </span>
      {taken ? (
        <span className="overlap">taken away</span>
      ) : match.value !== undefined ? (
        <span className="match-value" title="What the analyzer says of it">
          {valueText(match.value)}
        </span>
      ) : (
        overlaps > 0 && (
          <span
            className="overlap"
            title={`Shares layers with ${overlaps === 1 ? '1 other match' : `${overlaps} other matches`}`}
          >
            overlaps {overlaps}
          </span>
        )
      )}
      <span className="match-parts">{several ? match.pattern : match.parts.map(([name]) => name).join(' · ')}</span>
    </button>
  )
})
