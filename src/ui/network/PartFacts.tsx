import { useMemo } from 'react'
import { costOfLayers, layersOf, multiCommands, selectedPart, showOnlyCommands, tensorCommands } from '../../editor'
import type { PartValue } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { Facts } from './Facts'

/** So many tensors are listed. */
const LISTED = 40

/** Several selected at once: what enters and leaves them, what they are, and what they cost. */
export function PartFacts({ keys }: { readonly keys: ReadonlySet<string> }) {
  const editor = useEditor()
  const scene = useEditorState((s) => s.scene)
  const version = useEditorState((s) => s.version)
  const cost = useEditorState((s) => s.cost)
  const found = useMemo(() => {
    void [version, cost]
    const { session } = editor
    if (!session) return null
    const layers = layersOf(session.replica, scene, keys)
    return { part: selectedPart(session.replica, layers), cost: costOfLayers(session.costs, layers) }
  }, [editor, scene, keys, version, cost])
  if (!found) return null
  const { part } = found
  const count = part.layers.size
  return (
    <div className="inspector-body">
      <div className="inspector-title">
        {keys.size !== count && `${keys.size} selected, `}
        {count === 1 ? '1 layer' : `${count.toLocaleString('en')} layers`}
      </div>
      <Values title="Inputs" values={part.inputs} />
      <Values title="Outputs" values={part.outputs} />
      <section aria-label="Operators">
        <h3>Operators</h3>
        <Facts rows={part.operators.map(([kind, n]) => [kind, n.toLocaleString('en')] as const)} />
        {part.constants > 0 && <Facts rows={[['constants', part.constants.toLocaleString('en')]]} />}
      </section>
      {found.cost && (
        <section aria-label="Cost of one run">
          <h3>Cost</h3>
          <Facts rows={found.cost.rows} />
        </section>
      )}
      <div className="row">
        <button type="button" className="button small" onClick={() => multiCommands.fitSelection(editor)}>
          Bring into view
        </button>
        <button
          type="button"
          className="button small"
          title="Hide the rest (Shift O)"
          onClick={() => void showOnlyCommands.showOnlySelected(editor)}
        >
          Show only these
        </button>
        <button
          type="button"
          className="button small"
          title="Shift X"
          onClick={() => void showOnlyCommands.hideSelected(editor)}
        >
          Hide
        </button>
      </div>
    </div>
  )
}

function Values({ title, values }: { readonly title: 'Inputs' | 'Outputs'; readonly values: readonly PartValue[] }) {
  const editor = useEditor()
  if (values.length === 0) return null
  return (
    <section aria-label={title}>
      <h3>
        {title} <span className="count">{values.length}</span>
      </h3>
      <ul className="values">
        {values.slice(0, LISTED).map(({ tensor, name, type }) => (
          <li key={tensor}>
            <button
              type="button"
              className="link value-name mono"
              title={`Select the tensor ${name}`}
              onClick={() => tensorCommands.selectTensor(editor, tensor)}
            >
              <bdi>{name}</bdi>
            </button>
            <span className="value-type mono">{type}</span>
          </li>
        ))}
      </ul>
      {values.length > LISTED && <p className="dim">and {values.length - LISTED} more</p>}
    </section>
  )
}
