/** Which of the documents that are kept a tab goes on with. */
import type { Editor } from '../../editor'
import { sameSource } from '../../file/document-index'
import type { DocumentEntry } from '../../file/document-index'
import { Documents, RELOAD } from '../../file/documents'
import type { Given, Hold } from '../../platform/platform'
import type { ModelSource } from '../../state/model-slice'
import { SessionError } from '../../file/session-file'
import type { Brought } from './open-model'

export type KeptSession = Brought & Required<Pick<Brought, 'kept'>>

/**
 * What is kept of a model, in its newest document that no other tab holds.
 * @throws SessionError where that is damaged
 */
export async function keptOf(editor: Editor, source: ModelSource): Promise<KeptSession | null> {
  await editor.keepNow()
  return unlessDenied(async () => newest(editor, await entriesOf(editor, source)))
}

/**
 * What a page begins with: the document that was this tab's, else the newest that no other tab holds. A tab that was
 * duplicated from one that lives begins a document of its own with what is in that one's.
 * @param source only what is of this model
 * @throws SessionError where it is damaged
 */
export async function keptHere(editor: Editor, source: ModelSource | null): Promise<KeptSession | null> {
  const documents = new Documents(editor.platform)
  return unlessDenied(async () => {
    await documents.takeOver()
    const entries = await entriesOf(editor, source)
    const own = entries.find((e) => e.id === editor.platform.tab.remembered('document'))
    return own ? bring(editor, own.id, await documents.hold(own.id, RELOAD)) : newest(editor, entries)
  })
}

/**
 * What is kept in a document.
 * @returns `elsewhere` where another tab has it open; null where nothing is there
 * @throws SessionError where it is damaged
 */
export async function keptIn(editor: Editor, id: string): Promise<KeptSession | 'elsewhere' | null> {
  await editor.keepNow()
  const hold = await new Documents(editor.platform).hold(id)
  return hold ? bring(editor, id, hold) : 'elsewhere'
}

/** A file of one's own of this size that was opened here, or is kept. */
export async function knownFile(editor: Editor, source: ModelSource): Promise<File | null> {
  if (source.type !== 'file') return null
  if (editor.file?.size === source.size) return editor.file
  const documents = new Documents(editor.platform)
  return unlessDenied(async () => {
    for (const { id, source: of } of await documents.index.list()) {
      const file = of.type === 'file' && of.size === source.size ? await documents.file(id) : null
      if (file) return file
    }
    return null
  })
}

/** Where the browser gives no storage, nothing is kept. */
function unlessDenied<T>(reading: () => Promise<T | null>): Promise<T | null> {
  return reading().catch((error: unknown) => {
    if (error instanceof SessionError) throw error
    return null
  })
}

async function entriesOf(editor: Editor, source: ModelSource | null): Promise<DocumentEntry[]> {
  const entries = await new Documents(editor.platform).index.list()
  return entries.filter((e) => !source || sameSource(e.source, source))
}

async function newest(editor: Editor, entries: readonly DocumentEntry[]): Promise<KeptSession | null> {
  const documents = new Documents(editor.platform)
  for (const { id } of entries) {
    const mine = editor.document?.name === id ? editor.document : null
    const hold = mine ?? (await documents.hold(id))
    const brought = hold && (await bring(editor, id, hold))
    if (brought) return brought
  }
  return null
}

/** @param hold this tab's on the document; null to read what another writes */
async function bring(editor: Editor, id: string, hold: Hold | null): Promise<KeptSession | null> {
  const documents = new Documents(editor.platform)
  let kept = null
  try {
    kept = await documents.read(id)
    const file = kept && (await documents.file(id))
    const weights = kept && (await documents.weights(id))
    const given = weights && [...weights.files].map(([path, of]): Given => ({ path, file: of }))
    return (
      kept && {
        kept,
        document: hold,
        ifItFits: true,
        ...(file ? { file } : null),
        ...(given ? { given, partly: weights.partly } : null),
      }
    )
  } finally {
    if (!kept) letGo(editor, hold)
  }
}

/** Releases a document that is not opened after all. */
export function letGo(editor: Editor, hold: Hold | null | undefined): void {
  if (hold !== editor.document) hold?.release()
}
