import { GitBranch } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { scrubTo, steps } from '../../editor'
import type { StepInfo } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { useWindow } from '../panels/use-window'
import { Verdict } from './Verdict'

const ROW = 28

/** Every step of this line of history; a click goes there, and the slider goes through them. */
export function Timeline() {
  const editor = useEditor()
  const timeline = useEditorState((s) => s.timeline)
  const list = useRef<HTMLOListElement>(null)
  const count = timeline.steps.length
  const { from, to, onScroll } = useWindow(list, count, ROW)
  const at = timeline.steps.findIndex((s) => s.node === timeline.cursor)
  useEffect(() => {
    const element = list.current
    if (!element || at < 0) return
    const top = at * ROW
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + 2 * ROW > element.scrollTop + element.clientHeight)
      element.scrollTop = top + 2 * ROW - element.clientHeight
  }, [at])
  return (
    <section className="timeline" aria-label="Timeline">
      <div className="panel-head">
        <h2>Timeline</h2>
        {count > 0 && (
          <input
            type="range"
            className="scrubber"
            min={0}
            max={count}
            value={at + 1}
            aria-label="Step in the history"
            aria-valuetext={`${at + 1} of ${count}`}
            onChange={(e) => void scrubTo(editor, Number(e.target.value))}
          />
        )}
      </div>
      {count === 0 && (
        <p className="hint">Each rewrite will stand here as a step. Choose a pattern and play its matches.</p>
      )}
      <ol ref={list} onScroll={onScroll}>
        <li aria-hidden="true" style={{ height: from * ROW }} />
        {timeline.steps.slice(from, to).map((step, i) => (
          <li key={step.node} className="step-item">
            <StepRow step={step} number={from + i + 1} now={from + i === at} later={from + i > at} />
            <Branches step={step} />
          </li>
        ))}
        <li aria-hidden="true" style={{ height: Math.max(0, count - to) * ROW }} />
      </ol>
    </section>
  )
}

interface RowProps {
  readonly step: StepInfo
  readonly number: number
  readonly now: boolean
  readonly later: boolean
}

function StepRow({ step, number, now, later }: RowProps) {
  const editor = useEditor()
  const check = useEditorState((s) => s.verdicts.get(step.node))
  return (
    <button
      type="button"
      className={later ? 'step later' : 'step'}
      aria-current={now ? 'step' : undefined}
      onClick={() => void steps.seek(editor, step.node)}
    >
      <span className="step-number">{number}</span>
      <span className="step-label">{step.label}</span>
      <span className="step-root mono">{step.rootName}</span>
      <span className="step-change">{changeText(step)}</span>
      <span className="step-verdict">{check && <Verdict check={check} />}</span>
    </button>
  )
}

function changeText({ removed, added, cleared }: StepInfo): string {
  if (cleared > 0) return `${cleared} dead cleared away`
  return `${removed} → ${added} ${added === 1 ? 'layer' : 'layers'}`
}

/** The other ways that were taken from the point before this step. */
function Branches({ step }: { readonly step: StepInfo }) {
  const editor = useEditor()
  return step.branches.slice(0, 3).map(({ node, label, rootName }) => (
    <button
      key={node}
      type="button"
      className="branch"
      aria-label={`Other branch: ${label} at ${rootName}`}
      title={`The branch that begins with ${label} at ${rootName}`}
      onClick={() => void steps.seek(editor, node)}
    >
      <GitBranch size={12} aria-hidden="true" /> {label}
    </button>
  ))
}
