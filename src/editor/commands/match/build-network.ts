/** A network that is written in TypeScript: its code runs in a sandbox, and what it makes is opened as a file of one's own. */
import { CodeChannel, CodeError, codeErrorOf } from '../../../code'
import type { BuiltNetwork } from '../../../code'
import type { Editor } from '../../editor'
import { givenAlone } from '../../file/weights'
import { openFiles } from '../file/open'

/** What is written in the editor, run and opened; what is wrong stands below the text, as for patterns. */
export async function buildNetwork(editor: Editor): Promise<void> {
  const { draft } = editor.state
  if (draft?.language !== 'ts' || draft.agreed === false) return
  const name = fileName(draft.name)
  const sandbox = editor.workers.code(draft.foreign === true)
  const channel = new CodeChannel(
    sandbox.port,
    () => undefined,
    () => sandbox.end(),
  )
  editor.say(`Building ${name}`)
  try {
    const files = filesOf(name, await channel.ask('build', { source: draft.text, name }))
    await openFiles(editor, files.map(givenAlone))
  } catch (error) {
    const { reason: message, place } = codeErrorOf(error)
    const at = place ?? { line: 1, column: 1 }
    editor.set({ draftReport: { type: 'bad', message, line: at.line, column: at.column, instead: null } })
  } finally {
    channel.end(new CodeError('it is done'))
  }
}

/** A name that any file may have. */
const fileName = (name: string): string => name.replace(/[^\w.-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '') || 'my-network'

function filesOf(name: string, made: BuiltNetwork): File[] {
  if (made.type === 'onnx') return [new File([made.model as Uint8Array<ArrayBuffer>], `${name}.onnx`)]
  const network = new File([made.text], `${name}.graft-trt`)
  return [network, new File([made.weights as Uint8Array<ArrayBuffer>], made.location)]
}
