/** A model of another file, read in a worker of its own. */
import { weightsAmong } from '../../file/weights'
import type { OtherFile } from '../../view/compare-view'
import type { Editor } from '../../editor'
import type { EngineCalls, EngineEvents } from '../../protocol/engine-calls'
import { Remote } from '../../protocol/rpc'

/**
 * Opens a file in a worker that lives as long as it is used.
 * @param use is given a port at which that worker answers `EvidenceCalls`
 */
export async function withOtherFile<T>(
  editor: Editor,
  { file, given }: OtherFile,
  use: (port: MessagePort) => Promise<T>,
): Promise<T> {
  const reader = new Remote<EngineCalls, EngineEvents>(editor.workers.engine())
  try {
    const { target } = editor.state
    const source = { type: 'file', file, name: file.name, weights: new Map<string, Blob>() } as const
    const asked = await reader.call('read', { source })
    const weights = new Map([...weightsAmong(asked, given, file.name)].map(([name, of]) => [name, of.file]))
    if (weights.size > 0) await reader.call('read', { source: { ...source, weights } })
    await reader.call('open', { target, rules: [] })
    const { port1, port2 } = new MessageChannel()
    await reader.call('connect', port1, [port1])
    return await use(port2)
  } finally {
    reader.end()
  }
}
