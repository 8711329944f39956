/** Why a pattern does not match at one layer. */
import type { Editor } from '../../editor'
import { selectedLayer, showMiss } from './misses'
import { choosePattern, visitMatch } from './patterns'

/** Why does this pattern not match at the selected layer? Shows the reason, or the match that there is after all. */
export async function explainSelected(editor: Editor, label: string): Promise<void> {
  const layer = selectedLayer(editor)
  if (layer === null) return
  await editor.scoped(`${label} cannot be explained`, async (session, live) => {
    if (editor.state.chosen !== label) await live(choosePattern(editor, label))
    const found = await live(session.engine.call('explain', { label, layer }))
    editor.set({ explained: { label, layer, found } })
    if (found.type === 'miss') await showMiss(editor, found.miss)
    else if (found.type === 'match') {
      const index = editor.state.matches.findIndex((m) => m.root === found.match.root)
      if (index >= 0) await visitMatch(editor, index)
      editor.say(`${label} matches there`)
    } else editor.say(`${label} is not tried at this layer, nor right behind it`)
  })
}
