/**
 * What the page keeps in the browser: values in IndexedDB, and files, which may be large, in the origin's private file system.
 * Chromium counts a file that IndexedDB had no room for as stored until the page is left, so that nothing more could be kept.
 */
import { del, get, set, setMany } from 'idb-keyval'
import type { Storage } from '../../editor'

/** Stands in IndexedDB for a file that lies in the file system under the same key. */
interface Elsewhere {
  readonly fileNamed: string
  readonly type: string
}

const isElsewhere = (value: unknown): value is Elsewhere =>
  typeof value === 'object' && value !== null && 'fileNamed' in value

export const browserStorage: Storage = {
  async get(key) {
    const value: unknown = await get(key)
    return isElsewhere(value) ? readFile(key, value) : value
  },
  async set(key, value) {
    const folder = value instanceof File ? await privateFolder() : null
    if (!folder || !(value instanceof File)) return set(key, value)
    await set(key, { fileNamed: value.name, type: value.type } satisfies Elsewhere)
    try {
      await writeFile(folder, key, value)
    } catch (error) {
      await del(key)
      throw error
    }
  },
  setAll: (values) => setMany([...values]),
  async del(key) {
    const value: unknown = await get(key)
    await del(key)
    if (isElsewhere(value)) await (await privateFolder())?.removeEntry(key).catch(() => undefined)
  },
}

/** null where the browser has none, or gives none to this page: files lie in IndexedDB then. */
async function privateFolder(): Promise<FileSystemDirectoryHandle | null> {
  try {
    const storage = navigator.storage as Partial<StorageManager> | undefined
    const folder = await storage?.getDirectory?.()
    return folder && 'createWritable' in FileSystemFileHandle.prototype ? folder : null
  } catch {
    return null
  }
}

/** @returns undefined where it is gone; its bytes are read where they are needed */
async function readFile(key: string, { fileNamed, type }: Elsewhere): Promise<File | undefined> {
  try {
    const handle = await (await privateFolder())?.getFileHandle(key)
    return handle && new File([await handle.getFile()], fileNamed, { type })
  } catch {
    return undefined
  }
}

/** All of it or nothing. @throws what the browser says where there is no room */
async function writeFile(folder: FileSystemDirectoryHandle, key: string, file: File): Promise<void> {
  const handle = await folder.getFileHandle(key, { create: true })
  try {
    await file.stream().pipeTo(await handle.createWritable())
  } catch (error) {
    await folder.removeEntry(key).catch(() => undefined)
    throw error
  }
}
