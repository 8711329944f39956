/** Runs of equal blocks drawn as one box each, `layers.0 … layers.79 ×80`. */
import { anchorOf, nodeNamed } from '../../../layout'
import type { Editor } from '../../editor'
import type { BlockRun } from '../../protocol/layout-calls'
import { inScope } from '../../view/match-scopes'
import { command } from '../command'
import type { Command } from '../command'
import { foldRuns } from './groups'
import { fitAll } from './select'

/** Folds all runs; where all are folded, unfolds them. */
export async function toggleFolds(editor: Editor): Promise<void> {
  const { runs, folded } = editor.state
  const wanted = folded.length < runs.length ? runs.map((r) => r.path) : []
  await foldRuns(editor, wanted)
  fitAll(editor)
}

/** Folds the innermost run that the selection lies in, or unfolds the run that is selected. */
export async function toggleFold(editor: Editor): Promise<void> {
  const { folded } = editor.state
  const run = runOfSelection(editor)
  if (!run) return
  const others = folded.filter((path) => path !== run.path)
  const runs = others.length < folded.length ? others : [...folded, run.path]
  await foldRuns(editor, runs)
  const box = nodeNamed(editor.state.scene, `G:${run.path}`)
  if (!box) return
  editor.set({ selected: box.key })
  editor.camera.reveal(box)
}

function runOfSelection({ state }: Editor): BlockRun | undefined {
  const { scene, selected, runs } = state
  if (selected === null) return undefined
  const shown = selected.startsWith('L') ? anchorOf(scene, Number(selected.slice(1))) : undefined
  const group = shown?.group ?? (selected.startsWith('G:') ? selected.slice(2) : '')
  const holds = ({ path, blocks }: BlockRun): boolean => group === path || blocks.some((block) => inScope(group, block))
  return runs.findLast(holds)
}

export const foldCommands: readonly Command[] = [
  command(
    'View',
    'fold',
    'Fold equal blocks into one, or unfold them',
    ['*'],
    (s) => s.runs.length > 0,
    (e) => void toggleFolds(e),
  ),
  command(
    'View',
    'fold-selected',
    'Fold the blocks that the selection lies in, or unfold them',
    ['#'],
    (s) => s.runs.length > 0 && s.selected !== null,
    (e) => void toggleFold(e),
  ),
]
