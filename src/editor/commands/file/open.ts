/** What is opened: a model of the gallery, a file of one's own, a session, or what was open before. */
import type { Editor } from '../../editor'
import type { OpenSource } from '../../protocol/engine-calls'
import { isPacked, readSession, SessionError } from '../../file/session-file'
import { asksForMore, parseLink } from '../../file/link'
import type { Link } from '../../file/link'
import { keptSession } from './autosave'
import { BUILT_IN, readGallery } from './gallery'
import type { GalleryEntry } from './gallery'
import { follow, noteMissing } from './link'
import { nameOf, openModel } from './open-model'
import type { Kept } from './open-model'

export { beginAtTop } from './open-model'

function onnxSource(fileName: string, buffer: ArrayBuffer): OpenSource {
  return { type: 'onnx', bytes: new Uint8Array(buffer), name: nameOf(fileName) }
}

/**
 * Opens a model, or a session: what a file is shows in how it begins. One that is called a session is refused as one, for
 * reasons of sessions.
 */
export async function openFile(editor: Editor, file: File): Promise<boolean> {
  return (await isPacked(file)) || /\.graft$/i.test(file.name)
    ? openSession(editor, file)
    : openModelFile(editor, file, null)
}

async function openModelFile(editor: Editor, file: File, kept: Kept | null): Promise<boolean> {
  const read = async () => onnxSource(file.name, await file.arrayBuffer())
  const opened = await openModel(editor, file.name, { type: 'file', name: file.name, size: file.size }, read, kept)
  if (!opened) return false
  editor.file = file
  // A file that the storage has no room for is opened all the same; it does not come back after a reload.
  void editor.platform.storage.set('file', file).catch(() => undefined)
  return true
}

/** Opens the session in a file, with the model that it names or holds. */
async function openSession(editor: Editor, file: File): Promise<boolean> {
  try {
    const { head, steps, model } = await readSession(file)
    return await openKept(editor, { head, steps }, model, await readGallery())
  } catch (error) {
    editor.fail(`${file.name} could not be opened`, error)
    return false
  }
}

/**
 * @param embedded the model's own bytes, where the session brings them
 * @throws SessionError where the model that it names is not to be had
 */
async function openKept(
  editor: Editor,
  kept: Kept,
  embedded: Blob | null,
  entries: readonly GalleryEntry[],
): Promise<boolean> {
  const { source, name } = kept.head.model
  if (source.type === 'gallery') {
    const entry = entries.find((e) => e.id === source.id)
    if (!entry) throw new SessionError(`It was made on ${name}, which is not in this gallery.`)
    return openFromGallery(editor, entry, kept)
  }
  const file = embedded ? new File([embedded], source.name) : await ownFile(editor)
  if (!file || file.size !== source.size)
    throw new SessionError(
      `It was made on ${source.name} (${source.size.toLocaleString('en')} bytes), which it does not hold. Open that model first, then the session again.`,
    )
  return openModelFile(editor, file, kept)
}

/** The file of one's own that was opened last. */
async function ownFile(editor: Editor): Promise<File | null> {
  if (editor.file) return editor.file
  const file = await editor.platform.storage.get('file').catch(() => undefined)
  return file instanceof File ? file : null
}

export function openFromGallery(editor: Editor, entry: GalleryEntry, kept: Kept | null = null): Promise<boolean> {
  const read = async (): Promise<OpenSource> => {
    if (entry.id === BUILT_IN.id) return { type: 'built', id: 'gpt-attention' }
    const response = await fetch(`./models/${entry.file}`)
    if (!response.ok) throw new Error(`the gallery has no ${entry.file} (${response.status})`)
    return onnxSource(entry.file, await response.arrayBuffer())
  }
  return openModel(editor, entry.file, { type: 'gallery', id: entry.id }, read, kept)
}

/**
 * What the page begins with: what its address asks for; what was open before, unless the address names another model; else
 * the first of the gallery. Nothing for the model `none`.
 */
export async function openFirst(editor: Editor, address: string): Promise<void> {
  const link = parseLink(address)
  if (link.model === 'none' || editor.session) return
  try {
    const entries = await readGallery()
    const named = entries.find((e) => e.id === link.model || e.file === link.model)
    if (asksForMore(link)) return await openLink(editor, link, named, entries)
    if (await reopen(editor, named, entries)) return
    const lost = editor.state.notice
    const entry = named ?? entries[0]
    if (entry) await openFromGallery(editor, entry)
    if (lost) editor.set({ notice: lost })
    else noteMissing(editor, link, named)
  } catch (error) {
    editor.fail('The gallery is not there', error)
  }
}

/** Opens the model of a link, then does what it says. */
async function openLink(
  editor: Editor,
  link: Link,
  named: GalleryEntry | undefined,
  entries: readonly GalleryEntry[],
): Promise<void> {
  const entry = named ?? entries[0]
  const { target } = editor.state
  editor.set({ target: link.target ?? target })
  if (!entry || !(await openFromGallery(editor, entry))) return editor.set({ target })
  await follow(editor, link, named !== undefined)
}

/** @returns false where nothing was kept, or it is of another model, or it cannot be brought back, which is said */
async function reopen(
  editor: Editor,
  named: GalleryEntry | undefined,
  entries: readonly GalleryEntry[],
): Promise<boolean> {
  try {
    const kept = await keptSession(editor)
    if (!kept) return false
    const { source } = kept.head.model
    if (named && !(source.type === 'gallery' && source.id === named.id)) return false
    const opened = await openKept(editor, kept, null, entries)
    if (opened && kept.head.history.points.length > 1) editor.say('Back where you were')
    return opened
  } catch (error) {
    editor.fail('Your last session could not be brought back', error)
    return false
  }
}
