/** The documents that are kept: listed, opened and forgotten; and the way back to a model that was open before. */
import type { Editor } from '../../editor'
import { sameSource } from '../../file/document-index'
import type { DocumentEntry } from '../../file/document-index'
import { Documents } from '../../file/documents'
import type { ModelSource } from '../../state/model-slice'
import { readGallery } from './gallery'
import { keptIn, keptOf } from './kept'
import { openAgain, openFromGallery } from './open'

export type { DocumentEntry } from '../../file/document-index'

/** The newest first; none where the browser keeps nothing. */
export async function recentDocuments(editor: Editor): Promise<readonly DocumentEntry[]> {
  return new Documents(editor.platform).index.list().catch(() => [])
}

/** Opens a document where it was left. What is open already is only shown. */
export async function openRecent(editor: Editor, { id, name, source }: DocumentEntry): Promise<void> {
  if (id === editor.document?.name) return editor.set({ start: false })
  try {
    const session = await keptIn(editor, id)
    if (session === 'elsewhere') throw new Error('It is open in another tab. Continue there, or close that tab first.')
    if (session) return await openAgain(editor, session)
    if (source.type === 'file') throw new Error(`${source.name} is not kept here any more. Open the file again.`)
    await openOfGallery(editor, source.id)
  } catch (error) {
    editor.fail(`${name} could not be opened`, error)
  }
}

/** Drops a document with its steps, for good. @returns false where it is open, here or in another tab, which is said */
export async function forgetRecent(editor: Editor, { id, name }: DocumentEntry): Promise<boolean> {
  const gone = await new Documents(editor.platform).forget(id)
  if (!gone) editor.fail(`${name} stays in the list`, new Error('It is open, here or in another tab.'))
  return gone
}

/** Where a person was in the page: on the start page, or at a model. */
export type Place = { readonly at: 'start' } | { readonly at: 'model'; readonly source: ModelSource }

/** Goes where the person was before, with the steps that are kept of it. */
export async function goBackTo(editor: Editor, place: Place): Promise<void> {
  editor.cancelOpening?.()
  if (place.at === 'start') return editor.set({ start: true })
  const { source } = place
  const { model } = editor.state
  if (model && sameSource(model.source, source)) return editor.set({ start: false })
  try {
    if (source.type === 'gallery') return await openOfGallery(editor, source.id)
    const session = await keptOf(editor, source)
    if (!session) throw new Error('It is not kept here. Open the file again.')
    await openAgain(editor, session)
  } catch (error) {
    editor.fail(`${source.type === 'file' ? source.name : source.id} could not be opened`, error)
  }
}

async function openOfGallery(editor: Editor, id: string): Promise<void> {
  const entry = (await readGallery()).find((e) => e.id === id)
  if (entry) await openFromGallery(editor, entry)
}
