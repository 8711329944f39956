/** Where things stand, apart from steps: laid out afresh and back again, and gaps that close or stay. */
import type { Editor } from '../../editor'
import { recordFrom } from '../../motion/continue-motion'
import type { Drawn } from '../../protocol/layout-calls'
import { RemoteError } from '../../protocol/rpc'
import { unpackScene } from '../../protocol/scene-codec'
import type { Session } from '../../session/session'
import { command, withModel } from '../command'
import type { Command } from '../command'
import { stepBack } from '../run/steps'

/** Lays everything out afresh, in one move; done again, with nothing in between, it goes back. */
export async function tidy(editor: Editor): Promise<void> {
  const back = editor.state.tidied
  const done = await glide(editor, (s) => s.layout.call(back ? 'untidy' : 'tidy', null))
  if (!done) return
  editor.set({ tidied: !back })
  editor.say(back ? 'The picture is as it was before tidying' : 'Tidied: the same again, or undo, goes back')
}

/** Takes back the last thing: a tidying where that was it, else the last step. */
export function undo(editor: Editor): Promise<void> {
  return editor.state.tidied ? tidy(editor) : stepBack(editor)
}

/** Whether gaps close at the end of a step; those that are there close when it is turned on. */
export async function toggleGaps(editor: Editor): Promise<void> {
  const closeGaps = !editor.state.closeGaps
  editor.set({ closeGaps })
  editor.say(closeGaps ? 'Gaps close after each step' : 'Gaps stay until you tidy')
  if (closeGaps) await glide(editor, (s) => s.layout.call('closeGaps', null))
}

/** Goes to another picture of the same network in one smooth move, from whatever is on the screen. */
async function glide(editor: Editor, ask: (session: Session) => Promise<Drawn>): Promise<boolean> {
  const done = await editor.inTurn(async (session, live) => {
    editor.set({ arranging: true })
    try {
      const drawn = await live(ask(session))
      const scene = unpackScene(drawn.scene)
      const record = recordFrom(editor.player, editor.state.scene, scene, 'forward', null)
      editor.set({ scene, open: new Set(drawn.open) })
      void editor.player.glide(record)
      return true
    } catch (error) {
      if (!(error instanceof RemoteError && error.name === 'LayoutCancelled')) throw error
      editor.say('Layout stopped: the picture is as it was')
      return false
    } finally {
      editor.set({ arranging: false })
    }
  })
  return done ?? false
}

export const tidyCommands: readonly Command[] = [
  command('View', 'tidy', 'Tidy: lay everything out afresh, or go back', ['t'], withModel, (e) => void tidy(e)),
  command('View', 'gaps', 'Close the gaps that steps leave, or not', ['Shift+K'], withModel, (e) => void toggleGaps(e)),
]
