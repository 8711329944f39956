import { openCommands, trialCommands } from '../../../editor'
import { useEditor, useEditorState } from '../../editor-context'

/** What the gate says of what is written: it is tried on networks that are made for it, before and after. */
export function Trial({ ready }: { readonly ready: boolean }) {
  const editor = useEditor()
  const trial = useEditorState((s) => s.draftTrial)
  const part = trial?.part ?? null
  const result = part && trialCommands.trialOf(part)
  return (
    <div className={`rule-trial ${result?.verdict ?? ''}`} aria-busy={trial?.running === true}>
      {trial?.running ? (
        <>
          <progress value={trial.done} max={trial.of} aria-label="Networks tried" />
          <button type="button" className="button small" onClick={() => trialCommands.stopTrial(editor)}>
            Stop
          </button>
        </>
      ) : (
        <button
          type="button"
          className="button small"
          disabled={!ready}
          title="Runs it on 100 networks that are drawn for it, before and after, in ONNX Runtime"
          onClick={() => void trialCommands.tryDraft(editor)}
        >
          {part ? 'Test again' : 'Test by numbers'}
        </button>
      )}
      <div role="status" className="trial-verdict">
        {result ? capitalized(result.text) : trial?.running ? 'Starting…' : 'Not tested yet'}
        {part && <span className="dim"> {`${part.matched} of ${part.instances} networks matched`}</span>}
      </div>
      {part?.counterexample && (
        <p className="trial-counterexample">
          On {part.counterexample.kinds.join(', ')}:{' '}
          {(['before', 'after'] as const).map((side) => {
            const file = trialCommands.counterexampleFile(editor.state, side)
            return (
              file && (
                <button
                  key={side}
                  type="button"
                  className="link"
                  onClick={() => void openCommands.openFiles(editor, [{ path: file.name, file }])}
                >
                  {side === 'before' ? 'Open the network' : 'Open what became of it'}
                </button>
              )
            )
          })}
        </p>
      )}
    </div>
  )
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
