/** What is opened: a model of the gallery, a file of one's own, a session, or what was open before. */
import type { Editor } from '../../editor'
import type { OpenSource } from '../../protocol/engine-calls'
import { engineSource, isEngineFile, isProfileFile } from '../../file/engine-files'
import { modelsAmong, namesOf, weightsAmong } from '../../file/weights'
import type { Given } from '../../platform/platform'
import { NO_VERDICTS } from '../../file/kept-verdicts'
import { isPacked, readSession, SessionError } from '../../file/session-file'
import { asksForMore, parseLink } from '../../file/link'
import type { Link } from '../../file/link'
import { builtId, readGallery } from './gallery'
import type { GalleryEntry } from './gallery'
import { follow, noteMissing } from './link'
import type { ModelSource } from '../../state/model-slice'
import { keptHere, keptOf, knownFile, letGo } from './kept'
import type { KeptSession } from './kept'
import { showLinked, takeLinked } from '../match/pattern-links'
import { importPatterns, isPatternFile } from '../match/pattern-files'
import { nameOf, openModel } from './open-model'
import type { Brought } from './open-model'

export { beginAtTop } from './open-model'

function fileSource(fileName: string, file: Blob): OpenSource {
  return { type: 'file', file, name: nameOf(fileName), weights: new Map() }
}

/**
 * Opens what a person gave at once: patterns are taken in; a model or a session, with the files beside it that may hold its weights. Weights without a
 * model go to the one that waits for them, or wait themselves.
 */
export async function openFiles(editor: Editor, all: readonly Given[]): Promise<boolean> {
  const patterns = all.filter((g) => isPatternFile(g.file.name))
  if (patterns.length > 0) await importPatterns(editor, patterns)
  const given = all.filter((g) => !patterns.includes(g))
  if (given.length === 0) return false
  const profiles = await profilesAmong(given)
  if (profiles.length === given.length && profiles[0]) return takeProfile(editor, profiles[0])
  const { models, others } = modelsAmong(
    given.filter((g) => !profiles.includes(g)),
    editor.waiting !== null,
  )
  const [model, ...further] = models
  if (!model) return takeWeights(editor, given)
  const opened = await openFile(editor, model.file, {
    path: model.path,
    given: [...editor.spare, ...others, ...profiles],
  })
  if (opened && further.length > 0) {
    const title = `${model.file.name} is open`
    editor.set({
      notice: { title, detail: `${namesOf(further.map((f) => f.path))} can be opened after it, one at a time.` },
    })
  }
  return opened
}

/** Profiles of engines: they go beside what is opened. */
async function profilesAmong(given: readonly Given[]): Promise<Given[]> {
  const found: Given[] = []
  for (const g of given) if (/\.json$/i.test(g.file.name) && (await isProfileFile(g.file))) found.push(g)
  return found
}

/** A profile goes with the layers of the engine that is open. */
async function takeProfile(editor: Editor, profile: Given): Promise<boolean> {
  if (editor.file && (await isEngineFile(editor.file))) return openFile(editor, editor.file, { given: [profile] })
  const title = `${profile.file.name}: of which engine?`
  const detail =
    'This is taken for a profile of a TensorRT engine. Open its layers with it, which trtexec --exportLayerInfo writes, both files at once.'
  editor.set({ notice: { title, detail }, announcement: `${title} ${detail}` })
  return false
}

/** Weights whose model is not among what was given. */
async function takeWeights(editor: Editor, given: readonly Given[]): Promise<boolean> {
  if (editor.waiting) {
    editor.waiting.take(given)
    return true
  }
  const { state, file } = editor
  const asked = state.model?.missing ?? []
  const fits = weightsAmong(asked, given, '').size > 0
  if (fits && file && state.model?.source.type === 'file') {
    const had = [...editor.weights].map(([path, weights]): Given => ({ path, file: weights }))
    return openFile(editor, file, { given: [...had, ...given] })
  }
  editor.spare = [...editor.spare, ...given]
  const title = `${namesOf(editor.spare.map((g) => g.path))}: for which model?`
  const detail = 'These are taken for weights. Drop the ONNX model that they belong to, and it is opened with them.'
  editor.set({ notice: { title, detail }, announcement: `${title} ${detail}` })
  return false
}

/**
 * Opens a model with what is kept of it, or a session: what a file is shows in how it begins. One that is called a session is refused as one, for
 * reasons of sessions.
 */
export async function openFile(editor: Editor, file: File, beside: Beside = {}): Promise<boolean> {
  let packed: boolean
  try {
    packed = await isPacked(file)
  } catch (error) {
    // A folder that came as a file, or a file that was moved or changed since it was chosen.
    editor.fail(`${file.name} could not be opened`, error)
    return false
  }
  if (packed || /\.graft$/i.test(file.name)) return openSession(editor, file, beside.given)
  const brought = await broughtBack(editor, { type: 'file', name: file.name, size: file.size })
  const anew = new Set(beside.given?.map((g) => g.file.name))
  const given = [...(beside.given ?? []), ...(brought.given ?? []).filter((g) => !anew.has(g.file.name))]
  // Whoever gives the model again may have the weights now.
  return openModelFile(editor, file, { ...brought, ...beside, given, partly: false })
}

type Beside = Pick<Brought, 'path' | 'given'>

async function openModelFile(editor: Editor, file: File, brought: Brought): Promise<boolean> {
  const lowering = loweringOf(brought)
  const read = async (): Promise<OpenSource> =>
    (await isEngineFile(file))
      ? engineSource(nameOf(file.name), file, brought.given ?? [])
      : { ...fileSource(file.name, file), ...lowering }
  const source: ModelSource = { type: 'file', name: file.name, size: file.size, ...lowering }
  return openModel(editor, file.name, source, read, { ...brought, file })
}

/** Opens the session in a file, with the model that it names or holds. */
async function openSession(editor: Editor, file: File, given: readonly Given[] = []): Promise<boolean> {
  try {
    const { head, steps, model } = await readSession(file)
    const { source } = head.model
    const own = model && source.type === 'file' ? new File([model], source.name) : await knownFile(editor, source)
    return await openKept(
      editor,
      { kept: { head: { ...head, verdicts: NO_VERDICTS }, steps }, given, fromFile: true },
      own,
      await readGallery(),
    )
  } catch (error) {
    editor.fail(`${file.name} could not be opened`, error)
    return false
  }
}

/**
 * @param file the model, where it is a file of one's own that is to be had
 * @throws SessionError where the model that it names is not
 */
async function openKept(
  editor: Editor,
  session: KeptSession,
  file: File | null,
  entries: readonly GalleryEntry[],
): Promise<boolean> {
  const { source, name } = session.kept.head.model
  if (source.type === 'gallery') {
    const entry = entries.find((e) => e.id === source.id)
    if (!entry) throw new SessionError(`It was made on ${name}, which is not in this gallery.`)
    return openEntry(editor, entry, session)
  }
  if (!file || file.size !== source.size)
    throw new SessionError(
      `It was made on ${source.name} (${source.size.toLocaleString('en')} bytes), which it does not hold. Open that model first, then the session again.`,
    )
  return openModelFile(editor, file, session)
}

/** Opens a model with what is kept of it. */
export async function openFromGallery(editor: Editor, entry: GalleryEntry): Promise<boolean> {
  return openEntry(editor, entry, await broughtBack(editor, { type: 'gallery', id: entry.id }))
}

/** What is kept of a model; nothing where that is damaged, which is said. */
async function broughtBack(editor: Editor, source: ModelSource): Promise<Brought> {
  try {
    return (await keptOf(editor, source)) ?? {}
  } catch (error) {
    editor.fail('Earlier steps on this model could not be brought back', error)
    return {}
  }
}

async function openEntry(editor: Editor, entry: GalleryEntry, brought: Brought): Promise<boolean> {
  const read = async (): Promise<OpenSource> => {
    const built = builtId(entry)
    if (built) return { type: 'built', id: built }
    const response = await fetch(`./models/${entry.file}`)
    if (!response.ok) throw new Error(`the gallery has no ${entry.file} (${response.status})`)
    return { ...fileSource(entry.file, await response.blob()), ...lowering }
  }
  const lowering = loweringOf(brought)
  const opened = await openModel(editor, entry.file, { type: 'gallery', id: entry.id, ...lowering }, read, brought)
  if (opened && entry.tries && brought.dialect === undefined) editor.set({ tries: entry.tries })
  return opened
}

/** The dialect that a model is lowered into: the one asked for, or that of what is kept of it. */
function loweringOf({ dialect, kept }: Brought): Pick<ModelSource, 'dialect'> {
  const wanted = dialect ?? kept?.head.model.source.dialect
  return wanted ? { dialect: wanted } : {}
}

/**
 * Opens the model that is open once more, from where it came: in TensorRT's layers, or as it is, with the steps that are kept of it there.
 * @throws Error where the model is not to be had any more
 */
export async function openInDialect(editor: Editor, dialect: 'onnx' | 'tensorrt'): Promise<boolean> {
  const { model } = editor.state
  if (!model) return false
  const { dialect: _now, ...from } = model.source
  const source: ModelSource = dialect === 'tensorrt' ? { ...from, dialect } : from
  const brought = { ...(await broughtBack(editor, source)), ...(dialect === 'tensorrt' && { dialect }) }
  if (source.type === 'gallery') {
    const entry = (await readGallery()).find((e) => e.id === source.id)
    if (!entry) throw new Error(`${model.name} is not in this gallery`)
    return openEntry(editor, entry, brought)
  }
  const file = await knownFile(editor, model.source)
  if (!file) throw new Error(`${source.name} is not kept here any more. Open the file again.`)
  const given = [...editor.weights].map(([path, weights]) => ({ path, file: weights }))
  return openModelFile(editor, file, { ...brought, given: [...(brought.given ?? []), ...given] })
}

/** As the model of an address: nothing is opened, not even what was open before. */
const NO_MODEL = 'none'

/**
 * What the page begins with: what its address asks for; what was open before, unless the address names another model; else
 * the start page.
 */
export async function openFirst(editor: Editor, address: string): Promise<void> {
  const link = parseLink(address)
  if (editor.session) return
  const linked = await takeLinked(editor, link.own)
  try {
    await openWhatIsAsked(editor, link)
  } catch (error) {
    editor.fail('The gallery is not there', error)
  }
  await showLinked(editor, linked)
}

async function openWhatIsAsked(editor: Editor, link: Link): Promise<void> {
  const entries = await readGallery()
  const named = entries.find((e) => e.id === link.model || e.file === link.model)
  if (asksForMore(link)) return await openLink(editor, link, named, entries)
  if (link.model !== NO_MODEL && (await reopen(editor, named, entries))) return
  const lost = editor.state.notice
  if (named) await openFromGallery(editor, named)
  else editor.set({ start: true })
  if (lost) editor.set({ notice: lost })
  else if (link.model !== NO_MODEL) noteMissing(editor, link, named)
}

/** Opens the model of a link, then does what it says. */
async function openLink(
  editor: Editor,
  link: Link,
  named: GalleryEntry | undefined,
  entries: readonly GalleryEntry[],
): Promise<void> {
  const entry = named ?? (link.model === null ? entries[0] : undefined)
  if (!entry) {
    editor.set({ start: true })
    return noteMissing(editor, link, named)
  }
  const { target } = editor.state
  editor.set({ target: link.target ?? target })
  if (!(await openEntry(editor, entry, {}))) return editor.set({ target })
  await follow(editor, link, named !== undefined)
}

/** @returns false where nothing was kept, or it is of another model, or it cannot be brought back, which is said */
async function reopen(
  editor: Editor,
  named: GalleryEntry | undefined,
  entries: readonly GalleryEntry[],
): Promise<boolean> {
  let session: KeptSession | null = null
  try {
    session = await keptHere(editor, named ? { type: 'gallery', id: named.id } : null)
    return session !== null && (await bringBack(editor, session, entries))
  } catch (error) {
    editor.fail('Your last session could not be brought back', error)
    return false
  }
}

/** Opens a document of this browser where it was left. @throws SessionError where its model is not to be had */
export async function openAgain(editor: Editor, session: KeptSession): Promise<void> {
  await bringBack(editor, session, await readGallery())
}

async function bringBack(editor: Editor, session: KeptSession, entries: readonly GalleryEntry[]): Promise<boolean> {
  try {
    const { head } = session.kept
    const { source } = head.model
    if (source.type === 'file' && !session.file)
      throw new SessionError(
        `It was made on ${source.name} (${source.size.toLocaleString('en')} bytes), which could not be kept. Open that file again, and its steps come back.`,
      )
    const opened = await openKept(editor, session, session.file ?? null, entries)
    if (opened && head.history.points.length > 1 && !editor.state.notice) editor.say('Back where you were')
    return opened
  } catch (error) {
    letGo(editor, session.document)
    throw error
  }
}
