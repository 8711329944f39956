/** A model is read together with the files that hold its weights, in whatever order a person gives them. */
import type { Editor } from '../../editor'
import type { OpenSource } from '../../protocol/engine-calls'
import { EndedError } from '../../protocol/rpc'
import type { EngineRemote } from '../../session/session'
import { namesOf, weightsAmong } from '../../file/weights'
import type { Given } from '../../platform/platform'

export interface Gathered {
  readonly weights: ReadonlyMap<string, File>
  /** Files that the model does not ask for. */
  readonly unasked: readonly string[]
}

interface Wanted {
  readonly source: OpenSource
  readonly name: string
  /** Where the model lay. */
  readonly path: string
  readonly given: readonly Given[]
  /** It is opened without the weights that are not here. */
  readonly partly: boolean
}

/** Reads a model; where it asks for files that are not here, it waits for them. */
export async function readWithWeights(editor: Editor, engine: EngineRemote, wanted: Wanted): Promise<Gathered> {
  const { source, name, path, partly } = wanted
  const asked = await engine.call('read', { source })
  if (source.type === 'engine') return { weights: besideEngine(source), unasked: [] }
  let given = wanted.given
  let found = weightsAmong(asked, given, path)
  while (found.size < asked.length && !partly) {
    const more = await moreFor(
      editor,
      name,
      asked.filter((a) => !found.has(a)),
    )
    if (!more) break
    given = [...given, ...more]
    found = weightsAmong(asked, given, path)
  }
  const weights = new Map([...found].map(([location, { file }]) => [location, file]))
  if (source.type === 'file' && weights.size > 0) await engine.call('read', { source: { ...source, weights } })
  const taken = new Set(found.values())
  return { weights, unasked: given.filter((g) => !taken.has(g)).map((g) => g.path) }
}

/** The times of an engine are kept with its layers, as weights are with a model. */
const besideEngine = ({ profile }: OpenSource & { type: 'engine' }): ReadonlyMap<string, File> =>
  new Map(profile ? [[profile.name, profile]] : [])

/** @returns what was given next; null where the model is to be opened without */
async function moreFor(editor: Editor, name: string, missing: readonly string[]): Promise<readonly Given[] | null> {
  editor.set({ opening: { name, stage: 'waits for its weights', fraction: 0, missing } })
  editor.say(`${name} waits for ${namesOf(missing)}`)
  try {
    return await new Promise<readonly Given[] | null>((resolve, reject) => {
      editor.waiting = {
        take(given) {
          const taken = new Set(weightsAmong(missing, given, '').values())
          if (taken.size > 0) return resolve(given)
          const names = given.map((g) => g.path)
          const detail = `It asks for ${namesOf(missing)}.`
          editor.set({ notice: unaskedNotice(names, name, detail) })
        },
        goOn: () => resolve(null),
        cancel: () => reject(new EndedError('the opening was cancelled')),
      }
    })
  } finally {
    editor.waiting = null
  }
}

export function unaskedNotice(names: readonly string[], model: string, detail = 'The model is open without them.') {
  return { title: `${namesOf(names)}: not asked for by ${model}`, detail }
}
