import { useEffect, useRef } from 'react'
import { steps } from '../../editor'
import type { StepInfo } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'

/** Every step of this line of history; a click goes there. */
export function Timeline() {
  const timeline = useEditorState((s) => s.timeline)
  const list = useRef<HTMLOListElement>(null)
  const at = timeline.steps.findIndex((s) => s.node === timeline.cursor)
  useEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' })
  }, [at])
  return (
    <section className="timeline" aria-label="Timeline">
      <h2>Timeline</h2>
      {timeline.steps.length === 0 && (
        <p className="hint">Each rewrite will stand here as a step. Choose a pattern and play its matches.</p>
      )}
      <ol ref={list}>
        {timeline.steps.map((step, i) => (
          <li key={step.node}>
            <StepRow step={step} number={i + 1} now={i === at} later={i > at} />
          </li>
        ))}
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
      <span className="step-change">
        {step.removed} → {step.added} {step.added === 1 ? 'layer' : 'layers'}
      </span>
    </button>
  )
}
