import { ChevronDown, ChevronUp, Columns2, Layers, X } from 'lucide-react'
import { compareCommands, compareNumbers, stopsOf } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { IconButton } from '../widgets/IconButton'
import { Verdict } from '../widgets/Verdict'

/** What is compared, how much differs, and the way from one rewrite to the next. */
export function CompareBar() {
  const editor = useEditor()
  const state = useEditorState((s) => s.compare)
  const cursor = useEditorState((s) => s.timeline.cursor)
  const numbers = useEditorState((s) => s.numbers)
  if (!state) return null
  const { base, counts, beside, at, differences, scene } = state
  const { removed, added, changed, kept } = counts
  const stops = stopsOf(differences)
  return (
    <div className="compare-bar" role="toolbar" aria-label="Comparison">
      <span className="compare-with" title={`The network as it is now, against ${base.label}`}>
        against <strong>{base.label}</strong>
      </span>
      {scene ? (
        <span className="compare-counts">
          <span className="diff-sign removed">− {removed} removed</span>
          <span className="diff-sign added">+ {added} added</span>
          <span className="diff-sign changed">± {changed} changed</span>
          <span className="diff-sign">{kept} kept</span>
        </span>
      ) : (
        <span className="dim">comparing…</span>
      )}
      {base.type === 'file' && (
        <span className="compare-numbers">
          {numbers?.at === cursor ? (
            <Verdict check={numbers.check} />
          ) : (
            <button
              type="button"
              className="button small"
              title={`Run both on the same inputs: the network as it is now, and ${base.label}`}
              onClick={() => void compareNumbers(editor)}
            >
              Compare numbers
            </button>
          )}
        </span>
      )}
      <span className="row">
        <IconButton
          label={beside ? 'Overlaid' : 'Side by side'}
          keys="\"
          icon={beside ? Layers : Columns2}
          onClick={() => compareCommands.toggleBeside(editor)}
        />
        <IconButton
          label="Previous difference"
          keys="Shift Y"
          icon={ChevronUp}
          disabled={differences.length === 0}
          onClick={() => void compareCommands.walkDifferences(editor, -1)}
        />
        <span className="compare-at">
          {at < 0 ? 0 : stops.findLastIndex((stop) => stop <= at) + 1}/{stops.length}
        </span>
        <IconButton
          label="Next difference"
          keys="Y"
          icon={ChevronDown}
          disabled={differences.length === 0}
          onClick={() => void compareCommands.walkDifferences(editor, 1)}
        />
        <IconButton
          label="Stop comparing"
          keys="I"
          icon={X}
          onClick={() => void compareCommands.endComparing(editor)}
        />
      </span>
    </div>
  )
}
