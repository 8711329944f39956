import { useMemo } from 'react'
import { breakpointCommands, inspect, selectCommands, selectionCost } from '../../editor'
import type { ValueRow } from '../../editor'
import { nodeNamed } from '../../layout'
import { useEditor, useEditorState } from '../editor-context'
import { BreakToggle } from '../patterns/BreakToggle'
import { WhyNot } from '../patterns/WhyNot'

/** The selection in full: attributes, values with their types, and the layers at their other ends. */
export function Inspector() {
  const editor = useEditor()
  const selected = useEditorState((s) => s.selected)
  const version = useEditorState((s) => s.version)
  const scene = useEditorState((s) => s.scene)
  const found = useMemo(() => {
    void version
    if (selected === null || !editor.session) return null
    return inspect(editor.session.replica, nodeNamed(scene, selected), selected)
  }, [editor, selected, version, scene])
  const breakpoint = found ? breakpointCommands.selectedBreakpoint(editor) : null
  return (
    <section className="panel inspector" aria-label="Selected">
      <h2>Selected</h2>
      {!found && <p className="hint">Click a layer, or search for one, to see what it does.</p>}
      {found && (
        <div className="inspector-body">
          <div className="inspector-title">{found.title}</div>
          <div className="mono path">{found.name}</div>
          {selected?.startsWith('L') && <WhyNot />}
          {breakpoint && (
            <div className="break-row">
              <BreakToggle breakpoint={breakpoint} keys="B" />
            </div>
          )}
          <Values title="Inputs" rows={found.inputs} />
          <Values title="Outputs" rows={found.outputs} />
          <Facts rows={found.facts} />
          <Cost selected={selected!} />
          {found.flayer.length > 0 && (
            <>
              <h3>FLayerInfo</h3>
              <Facts rows={found.flayer} />
            </>
          )}
        </div>
      )}
    </section>
  )
}

/** What the selection costs in one run, as far as its sizes are known. */
function Cost({ selected }: { readonly selected: string }) {
  const editor = useEditor()
  const scene = useEditorState((s) => s.scene)
  const cost = useEditorState((s) => s.cost)
  const told = useMemo(() => {
    void cost
    return editor.session ? selectionCost(scene, editor.session.costs, selected) : null
  }, [editor, scene, cost, selected])
  if (!told) return null
  return (
    <section aria-label="Cost of one run">
      <h3>Cost</h3>
      <Facts rows={told.rows} />
      {told.missing.length > 0 && <p className="hint">Depends on {told.missing.join(', ')}: say it in the totals.</p>}
    </section>
  )
}

function Facts({ rows }: { readonly rows: readonly (readonly [string, string])[] }) {
  if (rows.length === 0) return null
  return (
    <dl className="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="mono">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Values({ title, rows }: { readonly title: string; readonly rows: readonly ValueRow[] }) {
  const editor = useEditor()
  if (rows.length === 0) return null
  return (
    <>
      <h3>{title}</h3>
      <ul className="values">
        {rows.map((row, i) => (
          <li key={i} title={row.name}>
            <span className="value-label">{row.label}</span>
            <span className="mono">{row.type}</span>
            <span className="value-name mono">{row.name}</span>
            {row.links.length > 0 && (
              <span className="value-links">
                {row.links.map((link, k) => (
                  <button
                    key={k}
                    type="button"
                    className="link"
                    onClick={() => void selectCommands.goToLayer(editor, link.layer)}
                  >
                    {link.text}
                  </button>
                ))}
              </span>
            )}
          </li>
        ))}
      </ul>
    </>
  )
}
