/** The numbers of steps and of the whole, checked in the background. */
import type { HistoryId } from '../../../engine'
import type { Editor, Live } from '../../editor'
import type { Session } from '../../session/session'
import type { Check } from '../../state/history-slice'

const busy = new WeakSet<Session>()

/** Checks every step of this line that has no verdict yet, one after the other, those near the cursor first; while a step moves, none. */
export async function checkSteps(editor: Editor): Promise<void> {
  const { session } = editor
  if (!session || busy.has(session)) return
  busy.add(session)
  await editor.scoped('Steps cannot be checked', async (session, live) => {
    for (let node = nextUnchecked(editor); node !== null; node = nextUnchecked(editor)) {
      note(editor, node, 'checking')
      // Another network may be open by then: asking this one's worker would start it for nobody.
      await live(editor.player.atRest())
      note(editor, node, await live(session.verify.call('step', { node })))
    }
  })
  busy.delete(session)
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

/**
 * Whether the network as it is now gives what it gave as it came. Moves that are under way are made before; the verdict is of where the
 * network was when it was written to be run, whatever has been asked for since.
 */
export async function checkWhole(editor: Editor): Promise<void> {
  await editor.inTurn(() => Promise.resolve())
  const check = async (session: Session, live: Live): Promise<void> => {
    const here = editor.state.timeline.cursor
    editor.set({ whole: { at: here, check: 'checking' } })
    const { at, verdict } = await live(session.verify.call('whole', null))
    editor.set({ whole: { at: at ?? here, check: verdict } })
    editor.say(`The whole: ${verdict.verdict}`)
  }
  await editor.scoped('The whole cannot be checked', check, () => editor.set({ whole: null }))
}
