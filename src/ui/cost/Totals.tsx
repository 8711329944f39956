import { useDeferredValue, useMemo } from 'react'
import { totalRows, totalsOf, verifyCommands } from '../../editor'
import type { TotalRow } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { CostRows } from './CostRows'
import { Sizes } from './Sizes'
import { Verdict } from '../widgets/Verdict'

/** What the network held as it came, and what it holds now; and whether it still gives the same. */
export function Totals() {
  const editor = useEditor()
  const model = useEditorState((s) => s.model)
  const version = useDeferredValue(useEditorState((s) => s.version))
  const rows = useMemo(() => {
    void version
    return model && editor.session ? totalRows(model.totals, totalsOf(editor.session.census)) : []
  }, [editor, model, version])
  return (
    <section className="totals" aria-label="Before and now">
      <div className="totals-head">
        <h2>
          Totals <span className="aside">before → now</span>
          <Sizes />
        </h2>
        {(model?.dialect === 'onnx' || model?.dialect === 'tensorrt') && <Whole />}
      </div>
      <table>
        <thead className="visually-hidden">
          <tr>
            <th scope="col">What</th>
            <th scope="col">Before</th>
            <th scope="col">Now</th>
          </tr>
        </thead>
        <Counts rows={rows.slice(0, 1)} />
        <CostRows />
        <Counts rows={rows.slice(1)} />
      </table>
    </section>
  )
}

function Counts({ rows }: { readonly rows: readonly TotalRow[] }) {
  return (
    <tbody>
      {rows.map(({ name, before, now }) => (
        <tr key={name} className={before === now ? 'same' : ''}>
          <th scope="row">{name}</th>
          <td>{before}</td>
          <td>
            <span aria-hidden="true">→ </span>
            {now}
          </td>
        </tr>
      ))}
    </tbody>
  )
}

function Whole() {
  const editor = useEditor()
  const whole = useEditorState((s) => (s.whole?.at === s.timeline.cursor ? s.whole : null))
  return (
    <div className="whole">
      <button
        type="button"
        className="button small"
        title="Runs the network as it came and as it is now on the same random inputs (V)"
        disabled={whole?.check === 'checking'}
        onClick={() => void verifyCommands.checkWhole(editor)}
      >
        Check the whole
      </button>
      {whole && <Verdict check={whole.check} />}
    </div>
  )
}
