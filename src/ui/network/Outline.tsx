import { ChevronDown, ChevronRight } from 'lucide-react'
import type { KeyboardEvent } from 'react'
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { breakpointCommands, groupCommands, isSet, outlineRows, scopesAround, selectCommands } from '../../editor'
import type { Breakpoint, LayerCounts, OutlineRow } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { useVirtualRows } from '../widgets/use-virtual-rows'

const ROW = 24

/** The network by module scope; another network is unfolded afresh. */
export function Outline() {
  const model = useEditorState((s) => s.model)
  return <OutlineTree key={model?.fileName ?? ''} />
}

/** Only the rows in view are made. */
function OutlineTree() {
  const editor = useEditor()
  // Lists the network after the picture of it moves, not before.
  const version = useDeferredValue(useEditorState((s) => s.version))
  const selected = useEditorState((s) => s.selected)
  const [focused, setFocused] = useState(0)
  const breakpoints = useEditorState((s) => s.breakpoints)
  const list = useRef<HTMLDivElement>(null)
  const census = editor.session?.census
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(() => new Set(firstLevels(census)))
  const rows = useMemo(() => {
    void version
    return census ? outlineRows(census, unfolded) : []
  }, [census, version, unfolded])
  const { from, to, onScroll } = useVirtualRows(list, rows.length, ROW)
  // What is selected elsewhere is unfolded here, and scrolled to once its row is there.
  const [followed, setFollowed] = useState<string | null>(null)
  if (followed !== selected) {
    setFollowed(selected)
    const around = selected === null || !census ? [] : scopesAround(census.network, selected)
    if (around.some((path) => !unfolded.has(path))) setUnfolded(new Set([...unfolded, ...around]))
  }
  const place = selected === null ? -1 : rows.findIndex((row) => rowShows(row, selected))
  const [entered, setEntered] = useState<string | null>(null)
  if (place >= 0 && entered !== selected) {
    setEntered(selected)
    setFocused(place)
  }
  useEffect(() => {
    if (place >= 0) showRow(list.current, place)
  }, [place, selected])

  const toggle = (row: OutlineRow, open = !row.open) => {
    if (row.path === null) return
    const next = new Set(unfolded)
    if (open) next.add(row.path)
    else next.delete(row.path)
    setUnfolded(next)
  }
  const choose = (row: OutlineRow) => {
    if (row.layer !== null) void selectCommands.goToLayer(editor, row.layer)
    else if (row.path?.endsWith('/*')) toggle(row)
    else if (row.path !== null) void groupCommands.showGroup(editor, row.path)
  }
  const breakAt = (row: OutlineRow) => {
    const breakpoint = breakpointOf(row)
    if (breakpoint) breakpointCommands.toggleBreakpoint(editor, breakpoint)
  }
  const moveTo = (index: number) => {
    const next = Math.min(rows.length - 1, Math.max(0, index))
    setFocused(next)
    showRow(list.current, next)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[focused]
    if (!row) return
    if (event.key === 'ArrowDown') moveTo(focused + 1)
    else if (event.key === 'ArrowUp') moveTo(focused - 1)
    else if (event.key === 'Home') moveTo(0)
    else if (event.key === 'End') moveTo(rows.length - 1)
    else if (event.key === 'ArrowRight') toggle(row, true)
    else if (event.key === 'ArrowLeft') toggle(row, false)
    else if (event.key === 'Enter' || event.key === ' ') choose(row)
    else if (event.key === 'b') breakAt(row)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const active = rows[focused]
  return (
    <section className="panel outline">
      <h2>
        Network <span className="count">{census?.layers ?? ''}</span>
      </h2>
      <div
        ref={list}
        className="outline-rows"
        role="tree"
        aria-label="Layers by module"
        tabIndex={0}
        aria-activedescendant={active && focused >= from && focused < to ? `outline-${active.key}` : undefined}
        onKeyDown={onKeyDown}
        onScroll={onScroll}
      >
        <div role="presentation" style={{ height: rows.length * ROW, position: 'relative' }}>
          {rows.slice(from, to).map((row, i) => (
            <div
              key={row.key}
              id={`outline-${row.key}`}
              role="treeitem"
              aria-level={row.depth + 1}
              aria-selected={selected !== null && rowShows(row, selected)}
              aria-expanded={row.path !== null ? row.open : undefined}
              className={from + i === focused ? 'outline-row focused' : 'outline-row'}
              style={{ top: (from + i) * ROW, '--depth': row.depth }}
              onClick={() => (moveTo(from + i), choose(row))}
            >
              {row.path !== null ? (
                <span className="twist" onClick={(e) => (e.stopPropagation(), toggle(row))}>
                  {row.open ? <ChevronDown size={13} /> : <ChevronRight size={13} />}
                </span>
              ) : (
                <span className="twist leaf" />
              )}
              <span className={row.path !== null ? 'outline-label' : 'outline-label layer'}>{row.label}</span>
              <RowBreak row={row} breakpoints={breakpoints} onToggle={() => breakAt(row)} />
              {row.path !== null && <span className="count">{row.count}</span>}
            </div>
          ))}
        </div>
      </div>
    </section>
  )
}

function rowShows(row: OutlineRow, selected: string): boolean {
  return row.key === selected || (row.path !== null && `G:${row.path}` === selected)
}

/** Scrolls no further than it must. */
function showRow(element: HTMLElement | null, index: number): void {
  if (!element) return
  const top = index * ROW
  if (top < element.scrollTop) element.scrollTop = top
  else if (top + ROW > element.scrollTop + element.clientHeight) element.scrollTop = top + ROW - element.clientHeight
}

function breakpointOf({ path, layer, label }: OutlineRow): Breakpoint | null {
  if (layer !== null) return { type: 'layer', layer, name: label }
  return path !== null && !path.endsWith('/*') ? { type: 'scope', path } : null
}

interface BreakProps {
  readonly row: OutlineRow
  readonly breakpoints: readonly Breakpoint[]
  readonly onToggle: () => void
}

/** The dot of a breakpoint; where there is none, it shows under the mouse. By keyboard: B in the tree. */
function RowBreak({ row, breakpoints, onToggle }: BreakProps) {
  const breakpoint = breakpointOf(row)
  if (!breakpoint) return null
  const set = isSet(breakpoints, breakpoint)
  return (
    <span
      className={set ? 'row-break set' : 'row-break'}
      title={set ? 'Remove the breakpoint (B)' : 'Stop runs before a rewrite here (B)'}
      onClick={(e) => (e.stopPropagation(), onToggle())}
    >
      <span className={set ? 'dot set' : 'dot'} />
      {set && <span className="visually-hidden">breakpoint</span>}
    </span>
  )
}

/** Unfolded at first: scopes as long as they lie in a single line, and the fork below. */
function firstLevels(census: LayerCounts | undefined): string[] {
  const out: string[] = []
  for (let scope = census?.root; scope;) {
    out.push(scope.path)
    scope = scope.scopes.find((s) => s.total > (census?.layers ?? 0) * 0.6)
  }
  return out
}
