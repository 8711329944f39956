import type { NodeProps, NodeTypes } from '@xyflow/react'
import { ChevronDown, ChevronRight } from 'lucide-react'
import { memo } from 'react'
import { groupCommands } from '../../editor'
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
      {face.result && <span className="node-result">{face.result}</span>}
      <span className="node-detail">{face.detail}</span>
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
