/** Runs with patterns that live in a sandbox: these first, then the others, in turns, until neither finds anything to do. */
import type { LayerId } from '../../engine'
import type { SandboxedCode } from './sandboxed-code'
import type { Workspace } from './workspace'

/** So many turns, after which somebody undoes what somebody else does. */
const TURNS = 50

/**
 * Rewrites from where the network stands, then goes back: the steps lie ahead of the cursor.
 * @param others works out what the patterns of the engine's own do, and goes back
 * @param stopped asked between two turns
 * @throws CodeError, PatternError: what was done until then lies ahead
 */
export async function planWithCode(
  workspace: Workspace,
  codes: readonly { readonly label: string; readonly code: SandboxedCode }[],
  scope: string,
  others: () => Promise<unknown>,
  stopped: () => boolean,
): Promise<void> {
  const { history } = workspace
  const start = history.cursor
  try {
    for (let turn = 0; turn < TURNS && !stopped(); turn++) {
      const before = history.cursor
      for (const { label, code } of codes) {
        const at = history.cursor
        const steps = await code.plan(scope)
        // Somebody else may have gone elsewhere meanwhile: the steps are of no use then.
        if (history.cursor !== at) throw new Error('the network was changed while this was worked out')
        for (const step of steps) doStep(workspace, label, code, step)
      }
      if (turn > 0 && history.cursor === before) return
      const behind = history.cursor
      await others()
      history.seek(workspace.reached)
      if (history.cursor === behind && behind === before) return
    }
  } finally {
    history.seek(start)
  }
}

function doStep(
  workspace: Workspace,
  label: string,
  code: SandboxedCode,
  step: { readonly root: LayerId; readonly transaction: unknown },
): void {
  code.primeStep(step)
  if (!workspace.again(label, step.root)) throw new Error(`${label} did not do what it said it would`)
}
