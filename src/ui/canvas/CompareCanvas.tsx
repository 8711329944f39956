import { ReactFlow, ReactFlowProvider, useReactFlow, useStore } from '@xyflow/react'
import { useLayoutEffect, useMemo } from 'react'
import type { Mark } from '../../editor'
import type { Scene } from '../../layout'
import { PaintLayer } from './PaintLayer'
import { SceneIndex } from './paint/scene-index'

interface Props {
  readonly scene: Scene
  readonly marks: ReadonlyMap<string, Mark>
  readonly label: string
}

const NONE: ReadonlySet<string> = new Set()
const NO_HALOS = new Map<string, never>()

/** The network that is compared with, beside the open one: painted only, and panned and zoomed with it. */
export function CompareCanvas({ scene, marks, label }: Props) {
  const flow = useReactFlow()
  const [x, y, zoom] = useStore((s) => s.transform)
  const index = useMemo(() => new SceneIndex(scene), [scene])
  // The middle of the view stays in the middle when its width halves, and when it doubles again.
  useLayoutEffect(() => {
    const half = document.querySelector('.other-side')?.clientWidth ?? 0
    const move = (by: number) => {
      const at = flow.getViewport()
      void flow.setViewport({ ...at, x: at.x + by })
    }
    move(-half / 2)
    return () => move(half / 2)
  }, [flow])
  return (
    <>
      <div className="other-side" role="img" aria-label={`The network compared with: ${label}`}>
        <ReactFlowProvider>
          <ReactFlow
            nodes={[]}
            edges={[]}
            viewport={{ x, y, zoom }}
            onViewportChange={(viewport) => void flow.setViewport(viewport)}
            minZoom={0.015}
            maxZoom={2.5}
            panOnScroll
            zoomActivationKeyCode={['Control', 'Meta']}
            panActivationKeyCode={null}
            selectionKeyCode={null}
            deleteKeyCode={null}
            zoomOnDoubleClick={false}
            proOptions={{ hideAttribution: true }}
          >
            <PaintLayer index={index} halos={NO_HALOS} real={NONE} preview={null} marks={marks} other />
          </ReactFlow>
        </ReactFlowProvider>
      </div>
      <span className="side-name">{label}</span>
      <span className="side-name now">now</span>
    </>
  )
}
