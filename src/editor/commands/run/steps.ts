/** The commands that move through history, and those that add to it. */
import type { HistoryId, LayerId } from '../../../engine'
import type { Editor, Live } from '../../editor'
import type { Moved } from '../../protocol/moves'
import { recordOfMatch } from '../../motion/step-record'
import type { Session } from '../../session/session'
import { matchOrEnd } from '../match/search'
import { revealNow } from '../view/groups'
import type { Made } from './move'
import { move } from './move'

/** Index of the step that was done last; -1 at the start. */
export const cursorIndex = (editor: Editor): number => {
  const { steps, cursor } = editor.state.timeline
  return steps.findIndex((s) => s.node === cursor)
}

/** Goes to a point of history at once. */
export async function seek(editor: Editor, node: HistoryId): Promise<void> {
  pause(editor)
  await move(editor, (s) => s.engine.call('seek', { node }))
}

/** Goes to a point of history and shows what the step that leads there changes, however far away it is. */
export async function visit(editor: Editor, node: HistoryId): Promise<void> {
  pause(editor)
  await move(editor, (s) => s.engine.call('visit', { node }), true)
}

export async function stepBack(editor: Editor): Promise<void> {
  pause(editor)
  await move(editor, (session) => {
    const index = cursorIndex(editor)
    const node = editor.state.timeline.steps[index - 1]?.node ?? 0
    return index < 0 ? null : session.engine.call('seek', { node })
  })
}

/** Goes on in history; at its end applies the next match of the chosen pattern. */
export async function stepForward(editor: Editor): Promise<void> {
  pause(editor)
  await advance(editor)
}

/** Goes on by one step. */
export function advance(editor: Editor): Promise<Made> {
  return move(editor, async (session, live) => {
    const next = editor.state.timeline.steps[cursorIndex(editor) + 1]
    if (!next) return applyMatch(editor, session, live, Math.max(0, editor.state.activeMatch))
    if (editor.state.follow) await revealNow(editor, session, live, next.layers, false)
    lightUp(
      editor,
      next.layers.map((layer) => ['', layer]),
    )
    return session.engine.call('seek', { node: next.node })
  })
}

async function applyMatch(editor: Editor, session: Session, live: Live, index: number): Promise<Moved | null> {
  // Whoever chooses a pattern and applies it does not wait for what is searched for to be listed.
  if (editor.state.searching) await live(matchOrEnd(editor, index))
  const match = editor.state.matches[index]
  if (!match || !isRewriter(editor, match.pattern)) return null
  if (editor.state.follow) {
    await revealNow(
      editor,
      session,
      live,
      match.parts.map(([, layer]) => layer),
      false,
    )
  }
  lightUp(editor, match.parts)
  return session.engine.call('apply', { label: match.pattern, root: match.root })
}

/** The first phase of a step needs only its match: it begins while the step is worked out. */
function lightUp(editor: Editor, parts: readonly (readonly [string, LayerId])[]): void {
  editor.player.lightUp(recordOfMatch(editor.state.scene, parts))
}

/** Applies one match of the chosen pattern. */
export async function applyAt(editor: Editor, index: number): Promise<void> {
  pause(editor)
  await move(editor, (session, live) => applyMatch(editor, session, live, index))
}

export function applyNext(editor: Editor): Promise<void> {
  return applyAt(editor, Math.max(0, editor.state.activeMatch))
}

export const isRewriter = (editor: Editor, label: string | null): boolean =>
  editor.state.patterns.find((p) => p.label === label)?.type === 'rewriter'

/** Takes out what is dead, as a step of its own. */
export async function prune(editor: Editor): Promise<void> {
  pause(editor)
  await move(editor, (s) => s.engine.call('prune', null))
}

/** Stops after the step that is moving, and holds its motion where it is. */
export function pause(editor: Editor): void {
  if (editor.state.playing) editor.set({ playing: false })
}

export const toStart = (editor: Editor): Promise<void> => seek(editor, 0)

export async function toEnd(editor: Editor): Promise<void> {
  const last = editor.state.timeline.steps.at(-1)
  if (last) await visit(editor, last.node)
}

export function setSpeed(editor: Editor, speed: number): void {
  editor.player.speed = speed
  editor.set({ speed })
}
