import { useStore } from '@xyflow/react'
import { memo } from 'react'
import { FoldVertical, Maximize, Minus, Plus, UnfoldVertical } from 'lucide-react'
import { groupCommands, selectCommands } from '../../editor'
import type { HeatMap } from '../../editor'
import { useEditor } from '../editor-context'
import { ColumnTools } from './ColumnTools'
import { HeatTools } from './HeatTools'
import { Legend } from './Legend'
import { IconButton } from '../widgets/IconButton'

/** Drawn again only with another heat map: the canvas around it is, many times while the view moves. */
export const ZoomTools = memo(function ZoomTools({ heat }: { readonly heat: HeatMap | null }) {
  const editor = useEditor()
  return (
    <div className="canvas-tools" role="toolbar" aria-label="View">
      <IconButton label="Zoom out" keys="−" onClick={() => editor.camera.zoomBy(1 / 1.25)} icon={Minus} />
      <ZoomValue />
      <IconButton label="Zoom in" keys="+" onClick={() => editor.camera.zoomBy(1.25)} icon={Plus} />
      <IconButton label="Fit everything" keys="F" onClick={() => selectCommands.fitAll(editor)} icon={Maximize} />
      <IconButton
        label="Open all groups"
        onClick={() => void groupCommands.openEverything(editor)}
        icon={UnfoldVertical}
      />
      <IconButton
        label="Close all groups"
        onClick={() => void groupCommands.closeEverything(editor)}
        icon={FoldVertical}
      />
      <Legend />
      <ColumnTools />
      <HeatTools heat={heat} />
    </div>
  )
})

function ZoomValue() {
  const zoom = useStore((s) => Math.round(s.transform[2] * 100))
  return <span className="zoom-value">{zoom}%</span>
}
