import { useMemo } from 'react'
import { amountText, inspectTensor, numberText, tensorCommands, typeText, valueCommands } from '../../editor'
import type { RunState, TensorEnd } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { Facts } from './Facts'

/** So many users are listed. */
const LISTED = 60

/** A selected tensor: what it is, what makes it and what uses it. */
export function TensorFacts({ tensor }: { readonly tensor: number }) {
  const editor = useEditor()
  const version = useEditorState((s) => s.version)
  const found = useMemo(() => {
    void version
    return editor.session ? inspectTensor(editor.session.replica, tensor) : null
  }, [editor, tensor, version])
  const run = useEditorState((s) => s.run)
  const isRunnable = useEditorState((s) => s.model?.dialect === 'onnx')
  if (!found) return <p className="hint">This tensor is not in the network at this step.</p>
  const { name, type, value, bytes, producer, users } = found
  const size = bytes === null ? [] : [['size', amountText('bytes', bytes)] as const]
  const elements = value === '' || value === 'constant' ? [] : [['value', value] as const]
  return (
    <div className="inspector-body">
      <div className="inspector-title">{name}</div>
      <div className="mono path">
        {producer ? 'tensor' : 'constant'} {type}
      </div>
      <section aria-label="Comes from">
        <h3>From</h3>
        {producer ? <Ends ends={[producer]} /> : <p>A constant of the model</p>}
      </section>
      <section aria-label="Goes to">
        <h3>
          {users.length === 0
            ? 'Used by nothing'
            : users.length === 1
              ? 'Used once, by'
              : `Used ${users.length} times, by`}
        </h3>
        <Ends ends={users.slice(0, LISTED)} />
        {users.length > LISTED && <p className="dim">and {users.length - LISTED} more</p>}
      </section>
      <Facts rows={[...elements, ...size]} />
      <LastRun run={run} tensor={tensor} />
      {producer && isRunnable && !run.now && (
        <button
          type="button"
          className="button small"
          title="On random inputs or on files (U)"
          onClick={() => editor.set({ dialog: 'run' })}
        >
          Run to see values…
        </button>
      )}
      {!producer && (
        <button
          type="button"
          className="button small"
          title="Statistics, a histogram and the elements as a table (Q)"
          onClick={() => void valueCommands.openValue(editor, { type: 'constant', tensor }, name)}
        >
          Show elements
        </button>
      )}
    </div>
  )
}

/** What the tensor was when the network was last run. */
function LastRun({ run, tensor }: { readonly run: RunState; readonly tensor: number }) {
  const editor = useEditor()
  const { now, base, differences } = run
  const value = now?.report.values.find((v) => v.tensor === tensor)
  if (!now || !value) return null
  const found = differences?.get(tensor)
  const difference = found && base ? [[`largest difference from ${base.label}`, differenceText(found)] as const] : []
  return (
    <section aria-label="Last run">
      <h3>Last run, at {now.label}</h3>
      <Facts rows={[['type', typeText(value.dtype, value.shape)], ...difference]} />
      {!value.dropped && (
        <button
          type="button"
          className="button small"
          onClick={() => void valueCommands.openValue(editor, { type: 'run', run: now.run, tensor }, value.name)}
        >
          Show values
        </button>
      )}
    </section>
  )
}

function differenceText({ kind, maxAbsolute }: { readonly kind: string; readonly maxAbsolute: number }): string {
  return kind === 'type' ? 'another type or size' : numberText(maxAbsolute)
}

function Ends({ ends }: { readonly ends: readonly TensorEnd[] }) {
  const editor = useEditor()
  return (
    <ul className="ends">
      {ends.map(({ key, title, name, port }, i) => (
        <li key={i}>
          <button type="button" className="link" onClick={() => void tensorCommands.goToItem(editor, key)}>
            {title}
          </button>
          <span className="end-name mono" title={name}>
            <bdi>{name}</bdi>
          </span>
          <span className="value-label">{port}</span>
        </li>
      ))}
    </ul>
  )
}
