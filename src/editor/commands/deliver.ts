import type { Editor } from '../editor'

/** The network as it is now, as an ONNX file. */
export async function exportModel(editor: Editor): Promise<void> {
  await editor.inTurn(async (session) => {
    const bytes = await session.engine.call('exportModel', null)
    const name = `${editor.state.model?.name ?? 'model'}.graft.onnx`
    editor.save(name, bytes)
    editor.say(`${name} is saved`)
  })
}
