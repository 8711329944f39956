import type { Editor } from '../../editor'
import type { ExportFormat } from '../../protocol/engine-calls'
import type { Session } from '../../session/session'
import { typeText } from '../../text/value-text'
import { sceneToSvg } from '../../view/svg'
import { checkWhole } from '../match/verify'

/** What speaks against a model that is to be saved. One that `fails` is saved when a person asks for it once more. */
interface Doubt {
  readonly fails: boolean
  readonly reason: string
}

/** The state of a session that a person was told of, and may have saved all the same. */
const told = new WeakMap<Session, number>()

/** What the files of each format end in. */
const ENDINGS: Readonly<Record<ExportFormat, string>> = {
  onnx: 'graft.onnx',
  'graft-trt': 'graft-trt',
  python: 'py',
}

/** The network as it is now, as a file: opened in ONNX Runtime first, and its numbers compared with those of the original. */
export async function exportModel(editor: Editor, format: ExportFormat = 'onnx'): Promise<void> {
  const doubt = await doubtOf(editor)
  if (doubt === undefined) return
  await editor.inTurn(async (session, live) => {
    const { version, model } = editor.state
    if (doubt?.fails && told.get(session) !== version) {
      told.set(session, version)
      const detail = `${doubt.reason} Nothing was saved. Export it again to save it all the same.`
      editor.set({ notice: { title: 'The model is not as it was', detail }, announcement: detail })
      return
    }
    const name = `${fileName(model?.name ?? 'model', format)}.${ENDINGS[format]}`
    const files = await live(session.engine.call('exportModel', { name, format }))
    for (const [file, content] of files) editor.platform.save(file, content)
    editor.say(`${name} is saved`)
    if (doubt) editor.set({ notice: { title: `${name} is saved`, detail: doubt.reason } })
  })
}

/** A script is a module of Python by its name. */
const fileName = (name: string, format: ExportFormat): string =>
  format === 'python' ? name.replace(/\W+/g, '_') : name

/** null for none; undefined where the network was left meanwhile. */
function doubtOf(editor: Editor): Promise<Doubt | null | undefined> {
  return editor.scoped('The model could not be checked', async (session, live) => {
    const { timeline, whole } = editor.state
    if (whole?.at !== timeline.cursor || whole.check === 'checking') await live(checkWhole(editor))
    const now = editor.state
    const check = now.whole?.at === now.timeline.cursor ? now.whole.check : undefined
    if (!check || check === 'checking') return { fails: false, reason: 'Its numbers were not checked.' }
    if (check.verdict === 'equal') return null
    if (check.verdict === 'different')
      return { fails: true, reason: `Its numbers are not those of the original: ${check.reason ?? 'they differ'}.` }
    const { status, reason } = await live(session.verify.call('gate', null))
    return status === 'fails'
      ? { fails: true, reason: `ONNX Runtime does not open it: ${reason}.` }
      : { fails: false, reason: `Its numbers were not checked: ${check.reason ?? reason}.` }
  })
}

/** The whole picture as it is on the screen, as drawn lines or as an image. */
export async function exportPicture(editor: Editor, type: 'svg' | 'png'): Promise<void> {
  const { scene, model } = editor.state
  const name = `${model?.name ?? 'network'}.${type}`
  try {
    const typeOf = ({ tensor }: { readonly tensor: number }): string => {
      const record = editor.session?.replica.getTensor(tensor)?.record
      return record ? typeText(record.dtype, record.shape) : ''
    }
    const svg = sceneToSvg(scene, editor.platform.token, typeOf)
    editor.platform.save(name, type === 'svg' ? new TextEncoder().encode(svg) : await editor.platform.rasterize(svg))
    editor.say(`${name} is saved`)
  } catch (error) {
    editor.fail('The picture could not be made', error)
  }
}
