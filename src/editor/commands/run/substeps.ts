/** Stepping into a rewrite: through its match and its edits, forwards and backwards. */
import type { Transaction } from '../../../engine'
import type { Editor } from '../../editor'
import { substepOf, momentsOf } from '../../motion/substeps'
import { unpackedTransaction } from '../../protocol/codec'
import { advance, pause, stepBack } from './steps'

/** The transaction that is walked through. */
const walked = new WeakMap<Editor, Transaction>()

/** Into the next step; inside of one, to its next part or edit, and out behind the last. */
export async function stepInto(editor: Editor): Promise<void> {
  const { inside } = editor.state
  if (inside) return goTo(editor, inside.at + 1)
  pause(editor)
  const { session } = editor
  const { steps } = await advance(editor)
  const [step] = steps
  if (!step || !session || session !== editor.session || !editor.player.current) return
  const transaction = unpackedTransaction(step.transaction)
  const moments = momentsOf(transaction, session.replica)
  if (moments.length === 0) return
  editor.player.hold(substepOf(transaction, moments[0]!))
  walked.set(editor, transaction)
  editor.set({ inside: { moments, at: 0 } })
  editor.say(moments[0]!.text)
}

/** To the part or edit before; before the first, back out of the step. */
export async function stepInsideBack(editor: Editor): Promise<void> {
  const { inside } = editor.state
  if (!inside) return
  if (inside.at > 0) return goTo(editor, inside.at - 1)
  leave(editor)
  await stepBack(editor)
}

/** Ends the walk; the step is done. */
export function leave(editor: Editor): void {
  if (!editor.state.inside) return
  editor.set({ inside: null })
  editor.player.finish()
}

function goTo(editor: Editor, at: number): void {
  const { inside } = editor.state
  const transaction = walked.get(editor)
  const moment = inside?.moments[at]
  if (!inside || !transaction || !moment) {
    leave(editor)
    editor.say('Out of the step')
    return
  }
  editor.player.hold(substepOf(transaction, moment))
  editor.set({ inside: { ...inside, at } })
  editor.say(moment.text)
}
