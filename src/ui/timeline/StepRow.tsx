import { GitBranch } from 'lucide-react'
import { memo } from 'react'
import { deltaText, stepCostText, stepCommands } from '../../editor'
import type { StepInfo } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { PointTools } from '../history/PointTools'
import { RenameField } from '../widgets/RenameField'
import { Verdict } from '../widgets/Verdict'

interface Props {
  readonly step: StepInfo
  readonly number: number
  /** Length of the path that the roots of all steps share, which tells nothing apart. */
  readonly skip: number
  /** Below the heading of its run. */
  readonly inRun: boolean
  readonly now: boolean
  readonly later: boolean
}

/** One rewrite: pattern, root, layers out and in, cost, verdict. A click goes there. */
export const StepRow = memo(function StepRow({ step, number, skip, inRun, now, later }: Props) {
  const editor = useEditor()
  const check = useEditorState((s) => s.verdicts.get(step.node))
  const naming = useEditorState((s) => s.panel.naming?.type === 'point' && s.panel.naming.node === step.node)
  const what = `step ${number}`
  return (
    <>
      {naming ? (
        <RenameField what={what} value={step.name ?? ''} />
      ) : (
        <button
          type="button"
          className={['step', later && 'later', inRun && 'in-run'].filter(Boolean).join(' ')}
          aria-current={now ? 'step' : undefined}
          onClick={() => void stepCommands.visit(editor, step.node)}
        >
          <span className="step-number">{number}</span>
          <span className="step-label">
            {step.name === null ? (
              step.label
            ) : (
              <>
                <strong>{step.name}</strong> <span className="dim">{step.label}</span>
              </>
            )}
          </span>
          <span className="step-root mono" title={step.rootName}>
            {step.rootName.slice(skip)}
          </span>
          <span className="step-change">
            <Change step={step} />
          </span>
          <span className="step-cost" title={stepCostText(step.cost)}>
            <WithUnit text={deltaText(step.cost, 'launches')} />
          </span>
          <span className="step-verdict">{check && <Verdict check={check} />}</span>
        </button>
      )}
      <Forks step={step} />
      <PointTools node={step.node} label={`${what}, ${step.name ?? step.label}`} />
    </>
  )
})

function Change({ step: { removed, added, cleared } }: { readonly step: StepInfo }) {
  if (cleared > 0) return `${cleared} unused layers removed`
  return <WithUnit text={`${removed} → ${added} ${added === 1 ? 'layer' : 'layers'}`} />
}

/** The last word is left out where there is no room for it. */
function WithUnit({ text }: { readonly text: string }) {
  const at = text.lastIndexOf(' ') + 1
  return (
    <>
      {text.slice(0, at)}
      <span className="unit">{text.slice(at)}</span>
    </>
  )
}

/** The other ways that were taken from the point before this step. */
function Forks({ step }: { readonly step: StepInfo }) {
  const editor = useEditor()
  return step.branches.slice(0, 3).map(({ node, label, rootName, name }) => (
    <button
      key={node}
      type="button"
      className="branch"
      aria-label={`Other branch: ${name ?? label} at ${rootName}`}
      title={`The branch ${name ? `${name}, ` : ''}that goes on with ${label} at ${rootName}`}
      onClick={() => void stepCommands.visit(editor, node)}
    >
      <GitBranch size={12} aria-hidden="true" /> {name ?? label}
    </button>
  ))
}
