/** What leaves the editor besides the model: the session as a file, the steps as trace JSON. */
import type { Editor } from '../../editor'
import { writeSession } from '../../file/session-file'
import { sessionHead } from '../../file/session-head'

/**
 * Saves everything that is open. A model of the gallery is named, a file of one's own goes along.
 * @param whole with the model's own bytes, where they are a file of one's own
 */
export async function saveSession(editor: Editor, whole = true): Promise<void> {
  await editor.inTurn(async (session, live) => {
    const kept = await live(session.engine.call('kept', { known: 0 }))
    const head = sessionHead(editor.state, editor.camera.where(), kept)
    if (!head) return
    const model = whole && head.model.source.type === 'file' ? editor.file : null
    const name = `${head.model.name}.graft`
    editor.platform.save(name, await writeSession({ head, steps: kept.steps, model }))
    editor.say(`${name} is saved`)
  })
}

/** The steps from the start to here, for `graft trace` and other tools. */
export async function saveTrace(editor: Editor): Promise<void> {
  await editor.inTurn(async (session) => {
    const name = `${editor.state.model?.name ?? 'network'}.trace.json`
    editor.platform.save(name, await session.engine.call('trace', null))
    editor.say(`${name} is saved`)
  })
}
