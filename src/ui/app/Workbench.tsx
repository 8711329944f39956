import type { ReactNode } from 'react'
import { useEffect, useRef, useState } from 'react'
import type { GridImperativeHandle, GridLayout } from 'react-resizable-panels'
import { Cell, Grid, Gridline } from 'react-resizable-panels'
import { useEditor } from '../editor-context'
import {
  dockColumns,
  dockRows,
  rememberedLayout,
  rememberLayout,
  tallDock,
  timelineHeight,
  wideDock,
} from './dock-sizes'

interface Props {
  readonly left: ReactNode
  readonly stage: ReactNode
  readonly right: ReactNode
  readonly bottom: ReactNode
  /** The right dock holds something that needs room. */
  readonly wide: boolean
  /** The bottom dock holds something that needs room. */
  readonly tall: boolean
  /** Nothing was done yet. */
  readonly fresh: boolean
}

/** The library hands no label on. */
const named = (label: string) => (element: HTMLElement | null) => element?.setAttribute('aria-label', label)

/** The graph with the docks around it, whose edges can be dragged, by keyboard too; one that is dragged shut leaves its edge. */
export function Workbench({ left, stage, right, bottom, wide, tall, fresh }: Props) {
  const editor = useEditor()
  const grid = useRef<GridImperativeHandle>(null)
  const [columns] = useState(dockColumns)
  const [rows] = useState(dockRows)
  /** Nothing is remembered before the person has chosen sizes. */
  const [remembered] = useState(rememberedLayout)
  const chosen = useRef(remembered !== null)
  // Before the first step there is nothing to go through: the picture has the room.
  useEffect(() => {
    if (chosen.current) return
    // It measures the page: with what has just come in it, that is a task of its own.
    const frame = requestAnimationFrame(() => grid.current?.getTrackById('row', 'bottom').resize(timelineHeight(fresh)))
    return () => cancelAnimationFrame(frame)
  }, [fresh])
  const low = useRef<number | null>(null)
  useEffect(() => {
    const track = grid.current?.getTrackById('row', 'bottom')
    if (!track) return
    if (tall) {
      low.current = track.getSize().inPixels
      track.resize(Math.max(low.current, tallDock()))
    } else if (low.current !== null) track.resize(low.current)
  }, [tall])
  const narrow = useRef<number | null>(null)
  useEffect(() => {
    const track = grid.current?.getTrackById('column', 'right')
    if (!track) return
    const { inPixels } = track.getSize()
    if (wide) {
      narrow.current = inPixels
      track.resize(Math.max(inPixels, wideDock()))
    } else if (narrow.current !== null) track.resize(narrow.current)
  }, [wide])
  useEffect(() => {
    editor.toggleDock = (dock) => {
      const track = grid.current?.getTrackById(dock === 'bottom' ? 'row' : 'column', dock)
      if (track?.isCollapsed()) track.expand()
      else track?.collapse()
    }
  }, [editor])
  const keep = (layout: GridLayout, { isUserInteraction }: { readonly isUserInteraction: boolean }) => {
    if (!isUserInteraction) return
    chosen.current = true
    rememberLayout(layout)
  }
  return (
    <Grid
      id="workbench"
      className="workbench"
      columns={columns}
      rows={rows}
      {...(remembered ? { defaultLayout: remembered } : null)}
      gridRef={grid}
      onLayoutChanged={keep}
    >
      <Cell className="cell" column={0} row={0}>
        {left}
      </Cell>
      <Gridline
        type="column"
        column={1}
        row={0}
        rowSpan={1}
        className="gridline"
        elementRef={named('Width of the network dock')}
      />
      <Cell className="cell" column={1} row={0}>
        {stage}
      </Cell>
      <Gridline
        type="column"
        column={2}
        row={0}
        rowSpan={1}
        className="gridline"
        elementRef={named('Width of the pattern dock')}
      />
      <Cell className="cell" column={2} row={0}>
        {right}
      </Cell>
      <Gridline type="row" row={1} className="gridline" elementRef={named('Height of the timeline')} />
      <Cell className="cell" column={0} row={1} columnSpan={3}>
        {bottom}
      </Cell>
    </Grid>
  )
}
