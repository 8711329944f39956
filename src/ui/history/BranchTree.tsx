import type { BranchInfo } from '../../editor'
import { useEditorState } from '../editor-context'

const ROW = 28
const WIDTH = 168
const PAD = 10

/** The tree as lines: one row a branch, as long as it has steps, hanging where it leaves the one it grew from. */
export function BranchTree({ branches }: { readonly branches: readonly BranchInfo[] }) {
  const timeline = useEditorState((s) => s.timeline)
  const most = Math.max(1, ...branches.map((b) => b.steps))
  const x = (step: number) => PAD + ((WIDTH - 2 * PAD) * step) / most
  const y = (row: number) => row * ROW + ROW / 2
  const depth = timeline.steps.findIndex((s) => s.node === timeline.cursor) + 1
  let here = branches.findIndex((b) => b.open)
  while (here >= 0 && depth <= branches[here]!.shared && branches[here]!.from >= 0) here = branches[here]!.from
  return (
    <svg className="branch-tree" width={WIDTH} height={branches.length * ROW} aria-hidden="true">
      {branches.map(({ first, from, shared, steps, open }, row) => {
        const down = from >= 0 ? `M${x(shared)} ${y(from)}V${y(row) - 6}q0 6 6 6` : `M${x(0)} ${y(row)}`
        return <path key={first} className={open ? 'open' : ''} d={`${down}H${x(steps)}`} />
      })}
      <circle className="root" cx={x(0)} cy={y(0)} r={3} />
      {branches.map(({ first, steps, open }, row) => (
        <circle key={first} className={open ? 'open' : ''} cx={x(steps)} cy={y(row)} r={3.5} />
      ))}
      {here >= 0 && <circle className="here" cx={x(depth)} cy={y(here)} r={5} />}
    </svg>
  )
}
