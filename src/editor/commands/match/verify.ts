/** The numbers of steps and of the whole, checked in the background. */
import type { HistoryId } from '../../../engine'
import type { Editor } from '../../editor'
import type { Session } from '../../session/session'
import type { Check } from '../../store'

const busy = new WeakSet<Session>()

/** Checks every step of this line that has no verdict yet, one after the other, those near the cursor first; while a step moves, none. */
export async function checkSteps(editor: Editor): Promise<void> {
  const { session } = editor
  if (!session || busy.has(session)) return
  busy.add(session)
  try {
    for (let node = nextUnchecked(editor); node !== null; node = nextUnchecked(editor)) {
      note(editor, node, 'checking')
      await editor.player.atRest()
      // Another network may be open by now: asking this one's worker would start it for nobody.
      if (session !== editor.session) return
      const verdict = await session.verify.call('step', { node })
      if (session !== editor.session) return
      note(editor, node, verdict)
    }
  } catch (error) {
    if (session === editor.session) editor.fail('Steps cannot be checked', error)
  } finally {
    busy.delete(session)
  }
}

function note(editor: Editor, node: HistoryId, check: Check): void {
  editor.set({ verdicts: new Map(editor.state.verdicts).set(node, check) })
}

function nextUnchecked(editor: Editor): HistoryId | null {
  const { timeline, verdicts } = editor.state
  const at = timeline.steps.findIndex((s) => s.node === timeline.cursor)
  const open = (s: { node: HistoryId }) => !verdicts.has(s.node)
  const behind = timeline.steps.slice(0, at + 1).findLast(open)
  return (behind ?? timeline.steps.slice(at + 1).find(open))?.node ?? null
}

/** Whether the network as it is now gives what it gave as it came. */
export async function checkWhole(editor: Editor): Promise<void> {
  const { session } = editor
  if (!session) return
  const at = editor.state.timeline.cursor
  editor.set({ whole: { at, check: 'checking' } })
  try {
    const check = await session.verify.call('whole', null)
    if (session !== editor.session) return
    editor.set({ whole: { at, check } })
    editor.say(`The whole: ${check.verdict}`)
  } catch (error) {
    if (session !== editor.session) return
    editor.set({ whole: null })
    editor.fail('The whole cannot be checked', error)
  }
}
