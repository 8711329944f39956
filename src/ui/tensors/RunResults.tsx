import { useRef, useState } from 'react'
import { numberText, runCommands, tensorCommands, typeText, valueCommands } from '../../editor'
import type { RunState, RunValue, ShownRun } from '../../editor'
import { operatorOf } from '../../engine'
import { useEditor } from '../editor-context'
import { useVirtualRows } from '../widgets/use-virtual-rows'

const ROW = 28

/** Every tensor that was computed, in order, and how far each is from that of the other point. */
export function RunResults({ run, now }: { readonly run: RunState; readonly now: ShownRun }) {
  const editor = useEditor()
  const [filter, setFilter] = useState('')
  const { report } = now
  const { differences, base } = run
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  const rows = report.values.filter(({ name, kind }) => words.every((w) => `${name} ${kind}`.toLowerCase().includes(w)))
  const first = runCommands.firstDifferent(run)
  const list = useRef<HTMLDivElement>(null)
  const { from, to, onScroll } = useVirtualRows(list, rows.length, ROW)
  return (
    <section className="run-results" aria-label="Values">
      <div className="row">
        <strong>{runCommands.summaryOf(report)}</strong>
        <span className="dim">at {now.label}</span>
        <input
          type="search"
          placeholder="Filter"
          aria-label="Filter tensors"
          value={filter}
          onChange={({ target }) => setFilter(target.value)}
        />
      </div>
      <Failures report={report} />
      {base && (
        <div className="row" role="status">
          {differences === null ? (
            `Comparing with ${base.label}…`
          ) : first === null ? (
            `All ${differences.size} tensors that both have agree with those at ${base.label}, up to rounding.`
          ) : (
            <>
              <span>
                The numbers part from those at {base.label} at{' '}
                <span className="mono">{report.values.find((v) => v.tensor === first)?.name}</span>
              </span>
              <button type="button" className="button small" onClick={() => void goTo(first)}>
                Go to the first that differs
              </button>
            </>
          )}
          {differences !== null && (
            <button type="button" className="button small" onClick={() => runCommands.tintDifferences(editor)}>
              Show on the graph
            </button>
          )}
        </div>
      )}
      <div
        ref={list}
        className="run-rows"
        role="table"
        aria-label="Tensors"
        aria-rowcount={rows.length}
        tabIndex={0}
        onScroll={onScroll}
      >
        <div role="presentation" style={{ height: rows.length * ROW, position: 'relative' }}>
          {rows.slice(from, to).map((value, i) => (
            <div
              key={value.tensor}
              role="row"
              aria-rowindex={from + i + 1}
              className="run-row"
              style={{ top: (from + i) * ROW }}
            >
              <span role="cell" className="dim">
                {value.layer === null ? 'input' : operatorOf(value.kind)}
              </span>
              <span role="cell" className="run-name mono">
                <button type="button" className="link" title={value.name} onClick={() => void goTo(value.tensor)}>
                  {value.name}
                </button>
              </span>
              <span role="cell" className="mono dim">
                {typeText(value.dtype, value.shape)}
              </span>
              <span role="cell" className="mono run-difference">
                <Difference run={run} value={value} />
              </span>
              <span role="cell">
                {value.dropped ? (
                  <span className="dim" title="There was no room to keep its elements">
                    not kept
                  </span>
                ) : (
                  <button type="button" className="link" onClick={() => show(value)}>
                    elements
                  </button>
                )}
              </span>
            </div>
          ))}
        </div>
      </div>
    </section>
  )

  function goTo(tensor: number): Promise<void> {
    editor.set({ dialog: null })
    return tensorCommands.goToTensor(editor, tensor)
  }
  function show({ tensor, name }: RunValue): void {
    void valueCommands.openValue(editor, { type: 'run', run: now.run, tensor }, name)
  }
}

/** The largest difference of two elements. */
function Difference({ run: { differences }, value }: { readonly run: RunState; readonly value: RunValue }) {
  const found = differences?.get(value.tensor)
  if (!found) return null
  if (found.kind === 'type') return <span className="bad">{found.equal ? 'equal' : 'another type or size'}</span>
  const text = found.maxAbsolute === 0 ? 'equal' : `Δ ${numberText(found.maxAbsolute)}`
  return <span className={found.equal ? 'dim' : 'bad'}>{text}</span>
}

/** What could not be run, and why. */
function Failures({ report }: { readonly report: ShownRun['report'] }) {
  if (report.failed.length === 0) return null
  return (
    <details className="run-failures">
      <summary>What could not be run</summary>
      <ul>
        {report.failed.slice(0, 50).map(({ layer, name, kind, reason }) => (
          <li key={layer}>
            <strong>{operatorOf(kind)}</strong> <span className="mono">{name}</span>: {reason}
          </li>
        ))}
      </ul>
    </details>
  )
}
