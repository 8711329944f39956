import { operatorDocs } from '../../editor'
import type { OperandDoc } from '../../editor'
import { useEditor } from '../editor-context'

interface Props {
  readonly layer: number
  readonly open: boolean
  readonly onToggle: (open: boolean) => void
}

/** What the layer's operator does and takes. It stays open from layer to layer, as it was left. */
export function OperatorHelp({ layer, open, onToggle }: Props) {
  const found = useEditor().session?.replica.getLayer(layer)
  const docs = found && operatorDocs(found)
  if (!docs) return null
  const { operator, summary, since, inputs, outputs, attributes } = docs
  return (
    <details className="operator-help" open={open} onToggle={(e) => onToggle(e.currentTarget.open)}>
      <summary>About {operator}</summary>
      {summary && <p>{summary}</p>}
      <Operands title="Takes" operands={inputs} />
      <Operands title="Gives" operands={outputs} />
      {attributes.length > 0 && (
        <>
          <h4>Attributes</h4>
          <ul>
            {attributes.map(({ name, type, usual, own }) => (
              <li key={name}>
                <span className="mono">{name}</span>
                <span className="dim">
                  {type}, {usual}
                </span>
                {own !== null && <span className="mono own">here {own}</span>}
              </li>
            ))}
          </ul>
        </>
      )}
      {since && <p className="dim">{since}</p>}
    </details>
  )
}

function Operands({ title, operands }: { readonly title: string; readonly operands: readonly OperandDoc[] }) {
  if (operands.length === 0) return null
  return (
    <>
      <h4>{title}</h4>
      <ul>
        {operands.map(({ name, note, given }) => (
          <li key={name}>
            <span className="mono">{name}</span>
            <span className="dim">{[note, !given && 'not here'].filter(Boolean).join(', ')}</span>
          </li>
        ))}
      </ul>
    </>
  )
}
