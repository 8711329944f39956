/**
 * How work lies in the browser's storage. Each model that was opened is a document of its own:
 * - `documents` is the index;
 * - `document-<id>` is the description of a document and the keys under which its steps lie, in order;
 * - `document-<id>-steps-…` are its steps, and `document-<id>-file` is its model, where that is a file of one's own;
 * - `document-<id>-run` is a run whose steps are being written;
 * - `document-<id>-weights` names the files beside it that hold weights of the model, which lie at `document-<id>-weights-…`.
 * A tab holds the document that it writes, and no other tab writes it meanwhile.
 */
import type { Hold, Platform } from '../platform/platform'
import { DocumentIndex } from './document-index'
import type { DocumentEntry, Shown } from './document-index'
import { unique } from './unique'
import { readRun, writeRun } from './kept-run'
import type { KeptRun } from './kept-run'
import { dropWeights, readWeights, writeWeights } from './kept-weights'
import type { KeptWeights } from './kept-weights'
import { readHead, SessionError, wholeTree } from './session-file'
import type { SessionHead, SessionParts } from './session-file'

/** What was kept of a session. */
export interface Kept extends Pick<SessionParts, 'head' | 'steps'> {
  /** A run whose steps were told, and not written. */
  readonly run?: KeptRun
}

interface Stored {
  readonly head: unknown
  readonly chunks: readonly string[]
}

/** Keys of steps that lie in the storage: all that are `there`, and those of them that are `kept`; and steps that are `added`. */
export interface StepsToKeep {
  readonly there: readonly string[]
  readonly kept: readonly string[]
  readonly added: Uint8Array
}

/** Beyond so many the oldest without steps are dropped. */
export const MOST_DOCUMENTS = 30
/** How long a tab that was reloaded waits for its former self to let go, in milliseconds. */
export const RELOAD = 1000

const headKey = (id: string) => `document-${id}`
const fileKey = (id: string) => `document-${id}-file`
const runKey = (id: string) => `document-${id}-run`
const weightsKey = (id: string) => `document-${id}-weights`

export class Documents {
  readonly index: DocumentIndex

  constructor(private readonly platform: Pick<Platform, 'storage' | 'tab'>) {
    this.index = new DocumentIndex(platform)
  }

  /** @returns a new document, which is this tab's; nothing is written of it yet */
  async begin(): Promise<Hold> {
    const hold = await this.hold(unique())
    return hold ?? this.begin()
  }

  /**
   * @param patience how long to wait for another tab to let go of it, in milliseconds
   * @returns null where another tab holds it
   */
  hold(id: string, patience = 0): Promise<Hold | null> {
    return this.platform.tab.hold(id, patience)
  }

  /**
   * @returns null where nothing is there
   * @throws SessionError where it is damaged
   */
  async read(id: string): Promise<Kept | null> {
    const stored = await this.stored(headKey(id))
    if (!stored) return null
    const kept = await this.kept(stored)
    const run = await readRun(this.platform.storage, runKey(id), wholeTree(kept.head.history).points)
    return run ? { ...kept, run } : kept
  }

  /** The keys of its steps. */
  async chunks(id: string): Promise<readonly string[]> {
    return (await this.stored(headKey(id)))?.chunks ?? []
  }

  async file(id: string): Promise<File | null> {
    const file = await this.platform.storage.get(fileKey(id))
    return file instanceof File ? file : null
  }

  /**
   * Keeps the model of a document. Those of older documents make room only where they leave enough.
   * @throws what the storage throws where there is no room, or none at all
   */
  async writeFile(id: string, file: File): Promise<void> {
    const there = await this.file(id)
    if (there?.size === file.size && there.name === file.name) return
    const write = () => this.platform.storage.set(fileKey(id), file)
    await ((await this.couldFree(id)) < file.size ? write() : this.fit(write))
  }

  /** How many bytes the models of other documents take. */
  private async couldFree(id: string): Promise<number> {
    let bytes = 0
    for (const e of await this.index.list()) if (e.id !== id) bytes += (await this.file(e.id))?.size ?? 0
    return bytes
  }

  /** Keeps a run that was worked out; it goes when its steps are there. */
  writeRun(id: string, run: KeptRun): Promise<void> {
    return writeRun(this.platform.storage, runKey(id), run)
  }

  dropRun(id: string): Promise<void> {
    return this.platform.storage.del(runKey(id))
  }

  /** null where none were written. */
  weights(id: string): Promise<KeptWeights | null> {
    return readWeights(this.platform.storage, weightsKey(id))
  }

  /** Keeps the weights of a document's model. @throws as `writeFile` does */
  writeWeights(id: string, weights: KeptWeights): Promise<void> {
    return writeWeights(this.platform.storage, weightsKey(id), weights)
  }

  /**
   * Writes new steps, the description and its place in the index in one go: whoever waits for a step to be kept waits for this.
   * Steps that no longer belong to it go afterwards.
   * @returns the keys under which its steps lie now
   */
  async write(
    id: string,
    head: SessionHead,
    steps: StepsToKeep,
    look: Shown | null = null,
  ): Promise<readonly string[]> {
    const { storage } = this.platform
    const added = steps.added.length > 0 ? [`${headKey(id)}-steps-${unique()}`] : []
    const chunks = [...steps.kept, ...added]
    const values: [string, unknown][] = [[headKey(id), { head, chunks } satisfies Stored]]
    for (const key of added) values.push([key, steps.added])
    await this.note(entryOf(id, head, look), values)
    for (const key of steps.there) if (!chunks.includes(key)) await storage.del(key)
    return chunks
  }

  /**
   * Makes a document of what older versions kept, once: `session`, and `file` beside it.
   * @throws SessionError where it is damaged; it is set aside then
   */
  async takeOver(): Promise<void> {
    const { storage, tab } = this.platform
    await tab.alone('old-session', async () => {
      const stored = await this.stored('session')
      if (!stored) return
      try {
        const { head } = await this.kept(stored)
        const id = unique()
        const file = head.model.source.type === 'file' ? await storage.get('file') : undefined
        // A model that there is no room for is asked for by name.
        if (file instanceof File) await storage.set(fileKey(id), file).catch(() => undefined)
        // Its steps stay where they are.
        await this.note(entryOf(id, head, null), [[headKey(id), stored]])
      } catch (error) {
        if (!(error instanceof SessionError)) throw error
        await storage.set('session-damaged', stored)
        await storage.del('session')
        throw error
      }
      await storage.del('session')
      await storage.del('file')
    })
  }

  private async stored(key: string): Promise<Stored | null> {
    const stored = (await this.platform.storage.get(key)) as Partial<Stored> | undefined
    if (!stored || !Array.isArray(stored.chunks)) return null
    return { head: stored.head, chunks: stored.chunks.filter((k): k is string => typeof k === 'string') }
  }

  private async kept({ head, chunks }: Stored): Promise<Kept> {
    const read = readHead(head)
    const steps = await Promise.all(chunks.map((key) => this.platform.storage.get(key)))
    const parts = steps.filter((c): c is Uint8Array<ArrayBuffer> => c instanceof Uint8Array)
    return { head: read, steps: new Uint8Array(await new Blob(parts).arrayBuffer()) }
  }

  /** Writes a document into the index, with the values that are its own. */
  private async note(written: DocumentEntry, values: readonly [key: string, value: unknown][]): Promise<void> {
    const entries = await this.fit(() =>
      this.index.change((there) => {
        // The newest, whatever clocks say.
        const time = Math.max(written.time, (there[0]?.time ?? 0) + 1)
        return [{ ...written, time }, ...there.filter((e) => e.id !== written.id)]
      }, values),
    )
    const gone = new Set<string>()
    for (let extra = entries.length - MOST_DOCUMENTS; extra > 0; extra--) if (!(await this.dropOldest(gone))) return
  }

  /** Writes; while the storage is full, documents that no tab holds make room. Steps never go: they cannot be had again. */
  private async fit<T>(write: () => Promise<T>): Promise<T> {
    const gone = new Set<string>()
    for (;;) {
      try {
        return await write()
      } catch (error) {
        if (!isFull(error) || !((await this.dropOldest(gone)) || (await this.dropOldestFile(gone)))) throw error
      }
    }
  }

  /**
   * Drops the oldest document without steps.
   * @param gone what was dropped already; the index may still name it, as a full storage may not take a shorter index either
   * @returns false where there is none
   */
  private dropOldest(gone: Set<string>): Promise<boolean> {
    return this.oldest(
      (e) => Promise.resolve(e.steps === 0 && !gone.has(e.id)),
      async (id) => {
        gone.add(id)
        await this.drop(id)
      },
    )
  }

  /** Drops the model of the oldest document that has one; it is asked for by name then. @returns false where there is none */
  private dropOldestFile(gone: Set<string>): Promise<boolean> {
    return this.oldest(
      async ({ id }) => !gone.has(fileKey(id)) && (await this.file(id)) !== null,
      (id) => {
        gone.add(fileKey(id))
        return this.platform.storage.del(fileKey(id))
      },
    )
  }

  /** Does something to the oldest document of these that no tab holds. @returns false where there is none */
  private async oldest(
    of: (e: DocumentEntry) => Promise<boolean>,
    act: (id: string) => Promise<void>,
  ): Promise<boolean> {
    for (const e of (await this.index.list()).toReversed()) {
      const hold = (await of(e)) ? await this.hold(e.id) : null
      if (!hold) continue
      try {
        await act(e.id)
      } finally {
        hold.release()
      }
      return true
    }
    return false
  }

  /** Drops a document for good. @returns false where a tab holds it */
  async forget(id: string): Promise<boolean> {
    const hold = await this.hold(id)
    if (!hold) return false
    try {
      await this.drop(id)
    } finally {
      hold.release()
    }
    return true
  }

  /** Drops a document that this tab holds, with all that belongs to it. */
  private async drop(id: string): Promise<void> {
    const { storage } = this.platform
    for (const key of [...(await this.chunks(id)), headKey(id), fileKey(id), runKey(id)]) await storage.del(key)
    await dropWeights(storage, weightsKey(id))
    await this.index
      .change((entries) => entries.filter((e) => e.id !== id))
      .catch((error: unknown) => {
        if (!isFull(error)) throw error
      })
  }
}

function entryOf(id: string, { model, history }: SessionHead, look: Shown | null): DocumentEntry {
  const { source: of, name } = model
  return { id, source: of, name, time: Date.now(), steps: history.points.length - 1, shown: look }
}

export const isFull = (error: unknown): boolean => error instanceof Error && error.name === 'QuotaExceededError'
