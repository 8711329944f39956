import { useEffect, useMemo, useRef } from 'react'
import { compareCommands } from '../../editor'
import type { Difference } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { useVirtualRows } from '../widgets/use-virtual-rows'

const ROW = 28
const SIGN: Readonly<Record<Difference['status'], string>> = { removed: '−', added: '+', changed: '±' }

type Row =
  { readonly scope: string; readonly count: number } | { readonly difference: Difference; readonly index: number }

/** Every difference, scope by scope; a click goes there. */
export function Differences() {
  const state = useEditorState((s) => s.compare)
  const rows = useMemo(() => rowsOf(state?.differences ?? []), [state?.differences])
  const list = useRef<HTMLOListElement>(null)
  const { from, to, onScroll } = useVirtualRows(list, rows.length, ROW)
  const at = state?.at ?? -1
  useEffect(() => {
    const element = list.current
    const row = rows.findIndex((r) => 'index' in r && r.index === at)
    if (!element || row < 0) return
    const top = row * ROW
    if (top < element.scrollTop + ROW) element.scrollTop = top - ROW
    else if (top + ROW > element.scrollTop + element.clientHeight) element.scrollTop = top + ROW - element.clientHeight
  }, [at, rows])
  if (!state) return null
  if (rows.length === 0)
    return <p className="hint">{state.scene ? 'Nothing differs: both are the same network.' : 'Comparing…'}</p>
  return (
    <ol ref={list} onScroll={onScroll} aria-label="Differences">
      <li aria-hidden="true" style={{ height: from * ROW }} />
      {rows.slice(from, to).map((row) =>
        'index' in row ? (
          <li key={row.index} className="step-item">
            <DifferenceRow difference={row.difference} index={row.index} now={row.index === at} />
          </li>
        ) : (
          <li key={`scope ${row.scope}`} className="scope-row">
            <span className="mono">{row.scope || 'the network itself'}</span> <span className="count">{row.count}</span>
          </li>
        ),
      )}
      <li aria-hidden="true" style={{ height: Math.max(0, rows.length - to) * ROW }} />
    </ol>
  )
}

interface RowProps {
  readonly difference: Difference
  readonly index: number
  readonly now: boolean
}

function DifferenceRow({ difference, index, now }: RowProps) {
  const editor = useEditor()
  const { status, kind, name, scope, changes } = difference
  const inScope = scope ? name.lastIndexOf(`${scope}/`) : -1
  const says = changes.join(' · ')
  return (
    <button
      type="button"
      className="step difference"
      aria-current={now ? 'true' : undefined}
      onClick={() => void compareCommands.showDifference(editor, index)}
    >
      <span className={`diff-sign ${status}`}>
        {SIGN[status]} {status}
      </span>
      <span className="step-label">{kind}</span>
      <span className="step-root mono" title={name}>
        {inScope < 0 ? name : name.slice(inScope + scope.length + 1)}
      </span>
      <span className="step-root" title={says}>
        {says}
      </span>
    </button>
  )
}

function rowsOf(differences: readonly Difference[]): Row[] {
  const counts = new Map<string, number>()
  for (const { scope } of differences) counts.set(scope, (counts.get(scope) ?? 0) + 1)
  return differences.flatMap((difference, index): Row[] => {
    const { scope } = difference
    const row = { difference, index }
    return differences[index - 1]?.scope === scope ? [row] : [{ scope, count: counts.get(scope) ?? 0 }, row]
  })
}
