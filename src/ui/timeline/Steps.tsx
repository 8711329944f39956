import { ChevronDown, ChevronRight } from 'lucide-react'
import { useEffect, useMemo, useRef } from 'react'
import { commonPath, historyCommands, rowOfCursor, stepCommands as moves, timelineRows } from '../../editor'
import type { Run, StepInfo, TimelineRow } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { useOneStop } from '../widgets/use-one-stop'
import { useVirtualRows } from '../widgets/use-virtual-rows'
import { PointTools } from '../history/PointTools'
import { RenameField } from '../widgets/RenameField'
import { StepRow } from './StepRow'
import { verdictCounts } from './verdict-counts'

const ROW = 28

/** Every step of this line of history, in runs that fold; only the rows in view are made. */
export function Steps() {
  const timeline = useEditorState((s) => s.timeline)
  const { folds, filter } = useEditorState((s) => s.panel)
  const rows = useMemo(() => timelineRows(timeline, folds, filter), [timeline, folds, filter])
  const skip = useMemo(() => sharedPath(timeline.steps), [timeline.steps])
  const list = useRef<HTMLOListElement>(null)
  const { from, to, onScroll } = useVirtualRows(list, rows.length, ROW)
  useOneStop(list, timeline.steps.length > 0)
  const at = rowOfCursor(rows, timeline.cursor)
  const cursor = timeline.steps.findIndex((s) => s.node === timeline.cursor)
  useEffect(() => {
    const element = list.current
    if (!element || at < 0) return
    // In the frame, where the layout that it asks for is the one that is needed anyway.
    const frame = requestAnimationFrame(() => {
      const top = at * ROW
      if (top < element.scrollTop) element.scrollTop = top
      else if (top + 2 * ROW > element.scrollTop + element.clientHeight)
        element.scrollTop = top + 2 * ROW - element.clientHeight
    })
    return () => cancelAnimationFrame(frame)
  }, [at])
  if (timeline.steps.length === 0) return <NoSteps />
  if (rows.length === 0) return <p className="hint">No step is like that.</p>
  return (
    <ol ref={list} onScroll={onScroll}>
      <li aria-hidden="true" style={{ height: from * ROW }} />
      {rows.slice(from, to).map((row) => (
        <li key={keyOf(row)} className="step-item" data-row="">
          {row.type === 'start' && <StartRow now={cursor < 0} />}
          {row.type === 'run' && <RunRow run={row.run} folded={row.folded} cursor={cursor} />}
          {row.type === 'step' && (
            <StepRow
              step={row.step}
              number={row.index + 1}
              skip={skip}
              inRun={row.inRun}
              now={row.index === cursor}
              later={row.index > cursor}
            />
          )}
        </li>
      ))}
      <li aria-hidden="true" style={{ height: Math.max(0, rows.length - to) * ROW }} />
    </ol>
  )
}

function NoSteps() {
  const tries = useEditorState((s) => s.tries)
  if (tries === '')
    return <p className="hint">Each rewrite will stand here as a step. Choose a pattern and play its matches.</p>
  return (
    <p className="hint">
      <strong>What to try:</strong> {tries} Each rewrite will stand here as a step.
    </p>
  )
}

/** Of what clears dead layers away no root is told. */
function sharedPath(steps: readonly StepInfo[]): number {
  return commonPath(steps.flatMap((s) => (s.rootName === '' ? [] : [s.rootName])))
}

function keyOf(row: TimelineRow): string {
  return row.type === 'start' ? 'start' : row.type === 'run' ? `run ${row.run.first}` : String(row.step.node)
}

/** The network as it came. */
function StartRow({ now }: { readonly now: boolean }) {
  const editor = useEditor()
  const naming = useEditorState((s) => s.panel.naming?.type === 'point' && s.panel.naming.node === 0)
  const name = useEditorState((s) => s.timeline.bookmarks.find((b) => b.node === 0)?.name ?? null)
  const left = useEditorState((s) => s.timeline.atStart)
  const label = name ?? 'Original'
  return (
    <>
      {naming ? (
        <RenameField what="the start" value={name ?? ''} />
      ) : (
        <button
          type="button"
          className="step"
          aria-current={now ? 'step' : undefined}
          onClick={() => void moves.seek(editor, 0)}
        >
          <span className="step-number">0</span>
          <span className="step-label">{label}</span>
          <span />
          <span className="step-change">{left} layers</span>
        </button>
      )}
      <PointTools node={0} label={label} />
    </>
  )
}

interface RunProps {
  readonly run: Run
  readonly folded: boolean
  readonly cursor: number
}

function RunRow({ run, folded, cursor }: RunProps) {
  const editor = useEditor()
  const verdicts = useEditorState((s) => s.verdicts)
  const counts = verdictCounts(run.steps, verdicts)
  const count = run.steps.length
  const done = Math.min(count, Math.max(0, cursor + 1 - run.from))
  const inside = done > 0 && done < count ? ` · at ${done}` : ''
  const Chevron = folded ? ChevronRight : ChevronDown
  const sum = (of: 'removed' | 'added') => run.steps.reduce((n, s) => n + s[of], 0)
  const here = cursor >= run.from && cursor < run.from + count
  return (
    <button
      type="button"
      className={done === 0 ? 'step run later' : 'step run'}
      aria-expanded={!folded}
      aria-current={folded && here ? 'step' : undefined}
      onClick={() => historyCommands.setFold(editor, run.first, !folded)}
    >
      <span className="step-number">
        <Chevron size={13} aria-hidden="true" />
      </span>
      <span className="step-label">{run.label}</span>
      <span className="step-root">
        {count} steps{inside}
      </span>
      <span className="step-change">
        {sum('removed')} → {sum('added')} layers
      </span>
      <span className="step-cost" />
      <span className="step-verdict run-verdict">
        {counts.fault === null ? (
          counts.text
        ) : (
          <span className="verdict fault" title={counts.text}>
            {counts.text}
          </span>
        )}
      </span>
    </button>
  )
}
