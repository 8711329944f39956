/** A built TensorRT engine, laid over the open network: which kernel runs which layers, and how long. */
import { overlayOf } from '../../../dialects/tensorrt'
import type { Editor } from '../../editor'
import type { EngineRow } from '../../view/engine-view'
import { isEngineFile, isProfileFile } from '../../file/engine-files'
import type { Given } from '../../platform/platform'
import type { EditorState } from '../../state/store'
import { command } from '../command'
import type { Command } from '../command'
import { setPanel } from '../history/history'
import { selectLayers } from './multi'
import { goToLayer } from './select'

/** Of layers and of times, in any order. */
export async function layEngine(editor: Editor, given: readonly Given[]): Promise<void> {
  await editor.scoped('The engine could not be laid over the network', async (session, live) => {
    let layers: File | null = null
    let profile: File | null = null
    for (const { file } of given) {
      if (await live(isProfileFile(file))) profile = file
      else if (await live(isEngineFile(file))) layers = file
    }
    if (!layers)
      throw new Error(
        'None of these files has the layers of an engine, which trtexec --exportLayerInfo writes. Choose it, with the profile beside it where there is one.',
      )
    const kernels = await live(session.engine.call('kernels', { layers, profile }))
    const covered = overlayOf(session.replica, kernels).of.size
    if (covered === 0)
      throw new Error(
        `None of the ${kernels.length} kernels in ${layers.name} names a layer of this network: it is of another model.`,
      )
    const timed = kernels.some((k) => k.time !== null)
    editor.set({ engine: { name: layers.name, kernels, timed }, ...(timed && { heat: 'engine' as const }) })
    setPanel(editor, { tab: 'engine' })
    editor.say(`${layers.name} is laid over the network: ${covered} layers are in its kernels`)
  })
}

export function takeEngineOff(editor: Editor): void {
  const { heat, panel } = editor.state
  editor.set({ engine: null, ...(heat === 'engine' && { heat: null }) })
  if (panel.tab === 'engine') setPanel(editor, { tab: 'steps' })
  editor.say('The engine is taken off')
}

/** Goes to what a row of the list is of. */
export async function showEngineRow(editor: Editor, { layers }: EngineRow): Promise<void> {
  const [first] = layers
  if (first === undefined) return
  await goToLayer(editor, first)
  if (layers.length > 1) selectLayers(editor, layers)
}

const canLay = (s: EditorState): boolean => s.model !== null && s.model.dialect !== 'tensorrt-engine'

export const engineCommands: readonly Command[] = [
  command('View', 'lay-engine', 'Lay a TensorRT engine over this network', [], canLay, (e) =>
    e.platform.pickFiles((given) => void layEngine(e, given)),
  ),
  command('View', 'take-engine-off', 'Take the engine off', [], (s) => s.engine !== null, takeEngineOff),
]
