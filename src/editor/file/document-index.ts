/** The index of the documents that the browser keeps: what there is, of which model, and when it was written last. */
import { decode } from '../../engine'
import type { Platform } from '../platform/platform'
import type { ModelSource } from '../state/model-slice'
import { thumbnail } from '../view/thumbnail'
import { source } from './session-file'

const { DecodeError, count, given, nullable, object, text } = decode

/** What a list of documents shows of one: its layers as it came and now, and its picture. */
const shown = object({ layers: object({ first: count, now: count }), branches: count, picture: thumbnail })

/** `time` is when it was written last, in milliseconds; `steps` counts those of all branches. */
const entry = object({
  id: text,
  source,
  name: text,
  time: count,
  steps: count,
  shown: given(nullable(shown), null),
})

export type Shown = decode.Decoded<typeof shown>

export type DocumentEntry = decode.Decoded<typeof entry>

export class DocumentIndex {
  constructor(private readonly platform: Pick<Platform, 'storage' | 'tab'>) {}

  /** The newest first. */
  async list(): Promise<DocumentEntry[]> {
    const stored = await this.platform.storage.get('documents')
    const entries = Array.isArray(stored) ? stored.map(readEntry).filter((e) => e !== null) : []
    return entries.toSorted((a, b) => b.time - a.time)
  }

  /** Writes the index anew, and values with it. @returns what it holds then */
  change(
    to: (entries: readonly DocumentEntry[]) => readonly DocumentEntry[],
    values: readonly [key: string, value: unknown][] = [],
  ): Promise<readonly DocumentEntry[]> {
    const { storage, tab } = this.platform
    return tab.alone('documents', async () => {
      const entries = to(await this.list())
      await storage.setAll(new Map([...values, ['documents', entries]]))
      return entries
    })
  }
}

function readEntry(json: unknown): DocumentEntry | null {
  try {
    return entry(json, 'document')
  } catch (error) {
    if (error instanceof DecodeError) return null
    throw error
  }
}

/** The same model: of one name in the gallery, or a file of one name and size. */
export function sameSource(a: ModelSource, b: ModelSource): boolean {
  if (a.dialect !== b.dialect) return false
  if (a.type === 'gallery') return b.type === 'gallery' && a.id === b.id
  return b.type === 'file' && a.name === b.name && a.size === b.size
}
