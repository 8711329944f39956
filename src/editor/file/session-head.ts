/** What is written down of the open session, besides its steps. */
import type { EditorState } from '../state/store'
import type { Stand } from '../view/camera'
import { keptVerdicts } from './kept-verdicts'
import { VERSION, wholeTree } from './session-file'
import type { SessionHead } from './session-file'
import type { KeptSteps } from '../protocol/kept-steps'

/**
 * @param camera where the view stands
 * @returns null while nothing is open
 */
export function sessionHead(
  state: EditorState,
  camera: Stand | null,
  { tree, base, steps }: KeptSteps,
): SessionHead | null {
  const { model, target, patterns, rules, breakpoints, sizes, open, folded, selected, columns, scene } = state
  if (!model) return null
  const points = new Set(wholeTree(tree).points.map((p) => p.id))
  return {
    format: 'graft-session',
    version: VERSION,
    model: { source: model.source, name: model.name, base, bytes: 0 },
    target,
    decisions: patterns.map(({ label, on, benefit }) => ({ label, on, benefit })),
    rules: rules.map(({ label, text, language = 'rules', folder, foreign }) => ({
      ...{ label, text, language },
      ...(folder !== undefined && { folder }),
      ...(foreign && { foreign }),
    })),
    history: tree,
    steps: steps.length,
    breakpoints,
    verdicts: keptVerdicts(state, (node) => points.has(node)),
    sizes: Object.entries(sizes).map(([name, size]) => ({ name, size })),
    view: { camera, open: [...open], folded, selected, columns, direction: scene.direction },
  }
}
