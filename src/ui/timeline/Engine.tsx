import { useRef } from 'react'
import { engineCommands } from '../../editor'
import type { EngineRow } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { useEngineView } from '../widgets/use-engine-view'
import { useVirtualRows } from '../widgets/use-virtual-rows'

const ROW = 28
const SIGN: Readonly<Record<EngineRow['type'], string>> = { theirs: '⊃', ours: '⊂', lone: '∅' }

/** Where the engine and the network are fused in different ways; a click goes to the layers. */
export function Engine() {
  const editor = useEditor()
  const engine = useEditorState((s) => s.engine)
  const view = useEngineView()
  const rows = view?.rows ?? []
  const list = useRef<HTMLOListElement>(null)
  const { from, to, onScroll } = useVirtualRows(list, rows.length, ROW)
  if (!engine || !view) return null
  return (
    <>
      <div className="engine-head">
        <span>
          <strong>{engine.name}</strong>{' '}
          <span className="dim">
            {engine.kernels.length} kernels, {view.overlay.of.size} layers of this network in them
            {rows.length === 0 && '; both are fused alike'}
          </span>
        </span>
        <button type="button" className="button" onClick={() => engineCommands.takeEngineOff(editor)}>
          Take off
        </button>
      </div>
      <ol ref={list} onScroll={onScroll} aria-label="Where the engine is fused otherwise">
        <li aria-hidden="true" style={{ height: from * ROW }} />
        {rows.slice(from, to).map((row, i) => (
          <li key={from + i} className="step-item">
            <button
              type="button"
              className="step engine-row"
              disabled={row.layers.length === 0}
              onClick={() => void engineCommands.showEngineRow(editor, row)}
            >
              <span className="diff-sign" aria-hidden="true">
                {SIGN[row.type]}
              </span>
              <span className="step-label">{row.title}</span>
              <span className="step-root mono" title={row.detail}>
                {row.detail}
              </span>
              <span className="step-root" title={row.kernel}>
                {row.time} {row.kernel}
              </span>
            </button>
          </li>
        ))}
        <li aria-hidden="true" style={{ height: Math.max(0, rows.length - to) * ROW }} />
      </ol>
    </>
  )
}
