import { ReactFlow, ReactFlowProvider, useReactFlow, useStore, useStoreApi } from '@xyflow/react'
import type { Edge } from '@xyflow/react'
import type { FocusEvent, KeyboardEvent, MouseEvent as ReactMouseEvent, PointerEvent } from 'react'
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import {
  groupCommands,
  halosOf,
  multiCommands,
  missHalos,
  openCommands,
  previewFrames,
  previewCommands,
  selectCommands,
  selectedKeys,
  tensorCommands,
  tensorKey,
} from '../../editor'
import type { Editor, Halo, PreviewFrames } from '../../editor'
import type { SceneNode } from '../../layout'
import { useEditor, useEditorState } from '../editor-context'
import { Breadcrumbs } from './Breadcrumbs'
import { flowCamera } from './flow-camera'
import { Minimap } from './Minimap'
import { READABLE } from './paint/picture'
import { areSameNodes, heatedNodes, litNodes, markedNodes, mountedNodesFor, nextMounted } from './mounted-nodes'
import type { MountedNode } from './mounted-nodes'
import { nodeTypes } from './nodes'
import { entryOf, letTabPass } from './one-stop'
import { CompareCanvas } from './CompareCanvas'
import { PartBar } from './PartBar'
import { PaintLayer } from './PaintLayer'
import { useHeat } from './use-heat'
import { useLit } from './use-lit'
import { useSelectionFrame } from './use-selection-frame'
import { SceneIndex } from './paint/scene-index'
import type { NamedArea } from './paint/picture'
import { NodeMenu } from './NodeMenu'
import type { MenuAt } from './NodeMenu'
import { TensorCard } from './TensorCard'
import type { CardAt } from './TensorCard'
import { tensorAt } from './tensor-at'
import { useCompared } from './use-compared'
import { useSteady } from '../widgets/use-steady'
import { neighbour } from './walk'
import { ZoomTools } from './ZoomTools'

const NO_HALOS: ReadonlyMap<string, Halo> = new Map()
// React Flow looks at what it is given by identity, and does much anew for what is not the same.
const NO_EDGES: Edge[] = []
const ZOOM_KEYS = ['Control', 'Meta']
const PRO_OPTIONS = { hideAttribution: true }

export function Canvas() {
  return (
    <ReactFlowProvider>
      <Flow />
    </ReactFlowProvider>
  )
}

/** From afar real elements are there for the keyboard alone, and what they stand for is painted. */
const NONE: ReadonlySet<string> = new Set()
/** So near to a line, in pixels, the mouse is on it. */
const REACH = 6

const ARROWS: Readonly<Record<string, 'up' | 'down' | 'left' | 'right'>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
}

function Flow() {
  const editor = useEditor()
  const flow = useReactFlow<MountedNode>()
  const store = useStoreApi()
  const scene = useEditorState((s) => s.scene)
  const matches = useEditorState((s) => s.matches)
  const activeMatch = useEditorState((s) => (s.pointedMatch >= 0 ? s.pointedMatch : s.activeMatch))
  const { shown, marks, base, label } = useCompared(scene)
  const index = useMemo(() => new SceneIndex(shown), [shown])
  const miss = useEditorState((s) => (s.pointedMatch >= 0 ? null : s.miss))
  const taken = useEditorState((s) => s.taken)
  const halos = useMemo(
    () => (marks ? NO_HALOS : miss ? missHalos(scene, miss) : halosOf(scene, matches, activeMatch, taken)),
    [scene, matches, activeMatch, miss, taken, marks],
  )
  const wouldBe = useEditorState((s) => s.preview)
  const preview = useMemo(() => (wouldBe ? previewFrames(scene, wouldBe) : null), [scene, wouldBe])
  const near = useNearNodes(index, preview)
  const heat = useHeat(scene)
  const lit = useLit(shown)
  const nodes = useMemo(() => {
    if (marks) return markedNodes(near, marks)
    const tinted = heat ? heatedNodes(near, heat) : near
    return lit?.dims ? litNodes(tinted, lit) : tinted
  }, [near, marks, heat, lit])
  const { frame, ...framing } = useSelectionFrame(flow, index)
  const [menu, setMenu] = useState<MenuAt | null>(null)
  const names = useRef<readonly NamedArea[]>([])
  const [hover, setHover] = useState<CardAt | null>(null)
  const far = useStore((s) => s.transform[2] < READABLE)
  const real = useMemo(() => (far ? NONE : new Set(nodes.map((n) => n.id))), [nodes, far])

  useEffect(() => {
    const size = () => store.getState()
    editor.camera = flowCamera(flow, size, () => editor.player.still)
    openCommands.beginAtTop(editor)
  }, [editor, flow, store])

  const enter = (node: SceneNode) => {
    if (node.kind === 'group') void groupCommands.toggleGroup(editor, node.group)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    letTabPass(event)
    const key = (event.target as HTMLElement).closest('.react-flow__node')?.getAttribute('data-id')
    const node = key ? index.node(key) : undefined
    if (!node) return
    if (event.key === 'Enter') enter(node)
    else if (event.key === ' ') pick(node.key, event.shiftKey)
    else if (event.key in ARROWS) walk(node, ARROWS[event.key]!)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  /** The tensor at a point of the screen, where nothing lies over it. */
  const tensorUnder = (clientX: number, clientY: number): number | null => {
    const at = flow.screenToFlowPosition({ x: clientX, y: clientY })
    if (marks || editor.player.current || index.at(at.x, at.y)) return null
    return tensorAt(index, at.x, at.y, REACH / flow.getZoom(), names.current)
  }
  const onPointerMove = ({ target, buttons, clientX, clientY, currentTarget }: PointerEvent<HTMLElement>) => {
    const isFree = buttons === 0 && (target as Element).classList.contains('react-flow__pane')
    const tensor = isFree ? tensorUnder(clientX, clientY) : null
    if (tensor === (hover?.tensor ?? null)) return
    const { left, top } = currentTarget.getBoundingClientRect()
    setHover(tensor === null ? null : { tensor, x: clientX - left, y: clientY - top })
  }
  /** Selects it, or with Shift takes it into what is selected, or out. */
  const pick = (key: string | null, more: boolean) => {
    if (!more) selectCommands.select(editor, key)
    else if (key !== null) multiCommands.toggleSelected(editor, key)
  }
  const onMoveEnd = useSteady(() => editor.viewMoved())
  const onNodeClick = useSteady((event: ReactMouseEvent, n: MountedNode) => {
    pick(n.id, event.shiftKey)
    if (event.altKey) void previewAt(editor, n.data.node)
  })
  const onNodeContextMenu = useSteady((event: ReactMouseEvent, n: MountedNode) => {
    const { kind } = n.data.node
    if (kind !== 'layer' && kind !== 'group') return
    event.preventDefault()
    if (!selectedKeys(editor.state).includes(n.id)) selectCommands.select(editor, n.id)
    setMenu({ key: n.id, x: event.clientX, y: event.clientY })
  })
  const onNodeDoubleClick = useSteady((_: ReactMouseEvent, n: MountedNode) => enter(n.data.node))
  const onPaneClick = useSteady(({ clientX, clientY, shiftKey }: MouseEvent | ReactMouseEvent) => {
    const at = flow.screenToFlowPosition({ x: clientX, y: clientY })
    const tensor = tensorUnder(clientX, clientY)
    if (tensor !== null && !shiftKey) tensorCommands.selectTensor(editor, tensor)
    else pick(tensor !== null ? tensorKey(tensor) : (index.at(at.x, at.y)?.key ?? null), shiftKey)
  })
  const onFocus = (event: FocusEvent) => entryOf(event, editor.state.selected)?.focus()
  const walk = (node: SceneNode, way: 'up' | 'down' | 'left' | 'right') => {
    const next = neighbour(index, node, way)
    if (!next) return
    selectCommands.select(editor, next.key)
    editor.camera.reveal(next)
    focusNode(next.key)
  }

  return (
    <div
      className={`canvas${base ? ' beside' : ''}${far ? ' far' : ''}`}
      data-over-tensor={hover !== null}
      onKeyDownCapture={onKeyDown}
      onFocusCapture={onFocus}
      onPointerMove={onPointerMove}
      onPointerLeave={() => setHover(null)}
      {...framing}
    >
      {base && marks && <CompareCanvas scene={base} marks={marks} label={label} />}
      <ReactFlow
        nodes={nodes}
        edges={NO_EDGES}
        nodeTypes={nodeTypes}
        minZoom={0.0005}
        maxZoom={2.5}
        nodesDraggable={false}
        nodesConnectable={false}
        elementsSelectable={false}
        nodesFocusable
        panOnScroll
        zoomActivationKeyCode={ZOOM_KEYS}
        deleteKeyCode={null}
        selectionKeyCode={null}
        panActivationKeyCode={null}
        multiSelectionKeyCode={null}
        disableKeyboardA11y
        zoomOnDoubleClick={false}
        proOptions={PRO_OPTIONS}
        onMoveEnd={onMoveEnd}
        onNodeClick={onNodeClick}
        onNodeContextMenu={onNodeContextMenu}
        onNodeDoubleClick={onNodeDoubleClick}
        onPaneClick={onPaneClick}
      >
        <PaintLayer
          index={index}
          halos={halos}
          real={real}
          preview={preview}
          marks={marks}
          heat={heat}
          lit={marks ? null : lit}
          hovered={hover?.tensor ?? null}
          names={names}
        />
      </ReactFlow>
      {frame && (
        <div
          className="selection-frame"
          style={{ left: frame.x, top: frame.y, width: frame.width, height: frame.height }}
        />
      )}
      {hover && <TensorCard at={hover} width={store.getState().width} />}
      <Breadcrumbs index={index} />
      <PartBar />
      <Minimap index={index} halos={halos} />
      <ZoomTools heat={heat} />
      <NodeMenu at={menu} onClose={() => setMenu(null)} />
    </div>
  )
}

/** Previews the match that has this layer in it. */
function previewAt(editor: Editor, node: SceneNode): Promise<void> {
  const index = editor.state.matches.findIndex((m) => m.parts.some(([, layer]) => layer === node.layer))
  return previewCommands.previewMatch(editor, index)
}

/** Focuses the element of a node, within some frames: one that has just come into view has none yet. */
function focusNode(key: string, frames = 20): void {
  requestAnimationFrame(() => {
    const element = document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(key)}"]`)
    if (element) element.focus()
    else if (frames > 0) focusNode(key, frames - 1)
  })
}

/**
 * The real elements for where the view is now, made over some frames where they are many; what moves in a step is painted
 * instead.
 */
function useNearNodes(index: SceneIndex, preview: PreviewFrames | null): MountedNode[] {
  const { player } = useEditor()
  const record = useSyncExternalStore(
    (told) => player.listen(told),
    () => player.current?.record ?? null,
  )
  const painted = record?.nodes ?? preview?.gone ?? null
  const wanted = useStore(
    useMemo(() => mountedNodesFor(index, painted), [index, painted]),
    areSameNodes,
  )
  const [nodes, setNodes] = useState<MountedNode[]>([])
  useEffect(() => setNodes((standing) => nextMounted(standing, wanted)), [wanted])
  useEffect(() => {
    if (nodes.length >= wanted.length) return
    const frame = requestAnimationFrame(() => setNodes((standing) => nextMounted(standing, wanted)))
    return () => cancelAnimationFrame(frame)
  }, [nodes, wanted])
  return nodes
}
