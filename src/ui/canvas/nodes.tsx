import type { NodeProps, NodeTypes } from '@xyflow/react'
import { ChevronDown, ChevronRight } from 'lucide-react'
import { memo } from 'react'
import { groupCommands, nodeGeometry, partsOfStrip } from '../../editor'
import type { NodeContent } from '../../layout'
import { useEditor } from '../editor-context'
import type { MountedNode } from './mounted-nodes'

function HeatBadge({ text }: { readonly text: string | undefined }) {
  return text === undefined ? null : <span className="heat-badge">{text}</span>
}

const LayerNode = memo(function LayerNode({ data }: NodeProps<MountedNode>) {
  const { face } = data.node
  return (
    <div className={face.detail ? 'node' : 'node low'} style={{ '--category': `var(--c-${face.category})` }}>
      <span className="node-title">{face.title}</span>
      <span className="node-result">{face.result}</span>
      {face.detail && <span className="node-detail">{face.detail}</span>}
      <HeatBadge text={data.heat} />
    </div>
  )
})

const PortNode = memo(function PortNode({ data }: NodeProps<MountedNode>) {
  const { face, kind } = data.node
  return (
    <div className={`node port ${kind}`}>
      <span className="node-title">{face.title}</span>
      <span className="node-result">{face.result}</span>
      <span className="node-detail">{face.detail}</span>
    </div>
  )
})

/** What the layers of a closed group are, a part for each category. */
function Mix({ face }: { readonly face: NodeContent }) {
  const { strip } = nodeGeometry(face, face.height)
  if (!strip) return null
  const title = (face.mix ?? []).map((s) => `${s.layers} ${s.category.replaceAll('-', ' ')}`).join(', ')
  return (
    <svg
      className="node-mix"
      aria-hidden="true"
      style={{ left: strip.x - 1, top: strip.y - 1 }}
      width={strip.width}
      height={strip.height}
    >
      <title>{title}</title>
      {partsOfStrip(face, strip.width).map(({ category, ...part }) => (
        <rect key={category} {...part} height={strip.height} fill={`var(--c-${category})`} />
      ))}
    </svg>
  )
}

const GroupNode = memo(function GroupNode({ data }: NodeProps<MountedNode>) {
  const editor = useEditor()
  const { face, group } = data.node
  return (
    <div className="node group">
      <button
        className="node-toggle"
        tabIndex={-1}
        aria-label={`Open ${face.title}`}
        onClick={() => void groupCommands.toggleGroup(editor, group)}
      >
        <ChevronRight size={14} />
      </button>
      <span className="node-title">{face.title}</span>
      <span className="node-result">{face.result || face.detail}</span>
      {face.result && <span className="node-detail">{face.detail}</span>}
      {data.heat === undefined && <Mix face={face} />}
      <HeatBadge text={data.heat} />
    </div>
  )
})

const FrameNode = memo(function FrameNode({ data }: NodeProps<MountedNode>) {
  const editor = useEditor()
  const { face, group } = data.node
  return (
    <div className="frame-heading">
      <button
        className="node-toggle"
        tabIndex={-1}
        aria-label={`Close ${face.title}`}
        onClick={() => void groupCommands.toggleGroup(editor, group)}
      >
        <ChevronDown size={14} />
      </button>
      <span>{face.title}</span>
    </div>
  )
})

export const nodeTypes: NodeTypes = { layer: LayerNode, port: PortNode, group: GroupNode, frame: FrameNode }
