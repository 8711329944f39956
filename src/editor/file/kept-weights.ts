/** How the files that hold a model's weights lie in the browser's storage: each at a key of its own, and a record of which is which. */
import type { Storage } from '../platform/platform'
import { unique } from './unique'

/** Files beside a model, by the names that it calls them. `partly`: it was opened without the others that it asks for. */
export interface KeptWeights {
  readonly files: ReadonlyMap<string, File>
  readonly partly: boolean
}

interface StoredWeights {
  /** By the paths that the model calls them, the keys where they lie. */
  readonly files: readonly (readonly [path: string, key: string])[]
  readonly partly: boolean
}

/** @returns null where none were written */
export async function readWeights(storage: Storage, record: string): Promise<KeptWeights | null> {
  const stored = await recorded(storage, record)
  if (!stored) return null
  const files = new Map<string, File>()
  for (const [path, key] of stored.files) {
    const file = await storage.get(key)
    if (file instanceof File) files.set(path, file)
  }
  return { files, partly: stored.partly }
}

/**
 * Those that are kept stay where they are: they may be read at this moment.
 * @throws what the storage throws where there is no room; those that were written stay
 */
export async function writeWeights(storage: Storage, record: string, { files, partly }: KeptWeights): Promise<void> {
  const stored = await recorded(storage, record)
  if (!stored && files.size === 0) return
  const keys = new Map(stored?.files)
  const kept = await readWeights(storage, record)
  const now = new Map<string, string>()
  for (const [path, file] of files) {
    const same = kept?.files.get(path)?.size === file.size
    const key = (same && keys.get(path)) || `${record}-${unique()}`
    if (!same) await storage.set(key, file)
    now.set(path, key)
  }
  const used = new Set(now.values())
  const old = [...keys.values()].filter((key) => !used.has(key))
  if (stored?.partly !== partly || old.length > 0 || now.size !== keys.size)
    await storage.set(record, { files: [...now], partly } satisfies StoredWeights)
  for (const key of old) await storage.del(key)
}

export async function dropWeights(storage: Storage, record: string): Promise<void> {
  for (const [, key] of (await recorded(storage, record))?.files ?? []) await storage.del(key)
  await storage.del(record)
}

async function recorded(storage: Storage, record: string): Promise<StoredWeights | null> {
  const stored = (await storage.get(record)) as Partial<StoredWeights> | undefined
  return Array.isArray(stored?.files) ? { files: stored.files, partly: stored.partly === true } : null
}
