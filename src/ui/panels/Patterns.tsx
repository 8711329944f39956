import { useEffect, useRef } from 'react'
import { patterns as commands, steps } from '../../editor'
import type { PatternState } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { rowKeys } from './row-keys'

export function Patterns() {
  const patterns = useEditorState((s) => s.patterns)
  const dialect = useEditorState((s) => s.model?.dialect ?? '')
  return (
    <section className="panel patterns">
      <h2>
        Patterns <span className="aside">{dialect && `for ${dialect === 'onnx' ? 'ONNX' : 'TensorRT'}`}</span>
      </h2>
      {patterns.length === 0 && <p className="hint">There are no patterns for this network yet.</p>}
      <ul className="pattern-list">
        {patterns.map((p, i) => (
          <li key={p.label}>
            {patterns[i - 1]?.family !== p.family && <h3 className="pattern-family">{p.family}</h3>}
            <PatternRow pattern={p} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function PatternRow({ pattern }: { readonly pattern: PatternState }) {
  const editor = useEditor()
  const chosen = useEditorState((s) => s.chosen === pattern.label)
  const { label, equation, count } = pattern
  const row = useRef<HTMLButtonElement>(null)
  // After the list of matches has taken its room below.
  useEffect(() => {
    if (chosen) requestAnimationFrame(() => row.current?.scrollIntoView({ block: 'nearest' }))
  }, [chosen])
  return (
    <button
      ref={row}
      type="button"
      className={count === 0 ? 'pattern none' : 'pattern'}
      aria-pressed={chosen}
      onClick={() => void commands.choosePattern(editor, chosen ? null : label)}
      onKeyDown={chosen ? (event) => rowKeys(editor, event, () => steps.applyNext(editor)) : undefined}
    >
      <span className="pattern-name">{label}</span>{' '}
      <span className={count ? 'pattern-count' : 'pattern-count zero'}>
        {count ?? '…'}
        <span className="visually-hidden">{count === 1 ? ' match,' : ' matches,'}</span>
      </span>{' '}
      <span className="pattern-equation mono">{equation}</span>
    </button>
  )
}
