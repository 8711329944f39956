import { selectionRuleCommands as commands } from '../../../editor'
import type { Kept } from '../../../engine'
import { useEditor, useEditorState } from '../../editor-context'
import { shortTitles } from './short-titles'

const WORDS: Readonly<Record<Kept, string>> = { exact: 'as it is', tolerance: 'within 0.1 %', any: 'any' }

/** What a rule was made of: what is kept as it is and what may be anything, and the layers that are in it. */
export function SelectionParts() {
  const editor = useEditor()
  const origin = useEditorState((s) => s.draftOrigin)
  const selected = useEditorState((s) => s.selected)
  if (!origin) return null
  const taken = commands.layersToTake(editor)
  const titles = shortTitles(origin.parts.map((p) => p.title))
  const isIn = taken.length > 0 && taken.every((id) => origin.layers.includes(id))
  return (
    <details className="selection-parts" open>
      <summary>
        Made of {origin.layers.length} {origin.layers.length === 1 ? 'layer' : 'layers'}
        <button
          type="button"
          className="link"
          disabled={selected === null || taken.length === 0}
          title="The layer, or the group, that is selected on the canvas"
          onClick={(e) => {
            e.preventDefault()
            void commands.toggleTaken(editor)
          }}
        >
          {isIn ? 'Leave out what is selected' : 'Add what is selected'}
        </button>
      </summary>
      <ul>
        {origin.parts.map(({ key, title, choices, kept, counts }, i) => (
          <li key={key}>
            <label>
              <span title={title}>{titles[i]}</span>
              <select value={kept} onChange={(e) => void commands.decidePart(editor, key, e.target.value as Kept)}>
                {choices.map((c) => (
                  <option key={c} value={c}>
                    {counts[c] === undefined
                      ? WORDS[c]
                      : `${WORDS[c]}: ${counts[c] === 1 ? '1 match' : `${counts[c]} matches`}`}
                  </option>
                ))}
              </select>
            </label>
          </li>
        ))}
      </ul>
    </details>
  )
}
