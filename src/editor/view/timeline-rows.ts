/** The rows of the timeline: steps in runs of one pattern that fold, or what a filter leaves of them. */
import type { HistoryId } from '../../engine'
import type { StepInfo, Timeline } from '../protocol/timeline'

export type TimelineRow =
  | { readonly type: 'start' }
  | { readonly type: 'run'; readonly run: Run; readonly folded: boolean; readonly holdsCursor: boolean }
  | { readonly type: 'step'; readonly step: StepInfo; readonly index: number; readonly inRun: boolean }

/** Steps of one pattern that follow each other. */
export interface Run {
  /** Its first step; folds are kept by it. */
  readonly first: HistoryId
  readonly label: string
  readonly from: number
  readonly steps: readonly StepInfo[]
}

/** A run of more steps than this is folded until a person unfolds it. */
const LONG = 24

/**
 * @param folds what a person decided, by the first step of a run
 * @param filter words that a step must hold, all of them, in its pattern, root, scope or name; a filter unfolds
 */
export function timelineRows(
  { steps, cursor }: Timeline,
  folds: ReadonlyMap<HistoryId, boolean>,
  filter: string,
): TimelineRow[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length > 0)
    return steps.flatMap((step, index): TimelineRow[] => {
      const text = `${step.label} ${step.rootName} ${step.scope} ${step.name ?? ''}`.toLowerCase()
      return words.every((w) => text.includes(w)) ? [{ type: 'step', step, index, inRun: false }] : []
    })
  const rows: TimelineRow[] = [{ type: 'start' }]
  for (const run of runsOf(steps)) {
    const alone = run.steps.length === 1
    const folded = !alone && isFolded(run, folds)
    const holdsCursor = run.steps.some((s) => s.node === cursor)
    if (!alone) rows.push({ type: 'run', run, folded, holdsCursor })
    if (!folded) run.steps.forEach((step, i) => rows.push({ type: 'step', step, index: run.from + i, inRun: !alone }))
  }
  return rows
}

export function runsOf(steps: readonly StepInfo[]): Run[] {
  const runs: { first: HistoryId; label: string; from: number; steps: StepInfo[] }[] = []
  steps.forEach((step, index) => {
    const last = runs.at(-1)
    if (last?.label === step.label) last.steps.push(step)
    else runs.push({ first: step.node, label: step.label, from: index, steps: [step] })
  })
  return runs
}

function isFolded(run: Run, folds: ReadonlyMap<HistoryId, boolean>): boolean {
  return folds.get(run.first) ?? run.steps.length > LONG
}

/** The row that the cursor is in; -1 where a filter took it out. */
export function rowOfCursor(rows: readonly TimelineRow[], cursor: HistoryId): number {
  return rows.findIndex((row) =>
    row.type === 'start'
      ? cursor === 0
      : row.type === 'step'
        ? row.step.node === cursor
        : row.folded && row.holdsCursor,
  )
}
