import { Popover } from 'radix-ui'
import { costCommands } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'

/** The symbolic sizes of the network: what is said of them, what is assumed, what is missing. */
export function Sizes() {
  const editor = useEditor()
  const said = useEditorState((s) => s.sizes)
  const cost = useEditorState((s) => s.cost)
  const book = editor.session?.costs
  // The book is another one behind each step that brings a size: its sum tells when.
  void cost
  const symbols = book?.symbols ?? []
  if (!book || symbols.length === 0) return null
  const { counted } = book
  const missing = symbols.filter((name) => counted[name] === undefined).length
  const assumed = symbols.length - missing - symbols.filter((name) => said[name] !== undefined).length
  const state = missing > 0 ? `${missing} missing` : assumed > 0 ? `${assumed} assumed` : 'all said'
  return (
    <Popover.Root>
      <Popover.Trigger className="button small sizes-button">Sizes: {state}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover sizes" side="top" align="end" aria-label="Symbolic sizes">
          <h3>Costs are of a run with</h3>
          {symbols.map((name) => (
            <Size key={name} name={name} said={said[name] ?? null} counted={counted[name] ?? null} />
          ))}
          <p className="dim">A size that is left empty is assumed by its name, where that is a usual one.</p>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

interface SizeProps {
  readonly name: string
  readonly said: number | null
  readonly counted: number | null
}

function Size({ name, said, counted }: SizeProps) {
  const editor = useEditor()
  return (
    <label className="size">
      <span className="mono" title={name}>
        {name}
      </span>
      <input
        type="number"
        min={0}
        step={1}
        value={said ?? ''}
        placeholder={counted === null ? 'unknown' : String(counted)}
        onChange={({ target }) => {
          const size = target.value === '' ? null : Number(target.value)
          if (size === null || (Number.isSafeInteger(size) && size >= 0)) void costCommands.setSize(editor, name, size)
        }}
      />
      <span className="dim">{said !== null ? 'said' : counted === null ? 'missing' : 'assumed'}</span>
    </label>
  )
}
