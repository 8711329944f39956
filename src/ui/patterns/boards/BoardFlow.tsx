import { BaseEdge, Handle, Position, ReactFlow, ReactFlowProvider, useReactFlow, useStore } from '@xyflow/react'
import type { Connection, Edge, EdgeProps, Node, NodeProps, Viewport } from '@xyflow/react'
import { useEffect, useMemo, useState } from 'react'
import type { CSSProperties } from 'react'
import { boardEdits } from '../../../editor'
import type { Board, BoardEdge, BoardNode } from '../../../editor'
import type { Change } from './change'

interface Props {
  readonly board: Board
  readonly shared: readonly string[]
  readonly chosen: string | null
  readonly onChoose: (id: string | null) => void
  readonly change: (how: Change) => void
}

type Data = {
  readonly node: BoardNode
  readonly tint: string | undefined
  readonly isChosen: boolean
  readonly choose: () => void
  /** Brings it into view, where one goes to it by keyboard. */
  readonly show: () => void
  readonly remove: () => void
}
type FlowNode = Node<Data, 'part'>
type FlowEdge = Edge<{ readonly tint: string | undefined; readonly via: BoardEdge['via'] }, 'line'>

/** So many colours tell values apart; each line has its value's name besides. */
const TINTS = 6

export function BoardFlow(props: Props) {
  return (
    <div className="board-flow">
      <ReactFlowProvider>
        <Flow {...props} />
      </ReactFlowProvider>
    </div>
  )
}

function Flow({ board, shared, chosen, onChoose, change }: Props) {
  const flow = useReactFlow()
  const tintOf = (name: string | undefined): string | undefined => {
    const at = name === undefined ? -1 : shared.indexOf(name)
    return at < 0 ? undefined : `var(--value-${at % TINTS})`
  }
  // Another right side, or a larger one, makes every board smaller.
  const [width, height] = [useStore((s) => s.width), useStore((s) => s.height)]
  const [showsAll, setShowsAll] = useState(false)
  const isTall = width > 0 && fitting(board, width, height) < READABLE
  useEffect(() => {
    if (width > 0) void flow.setViewport((isTall && !showsAll ? readable : whole)(board, width, height))
    // A board of the same size stays where it is.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [flow, board.width, board.height, width, height, isTall, showsAll])
  const bringIntoView = (node: BoardNode): void => {
    const { x, y, zoom } = flow.getViewport()
    const dx = shift(x + node.x * zoom, node.width * zoom, width)
    const dy = shift(y + node.y * zoom, node.height * zoom, height)
    if (dx !== 0 || dy !== 0) void flow.setViewport({ x: x + dx, y: y + dy, zoom })
  }
  const nodes = useMemo(
    () =>
      board.nodes.map((node): FlowNode => ({
        id: node.id,
        type: 'part',
        position: { x: node.x, y: node.y },
        width: node.width,
        height: node.height,
        data: {
          node,
          tint: tintOf(node.names[0]),
          isChosen: node.id === chosen,
          choose: () => onChoose(node.id),
          show: () => bringIntoView(node),
          remove: () => node.at && change((text) => boardEdits.removeAt(text, node.at!)),
        },
      })),
    // The rest changes with the board.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [board, chosen, width, height],
  )
  const edges = board.edges.map((e): FlowEdge => ({
    id: e.id,
    type: 'line',
    source: e.from,
    target: e.to,
    sourceHandle: 'out',
    targetHandle: String(e.port),
    data: { tint: tintOf(e.name), via: e.via },
  }))
  const connect = ({ source, target, targetHandle }: Connection): void => {
    const [from, to] = [source, target].map((id) => board.nodes.find((n) => n.id === id))
    if (!from || !to?.at) return
    const place = to.at
    change((text) => boardEdits.connect(text, from.at ?? from.title, place, Number(targetHandle)))
  }
  return (
    <ReactFlow<FlowNode, FlowEdge>
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      onConnect={connect}
      onPaneClick={() => onChoose(null)}
      nodesDraggable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      deleteKeyCode={null}
      zoomOnDoubleClick={false}
      minZoom={0.2}
      maxZoom={1.6}
      panOnScroll
      proOptions={{ hideAttribution: true }}
    >
      {isTall && (
        <button type="button" className="button small board-fit" onClick={() => setShowsAll(!showsAll)}>
          {showsAll ? 'As can be read' : 'Show all'}
        </button>
      )}
    </ReactFlow>
  )
}

/** Below this, what stands on a layer is not to be read. */
const READABLE = 0.62

type Room = Pick<Board, 'width' | 'height'>

/** How large a board is drawn that is seen whole. */
const fitting = (board: Room, width: number, height: number): number =>
  Math.min(width / board.width, height / board.height) * 0.94

function whole(board: Room, width: number, height: number): Viewport {
  const zoom = Math.min(1.1, fitting(board, width, height))
  return { x: (width - board.width * zoom) / 2, y: (height - board.height * zoom) / 2, zoom }
}

/** As large as can be read, with the root, which stands lowest, in view. */
function readable(board: Room, width: number, height: number): Viewport {
  const zoom = Math.min(1, Math.max(READABLE, (width / board.width) * 0.94))
  return { x: (width - board.width * zoom) / 2, y: height - board.height * zoom - 12, zoom }
}

/** How far a stretch has to move to be seen whole. */
function shift(from: number, length: number, room: number): number {
  const margin = 8
  if (from < margin) return margin - from
  return Math.min(0, room - margin - from - length)
}

function Part({ data: { node, tint, isChosen, choose, show, remove } }: NodeProps<FlowNode>) {
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

function Line({ sourceX, sourceY, targetX, targetY, data }: EdgeProps<FlowEdge>) {
  const points = [{ x: sourceX, y: sourceY }, ...(data?.via ?? []), { x: targetX, y: targetY }]
  const tint = data?.tint
  return <BaseEdge path={bent(points)} style={{ stroke: tint ?? 'var(--edge)', strokeWidth: tint ? 2 : 1.5 }} />
}

/** Upright at each point. */
function bent(points: readonly { readonly x: number; readonly y: number }[]): string {
  const [first, ...rest] = points
  let path = `M${first!.x} ${first!.y}`
  rest.forEach((to, i) => {
    const from = points[i]!
    const middle = (from.y + to.y) / 2
    path += `C${from.x} ${middle} ${to.x} ${middle} ${to.x} ${to.y}`
  })
  return path
}

const NODE_TYPES = { part: Part }
const EDGE_TYPES = { line: Line }
