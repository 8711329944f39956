/** The numbers of the network as it is now, against those of the file that it is compared with. */
import type { Editor } from '../../editor'
import type { WholeCheck } from '../../state/history-slice'
import { withOtherFile } from './other-file'

/** Runs both on the same inputs, found by their names. Nothing where the comparison is with a point of history. */
export async function compareNumbers(editor: Editor): Promise<void> {
  const base = editor.state.compare?.base
  if (base?.type !== 'file') return
  await editor.inTurn(() => Promise.resolve())
  const note = (numbers: WholeCheck | null): void => {
    if (editor.state.compare?.base === base) editor.set({ numbers })
  }
  await editor.scoped(
    `The numbers of ${base.label} cannot be compared`,
    async (session, live) => {
      const here = editor.state.timeline.cursor
      note({ at: here, check: 'checking' })
      const { at, verdict } = await live(
        withOtherFile(editor, base.other, (port) => session.verify.call('against', port, [port])),
      )
      note({ at: at ?? here, check: verdict })
      editor.say(`The numbers, against ${base.label}: ${verdict.verdict}`)
    },
    () => note(null),
  )
}
