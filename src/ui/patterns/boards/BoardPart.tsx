/** A part of a board: a layer, a value, another form, what the side gives. */
import { Handle, Position } from '@xyflow/react'
import type { Node, NodeProps } from '@xyflow/react'
import type { CSSProperties } from 'react'
import type { BoardNode } from '../../../editor'

type Data = {
  readonly node: BoardNode
  readonly tint: string | undefined
  readonly isChosen: boolean
  readonly choose: () => void
  /** Brings it into view, where one goes to it by keyboard. */
  readonly show: () => void
  readonly remove: () => void
}
export type FlowNode = Node<Data, 'part'>

export function BoardPart({ data: { node, tint, isChosen, choose, show, remove } }: NodeProps<FlowNode>) {
  const { type, title, results, attributes, ports, maybe, shared, constant, optional } = node
  const marks = [
    constant && 'constant',
    optional && 'may be absent',
    maybe && 'may be missing',
    node.ordered && 'operands in this order only',
    shared && 'may be used elsewhere',
    node.conditions.length > 0 &&
      (node.conditions.length === 1 ? '1 condition' : `${node.conditions.length} conditions`),
  ].filter((m) => m !== false)
  const label = [title, ...(type === 'layer' && results !== '' ? [`gives ${results}`] : []), ...marks].join(', ')
  const open = type !== 'value' && type !== 'result'
  const count = ports.length + (open ? 1 : 0)
  return (
    <>
      {type !== 'value' &&
        Array.from({ length: count }, (_, i) => (
          <Handle
            key={i}
            id={String(i)}
            type="target"
            position={Position.Top}
            className={i === ports.length ? 'board-port more' : 'board-port'}
            style={{ left: `${((i + 0.5) / count) * 100}%` }}
          />
        ))}
      <button
        type="button"
        className={`board-part ${type}${isChosen ? ' chosen' : ''}${maybe || optional ? ' maybe' : ''}`}
        style={tint ? ({ '--tint': tint } as CSSProperties) : undefined}
        aria-label={label}
        aria-pressed={isChosen}
        title={marks.join(', ')}
        onClick={choose}
        onFocus={show}
        onKeyDown={(event) => {
          if (event.key !== 'Delete' && event.key !== 'Backspace') return
          event.preventDefault()
          event.stopPropagation()
          remove()
        }}
      >
        <span className="board-title">
          {constant ? '@' : ''}
          {shared ? '&' : ''}
          {title}
          {maybe || optional ? '?' : ''}
          {node.ordered ? '!' : ''}
          {type !== 'value' && type !== 'result' && results !== '' && <em>{results}</em>}
          {node.conditions.length > 0 && <span className="board-where">where</span>}
        </span>
        {attributes.map(([name, text]) => (
          <span key={name} className="board-attribute mono">
            {text === '' ? name : `${name}=${text}`}
          </span>
        ))}
        {ports.some((p) => p.text !== '') && (
          <span className="board-ports mono">
            {ports.map((p, i) => (
              <span key={i}>{p.text}</span>
            ))}
          </span>
        )}
      </button>
      <Handle id="out" type="source" position={Position.Bottom} className="board-port" />
    </>
  )
}
