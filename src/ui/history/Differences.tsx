import { useEffect, useMemo, useRef } from 'react'
import { compareCommands } from '../../editor'
import type { CompareState, Difference } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { useVirtualRows } from '../widgets/use-virtual-rows'

const ROW = 28
const SIGN: Readonly<Record<Difference['status'], string>> = { removed: '−', added: '+', changed: '±' }

type Row =
  | { readonly key: string; readonly heading: string; readonly note: string; readonly count: number }
  | { readonly difference: Difference; readonly index: number }

/** Every difference, scope by scope; a click goes there. */
export function Differences() {
  const state = useEditorState((s) => s.compare)
  const rows = useMemo(() => (state ? rowsOf(state) : []), [state])
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
          <li key={row.key} className="scope-row">
            <span className={row.note === '' ? 'mono' : 'rewrite-title'}>{row.heading}</span>
            {row.note !== '' && <span className="dim">{row.note}</span>} <span className="count">{row.count}</span>
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

/** Under a heading for each rewrite, then for each scope. */
function rowsOf({ differences, rewrites }: Pick<CompareState, 'differences' | 'rewrites'>): Row[] {
  const keyOf = ({ rewrite, scope }: Difference) => (rewrite === null ? `scope ${scope}` : `rewrite ${rewrite}`)
  const counts = new Map<string, number>()
  for (const d of differences) counts.set(keyOf(d), (counts.get(keyOf(d)) ?? 0) + 1)
  return differences.flatMap((difference, index): Row[] => {
    const key = keyOf(difference)
    const row = { difference, index }
    const before = differences[index - 1]
    if (before && keyOf(before) === key) return [row]
    const of = difference.rewrite === null ? null : rewrites[difference.rewrite]
    const heading = of?.title ?? (difference.scope || 'the network itself')
    return [{ key, heading, note: of?.patterns.join(', ') ?? '', count: counts.get(key) ?? 0 }, row]
  })
}
