import { openCommands, trialCommands, tryOutCommands } from '../../../editor'
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
          title="Runs it on networks that are made for it, before and after, in ONNX Runtime"
          onClick={() => void trialCommands.tryDraft(editor)}
        >
          {part ? 'Test again' : 'Test by numbers'}
        </button>
      )}
      <TryIt ready={ready} />
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

/** One rewrite with its verdict, and the place as an example. */
function TryIt({ ready }: { readonly ready: boolean }) {
  const editor = useEditor()
  const tried = useEditorState((s) => s.tryOut)
  const count = useEditorState((s) => s.matches.length)
  const isRule = useEditorState((s) => s.draft?.language !== 'ts')
  const hasPlace = useEditorState((s) => s.activeMatch >= 0 || s.miss !== null || s.selected !== null)
  return (
    <>
      <button
        type="button"
        className="button small"
        disabled={!ready || count === 0}
        title="Does one rewrite, compares its numbers, and undoes it: the match that is chosen, or the first"
        onClick={() => void tryOutCommands.tryIt(editor)}
      >
        Try it
      </button>
      {isRule && (
        <button
          type="button"
          className="link"
          disabled={!hasPlace}
          title="The match, the near miss, or what is selected, written into the rule as a small network"
          onClick={() => void tryOutCommands.addExample(editor)}
        >
          Add this place as an example
        </button>
      )}
      {tried && (
        <p role="status" className={tried.differs ? 'tried-out warning' : 'tried-out'}>
          At <span className="mono">{tried.rootName}</span>: {tried.told || 'trying…'}
        </p>
      )}
    </>
  )
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
