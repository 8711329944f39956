/** What a person dropped: files, and the files in folders, with where they lay. */
import { givenAlone } from '../../editor'
import type { Given } from '../../editor'

/** A folder of more files is no folder of a model. */
const MOST_FILES = 5000

/** To be called while the drop is told: what was dropped is gone afterwards. */
export async function droppedFiles(transfer: DataTransfer): Promise<readonly Given[]> {
  const dropped = [...transfer.items]
    .filter((item) => item.kind === 'file')
    .map((item) => item.webkitGetAsEntry() ?? item.getAsFile())
  const given: Given[] = []
  for (const it of dropped) {
    if (it instanceof File) given.push(givenAlone(it))
    else if (it) await walk(it, given)
  }
  return given
}

async function walk(first: FileSystemEntry, given: Given[]): Promise<void> {
  const waiting = [first]
  for (let entry = waiting.pop(); entry && given.length < MOST_FILES; entry = waiting.pop()) {
    // Hidden files are the system's.
    if (entry.name.startsWith('.')) continue
    if (entry.isFile)
      given.push({ path: entry.fullPath.replace(/^\//, ''), file: await fileOf(entry as FileSystemFileEntry) })
    else waiting.push(...(await entriesOf(entry as FileSystemDirectoryEntry)))
  }
}

const fileOf = (entry: FileSystemFileEntry): Promise<File> => new Promise((done, failed) => entry.file(done, failed))

async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader()
  const all: FileSystemEntry[] = []
  for (;;) {
    // In portions, the last of which is empty.
    const some = await new Promise<FileSystemEntry[]>((done, failed) => reader.readEntries(done, failed))
    if (some.length === 0) return all
    all.push(...some)
  }
}
