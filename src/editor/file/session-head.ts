/** What is written down of the open session, besides its steps. */
import type { Editor } from '../editor'
import { VERSION } from './session-file'
import type { SessionHead } from './session-file'
import type { KeptSteps } from '../engine-worker/session-steps'

/** @returns null while nothing is open */
export function sessionHead(editor: Editor, { tree, base, steps }: KeptSteps): SessionHead | null {
  const { model, target, patterns, rules, breakpoints, sizes, open, selected, closeGaps } = editor.state
  if (!model) return null
  return {
    format: 'graft-session',
    version: VERSION,
    model: { source: model.source, name: model.name, base, bytes: 0 },
    target,
    decisions: patterns.map(({ label, on, benefit }) => ({ label, on, benefit })),
    rules,
    history: tree,
    steps: steps.length,
    breakpoints,
    sizes: Object.entries(sizes).map(([name, size]) => ({ name, size })),
    view: { camera: editor.camera.where(), open: [...open], selected, closeGaps },
  }
}
