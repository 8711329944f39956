/** Running the open network on inputs, to see what every tensor is, and where its numbers part from those of another point. */
import type { HistoryId, TensorId } from '../../../engine'
import type { Editor } from '../../editor'
import type { RunReport } from '../../protocol/run-calls'
import type { RunDifference } from '../../protocol/values-calls'
import { EndedError } from '../../protocol/rpc'
import type { RunRemote } from '../../session/session'
import type { RunState, ShownRun } from '../../state/value-slice'
import type { EditorState } from '../../state/store'
import { pointName } from '../history/compare'
import { command } from '../command'
import type { Command } from '../command'

export interface RunWish {
  readonly seed: number
  /** By the name of the network input; the others get random values. */
  readonly files: ReadonlyMap<string, File>
  /** The point of the history to compare with; null for none. */
  readonly base: HistoryId | null
}

const running = new WeakMap<Editor, RunRemote>()
let runs = 0

/** Runs the network where it stands, and where something is to be compared, there too, on the same inputs. */
export async function runNetwork(editor: Editor, { seed, files, base }: RunWish): Promise<void> {
  const note = (change: Partial<RunState>): void => editor.set({ run: { ...editor.state.run, ...change } })
  await editor.scoped('The network could not be run', async (session, live) => {
    const { timeline, sizes } = editor.state
    const points = (base === null || base === timeline.cursor ? [timeline.cursor] : [base, timeline.cursor]).map(
      (point) => ({ run: ++runs, point, label: pointName(timeline, point) }),
    )
    editor.set({ run: { fraction: 0, now: null, base: null, differences: null, problem: null } })
    if (editor.state.heat === 'difference') editor.set({ heat: null })
    session.values.notify('keepOnly', { runs: points.map((p) => p.run) })
    const runner = session.runner()
    running.set(editor, runner)
    runner.on('progress', ({ fraction }) => note({ fraction }))
    try {
      const reports = await live(runner.call('run', { points, seed, files, sizes }))
      const shown = points.map((p, i): ShownRun => ({ ...p, report: reports[i]! }))
      note({ now: shown.at(-1)!, base: shown.length > 1 ? shown[0]! : null })
      editor.say(summaryOf(shown.at(-1)!.report))
      if (shown.length > 1) note({ differences: await live(compared(session, shown[0]!, shown[1]!)) })
    } catch (error) {
      if (error instanceof EndedError) return
      note({ problem: error instanceof Error ? error.message : String(error) })
      if (session !== editor.session) throw error
    } finally {
      runner.end()
      if (running.get(editor) === runner) {
        running.delete(editor)
        if (session === editor.session) note({ fraction: null })
      }
    }
  })
}

type Session = NonNullable<Editor['session']>

async function compared(
  session: Session,
  base: ShownRun,
  now: ShownRun,
): Promise<ReadonlyMap<TensorId, RunDifference>> {
  const tensors = base.report.values.map((v) => v.tensor)
  const pairs = await session.engine.call('pairs', { from: base.point, to: now.point, tensors })
  const found = await session.values.call('differences', { before: base.run, after: now.run, pairs })
  return new Map(found.map((d) => [d.after, d]))
}

export function cancelRun(editor: Editor): void {
  running.get(editor)?.end()
  editor.say('The run is cancelled')
}

/** Tints every layer by how far its numbers are from those of the other point. */
export function tintDifferences(editor: Editor): void {
  editor.set({ heat: 'difference', dialog: null })
  editor.say('Layers are tinted by their largest difference')
}

/** The first tensor, in the order of computing, whose numbers are not those of the other point up to rounding. */
export function firstDifferent({ now, differences }: RunState): TensorId | null {
  return now?.report.values.find(({ tensor }) => differences?.get(tensor)?.equal === false)?.tensor ?? null
}

/** What a person calls a point of the history. */
export const pointText = pointName

/** What a run gave, in a sentence. */
export function summaryOf({ values, failed, blocked }: RunReport): string {
  const computed = values.filter((v) => v.layer !== null).length
  const told = `${computed} ${computed === 1 ? 'tensor' : 'tensors'} computed`
  if (failed.length === 0) return told
  const layers = `${failed.length} ${failed.length === 1 ? 'layer' : 'layers'} could not be run`
  return `${told}, ${layers}${blocked > 0 ? `, ${blocked} more need what they give` : ''}`
}

const runnable = (s: EditorState): boolean => s.model?.dialect === 'onnx'

export const runCommands: readonly Command[] = [
  command('Model', 'run', 'Run the network and look at its values…', ['u'], runnable, (e) => e.set({ dialog: 'run' })),
]
