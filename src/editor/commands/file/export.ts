import type { Editor } from '../../editor'
import { sceneToSvg } from '../../view/svg'

/** The network as it is now, as an ONNX file. */
export async function exportModel(editor: Editor): Promise<void> {
  await editor.inTurn(async (session) => {
    const bytes = await session.engine.call('exportModel', null)
    const name = `${editor.state.model?.name ?? 'model'}.graft.onnx`
    editor.platform.save(name, bytes)
    editor.say(`${name} is saved`)
  })
}

/** The whole picture as it is on the screen, as drawn lines or as an image. */
export async function exportPicture(editor: Editor, type: 'svg' | 'png'): Promise<void> {
  const { scene, model } = editor.state
  const svg = sceneToSvg(scene, editor.platform.token)
  const name = `${model?.name ?? 'network'}.${type}`
  try {
    editor.platform.save(name, type === 'svg' ? new TextEncoder().encode(svg) : await editor.platform.rasterize(svg))
    editor.say(`${name} is saved`)
  } catch (error) {
    editor.fail('The picture could not be made', error)
  }
}
