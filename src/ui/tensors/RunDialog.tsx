import { Dialog } from 'radix-ui'
import { useState } from 'react'
import { runCommands, typeText } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { DialogFrame } from '../widgets/DialogFrame'
import { RunResults } from './RunResults'

/** Runs the network on random inputs or on files, and lists what every tensor is. */
export function RunDialog() {
  return (
    <DialogFrame name="run" title="Run the network" className="run-dialog">
      <Dialog.Description className="hint">
        ONNX Runtime runs it in this page, as it is at this step. Every tensor can be looked at afterwards.
      </Dialog.Description>
      <RunForm />
    </DialogFrame>
  )
}

function RunForm() {
  const editor = useEditor()
  const run = useEditorState((s) => s.run)
  const timeline = useEditorState((s) => s.timeline)
  const [files, setFiles] = useState<ReadonlyMap<string, File>>(new Map())
  const [seed, setSeed] = useState(1)
  const [base, setBase] = useState<string>('')
  const inputs = editor.session?.replica.getInputs() ?? []
  const isRunning = run.fraction !== null
  const wish = { seed, files, base: base === '' ? null : Number(base) }
  const points = [0, ...timeline.steps.map((s) => s.node)].filter((node) => node !== timeline.cursor)
  const choose = (name: string, file: File | undefined) => {
    const next = new Map(files)
    if (file) next.set(name, file)
    else next.delete(name)
    setFiles(next)
  }
  return (
    <div className="run-body">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void runCommands.runNetwork(editor, wish)
        }}
      >
        <h3>Inputs</h3>
        <ul className="run-inputs">
          {inputs.map((input) => (
            <li key={input.id}>
              <span className="mono">{input.name}</span>
              <span className="mono dim">{typeText(input.dtype, input.shape)}</span>
              <label>
                <span className="visually-hidden">File for {input.name}</span>
                <input
                  type="file"
                  accept=".npy,.pb"
                  title="A .npy file, or a .pb file of ONNX test data; random values without one"
                  onChange={({ target }) => choose(input.name, target.files?.[0])}
                />
              </label>
            </li>
          ))}
        </ul>
        <div className="run-choices">
          <label>
            Seed of random values
            <input
              type="number"
              value={seed}
              min={0}
              onChange={({ target }) => setSeed(Math.trunc(Number(target.value)) || 0)}
            />
          </label>
          <label>
            Compare with
            <select value={base} onChange={({ target }) => setBase(target.value)}>
              <option value="">nothing</option>
              {points.map((node) => (
                <option key={node} value={node}>
                  {runCommands.pointText(timeline, node)}
                </option>
              ))}
            </select>
          </label>
          {isRunning ? (
            <>
              <progress value={run.fraction ?? 0} aria-label="Running" />
              <button type="button" className="button" onClick={() => runCommands.cancelRun(editor)}>
                Cancel
              </button>
            </>
          ) : (
            <button type="submit" className="button primary">
              Run
            </button>
          )}
        </div>
      </form>
      {run.problem !== null && (
        <p className="hint bad" role="alert">
          It cannot be run: {run.problem}.
        </p>
      )}
      {run.now && <RunResults run={run} now={run.now} />}
    </div>
  )
}
