import { Diff, Pencil, Trash2, Undo2 } from 'lucide-react'
import { compareCommands, historyCommands, stepCommands } from '../../editor'
import type { BranchInfo } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { BranchTree } from './BranchTree'
import { RenameField } from '../widgets/RenameField'

/** Every line of the tree: drawn, with its name, its steps and what it leaves; to go to, name, delete and bring back. */
export function Branches() {
  const branches = useEditorState((s) => s.timeline.branches)
  return (
    <div className="branches">
      <Deleted />
      {branches.length === 0 ? (
        <p className="hint">Act from an earlier point, and a second branch begins there. Nothing is lost.</p>
      ) : (
        <div className="branch-rows">
          <BranchTree branches={branches} />
          <ol>
            {branches.map((branch) => (
              <li key={branch.first} className="step-item">
                <BranchRow branch={branch} />
              </li>
            ))}
          </ol>
        </div>
      )}
    </div>
  )
}

function BranchRow({ branch }: { readonly branch: BranchInfo }) {
  const editor = useEditor()
  const naming = useEditorState((s) => s.panel.naming?.type === 'branch' && s.panel.naming.node === branch.first)
  const called = historyCommands.branchName(branch)
  return (
    <>
      {naming ? (
        <RenameField what={`the branch ${called}`} value={branch.name ?? ''} />
      ) : (
        <button
          type="button"
          className="step branch-row"
          aria-label={`Branch ${called}, ${stepsText(branch)}, ${branch.left} layers left`}
          aria-current={branch.open ? 'step' : undefined}
          onClick={() => void stepCommands.visit(editor, branch.tip)}
        >
          <span className="step-label" title={called}>
            {branch.name ?? branch.label}{' '}
            {branch.name === null && <span className="step-root mono">{branch.rootName}</span>}
          </span>
          <span className="step-change">{stepsText(branch)}</span>
          <span className="step-change">{branch.left} layers left</span>
        </button>
      )}
      <span className="point-tools">
        <button
          type="button"
          className="row-button"
          aria-label={`Compare with branch ${called}`}
          title="Compare the network as it is now with the end of this branch"
          onClick={() => void compareCommands.compareWith(editor, branch.tip)}
        >
          <Diff size={14} aria-hidden="true" />
        </button>
        <button
          type="button"
          className="row-button"
          aria-label={`Name branch ${called}`}
          title="Name this branch (Shift F2)"
          onClick={() => historyCommands.beginNaming(editor, 'branch', branch.first)}
        >
          <Pencil size={14} aria-hidden="true" />
        </button>
        <button
          type="button"
          className="row-button"
          aria-label={`Delete branch ${called}`}
          title="Delete what only this branch holds; it can be brought back"
          onClick={() => void historyCommands.deleteBranch(editor, branch)}
        >
          <Trash2 size={14} aria-hidden="true" />
        </button>
      </span>
    </>
  )
}

function stepsText({ steps, shared }: BranchInfo): string {
  const all = `${steps} ${steps === 1 ? 'step' : 'steps'}`
  return shared > 0 ? `${all}, ${shared} shared` : all
}

/** A deletion that can be undone. */
function Deleted() {
  const editor = useEditor()
  const deleted = useEditorState((s) => s.timeline.deleted)
  if (deleted === null) return null
  return (
    <p className="deleted">
      <span>Branch “{deleted}” deleted.</span>
      <button
        type="button"
        className="button small"
        title="Bring it back (Shift U)"
        onClick={() => void historyCommands.bringBack(editor)}
      >
        <Undo2 size={13} aria-hidden="true" /> Undo
      </button>
    </p>
  )
}
