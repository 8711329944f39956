import { tensorCommands } from '../../editor'
import type { ValueRow } from '../../editor'
import { useEditor } from '../editor-context'

interface Props {
  readonly title: 'Inputs' | 'Outputs'
  readonly rows: readonly ValueRow[]
}

/** Tensors with their names and types, and the way to their other ends. */
export function ValueRows({ title, rows }: Props) {
  const editor = useEditor()
  if (rows.length === 0) return null
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <ul className="values">
        {rows.map((row, i) => (
          <li key={i}>
            <button
              type="button"
              className="link value-name mono"
              title={`Select the tensor ${row.name}`}
              onClick={() => tensorCommands.selectTensor(editor, row.tensor)}
            >
              <bdi>{row.name}</bdi>
            </button>
            <span className="value-label">{row.label}</span>
            <span className="value-type mono">{[row.type, row.value].filter(Boolean).join('  ')}</span>
            {row.links.length > 0 && (
              <span className="value-links">
                <span className="value-label">{title === 'Inputs' ? 'from' : 'to'}</span>
                {row.links.map((link, k) => (
                  <button
                    key={k}
                    type="button"
                    className="link"
                    title={link.title}
                    onClick={() => void tensorCommands.goToItem(editor, link.key)}
                  >
                    {link.text}
                  </button>
                ))}
                {row.ends > row.links.length && (
                  <span className="value-label">and {row.ends - row.links.length} more</span>
                )}
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
