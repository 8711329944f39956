import { ReactFlow, ReactFlowProvider, useReactFlow, useStore } from '@xyflow/react'
import type { Connection } from '@xyflow/react'
import { useEffect, useMemo, useState } from 'react'
import { boardEdits } from '../../../editor'
import type { Board, BoardNode } from '../../../editor'
import { READABLE, fitting, readable, shift, whole } from './board-view'
import { BoardLine } from './BoardLine'
import type { FlowEdge } from './BoardLine'
import { BoardPart } from './BoardPart'
import type { FlowNode } from './BoardPart'
import type { Change } from './change'

interface Props {
  readonly board: Board
  readonly shared: readonly string[]
  readonly chosen: string | null
  readonly onChoose: (id: string | null) => void
  readonly change: (how: Change) => void
}

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

const NODE_TYPES = { part: BoardPart }
const EDGE_TYPES = { line: BoardLine }
