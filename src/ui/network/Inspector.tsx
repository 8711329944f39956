import { useMemo, useState } from 'react'
import type { ReactNode } from 'react'
import { breakpointCommands, engineFacts, inspect, selectionCost, tensorOfKey } from '../../editor'
import { nodeNamed } from '../../layout'
import { useEditor, useEditorState } from '../editor-context'
import { BreakToggle } from '../patterns/BreakToggle'
import { WhyNot } from '../patterns/WhyNot'
import { useEngineView } from '../widgets/use-engine-view'
import { Facts } from './Facts'
import { LightReach, LightTools } from './LightTools'
import { PartFacts } from './PartFacts'
import { OperatorHelp } from './OperatorHelp'
import { TensorFacts } from './TensorFacts'
import { ValueRows } from './ValueRows'

/** The selection in full. */
export function Inspector() {
  const selected = useEditorState((s) => s.selected)
  const several = useEditorState((s) => s.several)
  const tensor = tensorOfKey(selected)
  const [helps, setHelps] = useState(false)
  return (
    <section className="panel inspector" aria-label="Selected">
      <h2>
        Selected
        <LightTools />
      </h2>
      <LightReach />
      {selected === null ? (
        <p className="hint">Click a layer or a line, or search for one, to see what it is.</p>
      ) : several?.last === selected ? (
        <PartFacts keys={several.keys} />
      ) : tensor !== null ? (
        <TensorFacts tensor={tensor} />
      ) : (
        <ItemFacts selected={selected}>
          {selected.startsWith('L') && (
            <OperatorHelp layer={Number(selected.slice(1))} open={helps} onToggle={setHelps} />
          )}
        </ItemFacts>
      )}
    </section>
  )
}

/** A layer, a group, an input or an output: its tensors with their types and other ends, its attributes, its cost. */
function ItemFacts({ selected, children }: { readonly selected: string; readonly children: ReactNode }) {
  const editor = useEditor()
  const version = useEditorState((s) => s.version)
  const scene = useEditorState((s) => s.scene)
  const found = useMemo(() => {
    void version
    return editor.session ? inspect(editor.session.replica, nodeNamed(scene, selected), selected) : null
  }, [editor, selected, version, scene])
  if (!found) return <p className="hint">What was selected is not in the network at this step.</p>
  const breakpoint = breakpointCommands.selectedBreakpoint(editor)
  return (
    <div className="inspector-body">
      <div className="inspector-title">{found.title}</div>
      <div className="mono path">{found.name}</div>
      <ValueRows title="Inputs" rows={found.inputs} />
      <ValueRows title="Outputs" rows={found.outputs} />
      {found.facts.length > 0 && selected.startsWith('L') && <h3>Attributes</h3>}
      <Facts rows={found.facts} />
      {children}
      <InEngine selected={selected} />
      <Cost selected={selected} />
      {found.flayer.length > 0 && (
        <>
          <h3>FLayerInfo</h3>
          <Facts rows={found.flayer} />
        </>
      )}
      {breakpoint && (
        <div className="break-row">
          <BreakToggle breakpoint={breakpoint} keys="B" />
        </div>
      )}
      {selected.startsWith('L') && <WhyNot />}
    </div>
  )
}

/** The kernels of the engine that is laid over, which run the layer. */
function InEngine({ selected }: { readonly selected: string }) {
  const view = useEngineView()
  if (!view || !selected.startsWith('L')) return null
  const rows = engineFacts(view.overlay, Number(selected.slice(1)))
  return (
    <section aria-label="In the engine">
      <h3>In the engine</h3>
      {rows.length > 0 ? <Facts rows={rows} /> : <p className="hint">No kernel names it.</p>}
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
