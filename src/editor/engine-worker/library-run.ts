/** A run of the whole library, told apart from steps that a person chose: a link to it needs no list of steps. */
import type { DriverEvent } from '../../engine'
import { upgradeForTarget } from '../../patterns'
import type { Target } from '../../patterns'
import type { Act } from '../protocol/moves'
import { Workspace } from './workspace'

/** Whether these are the first acts, or all, of what the library of a target does to the network as it came. */
export function* isLibraryRun(home: Workspace, target: Target, acts: readonly Act[]): Generator<DriverEvent, boolean> {
  const trial = Workspace.ofSnapshot(upgradeForTarget(home.original, 'onnx').snapshot)
  trial.offer(target, [])
  const wanted = trial.catalogue
    .filter((o) => o.type === 'rewriter' && !o.optIn)
    .map(({ label, benefit }) => ({ label, benefit }))
  yield* trial.planning({ wanted, whole: true })
  const { steps } = trial.timeline()
  return acts.length <= steps.length && acts.every((act, i) => same(act, steps[i]!))
}

const same = (a: Act, b: Act): boolean => a.label === b.label && a.root === b.root
