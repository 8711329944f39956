import { topOf } from '../camera'
import { breath, Gathered } from '../plain'
import { Remote, EndedError } from '../rpc'
import type { Editor } from '../editor'
import type { EngineCalls, EngineEvents, LayoutCalls, LayoutEvents, OpenedNetwork, OpenSource } from '../protocol'
import { unpackScene } from '../scene-transfer'
import { replicaOf, Session, wayTo } from '../session'
import { freshState } from '../store'
import type { ModelSource, Notice } from '../store'
import { totalsOf } from '../totals'
import { keptSession, restore } from './keep'
import type { Kept } from './keep'
import { noteCount, patternStates } from './library'
import { refreshMatches, takeFound } from './search'

export interface GalleryEntry {
  readonly id: string
  readonly name: string
  readonly about: string
  readonly exporter: string
  readonly nodes: number
  readonly file: string
}

/**
 * Opens a model in workers of its own. The one on the screen stays until the new one can be drawn, and stays for good
 * where that fails or is cancelled.
 */
async function openModel(
  editor: Editor,
  fileName: string,
  from: ModelSource,
  read: () => Promise<OpenSource>,
): Promise<boolean> {
  editor.cancelOpening?.()
  const engine = new Remote<EngineCalls, EngineEvents>(editor.workers.engine())
  const layout = new Remote<LayoutCalls, LayoutEvents>(editor.workers.layout())
  const name = nameOf(fileName)
  let cancelled = false
  const cancel = () => {
    cancelled = true
    engine.end()
    layout.end()
    editor.cancelOpening = null
    editor.set({ opening: null })
  }
  editor.cancelOpening = cancel
  const progress = (stage: string, fraction: number) => {
    if (!cancelled) editor.set({ opening: { name, stage, fraction } })
  }
  progress('fetching', 0)
  const early = new Map<string, number>()
  const parts = new Gathered()
  engine.on('part', (part) => parts.add(part))
  engine.on('count', ({ label, count }) => early.set(label, count))
  engine.on('progress', ({ stage, fraction }) => progress(stage, fraction * 0.8))
  try {
    const source = await read()
    const { target, rules } = editor.state
    const opened = await engine.call(
      'open',
      { source, target, rules },
      source.type === 'onnx' ? [source.bytes.buffer as ArrayBuffer] : [],
    )
    progress('laying out', 0.85)
    const port = wayTo(engine)
    const [drawn, replica] = await Promise.all([layout.call('load', port, [port]), replicaOf(opened, parts)])
    if (cancelled) return false
    const session = new Session(editor.workers, engine, layout, replica)
    const scene = unpackScene(drawn.scene)
    await breath()
    if (cancelled) return false
    listen(editor, session)
    editor.player.finish()
    editor.session?.end()
    editor.session = session
    editor.cancelOpening = null
    const { dialect, exporter, opset, warnings } = opened
    const totals = totalsOf(session.census)
    editor.set({
      ...freshState,
      model: { source: from, name, fileName, dialect, exporter, opset, warnings, totals },
      opening: null,
      dialog: null,
      version: editor.state.version + 1,
      scene,
      open: new Set(drawn.open),
      patterns: patternStates(opened.patterns, editor.state.patterns, early),
      notice: openingNotice(opened),
      announcement: `${name} is open, ${session.replica.numLayers} layers`,
    })
    beginAtTop(editor)
    return true
  } catch (error) {
    if (cancelled || error instanceof EndedError) return false
    cancel()
    editor.fail(`${fileName} could not be opened`, error)
    return false
  }
}

function openingNotice({ missingExternal: files, opset: [came, now], warnings }: OpenedNetwork): Notice | null {
  if (files.length > 0) {
    const detail = `The model keeps weights in ${files.slice(0, 4).join(', ')}${files.length > 4 ? ' …' : ''}. The graph is here; patterns that look into those weights will not match.`
    return { title: 'Some weights are in other files', detail }
  }
  const kept = warnings.find((w) => w.startsWith('The model keeps operator set'))
  return came === now && kept ? { title: 'Patterns that need a newer operator set will not match', detail: kept } : null
}

/** A picture of so few boxes is shown whole. */
const FEW = 24

/** The view on the first layers, at a size that can be read; on all of a small network. */
export function beginAtTop(editor: Editor): void {
  const { scene } = editor.state
  const { width, height } = scene
  const top = topOf(
    scene.nodes.filter((n) => !n.open),
    height,
  )
  if (scene.nodes.length <= FEW) editor.camera.fit({ x: 0, y: 0, width, height }, false)
  else if (top) editor.camera.read(top, false)
}

function listen(editor: Editor, session: Session): void {
  session.engine.on('count', ({ label, count }) => {
    if (session !== editor.session) return
    noteCount(editor, label, count)
    const { chosen, found, searching } = editor.state
    if (label === chosen && !searching && found.length !== count) void refreshMatches(editor)
  })
  session.engine.on('planned', ({ rewrites }) => {
    if (session === editor.session && editor.state.planning) editor.set({ planned: rewrites })
  })
  session.engine.on('found', (told) => takeFound(editor, session, told))
  session.engine.on('problem', (notice) => {
    if (session === editor.session) editor.set({ notice })
  })
}

function onnxSource(fileName: string, buffer: ArrayBuffer): OpenSource {
  return { type: 'onnx', bytes: new Uint8Array(buffer), name: nameOf(fileName) }
}

const nameOf = (fileName: string): string => fileName.replace(/\.onnx$/i, '')

/** The network of the worked examples, which no file holds. */
const BUILT_IN: GalleryEntry = {
  id: 'gpt-attention',
  name: 'GPT attention, TensorRT',
  about: 'One linear layer with bias into the GPT attention plugin: the network of the three worked examples.',
  exporter: 'built here',
  nodes: 6,
  file: 'gpt-attention',
}

export function openFile(editor: Editor, file: File): Promise<boolean> {
  const read = async () => onnxSource(file.name, await file.arrayBuffer())
  const opened = openModel(editor, file.name, { type: 'file' }, read)
  // A file that the storage has no room for is opened all the same; it does not come back after a reload.
  void opened.then((ok) => (ok ? editor.storage.set('file', file).catch(() => undefined) : undefined))
  return opened
}

export function openFromGallery(editor: Editor, entry: GalleryEntry): Promise<boolean> {
  return openModel(editor, entry.file, { type: 'gallery', id: entry.id }, async () => {
    if (entry.id === BUILT_IN.id) return { type: 'built', id: 'gpt-attention' }
    const response = await fetch(`./models/${entry.file}`)
    if (!response.ok) throw new Error(`the gallery has no ${entry.file} (${response.status})`)
    return onnxSource(entry.file, await response.arrayBuffer())
  })
}

export async function readGallery(): Promise<readonly GalleryEntry[]> {
  const response = await fetch('./models/index.json')
  if (!response.ok) throw new Error(`the gallery cannot be read (${response.status})`)
  return [...((await response.json()) as readonly GalleryEntry[]), BUILT_IN]
}

/**
 * What the page begins with: what was open before, unless its address names another model; else the model that it names;
 * else the first of the gallery. Nothing for `none`.
 */
export async function openFirst(editor: Editor, wanted: string | null): Promise<void> {
  if (wanted === 'none' || editor.session) return
  try {
    const entries = await readGallery()
    const named = entries.find((e) => e.id === wanted || e.file === wanted)
    const kept = await keptSession(editor)
    if (kept && (!named || (kept.source.type === 'gallery' && kept.source.id === named.id))) {
      if (await reopen(editor, kept, entries)) return
    }
    const entry = named ?? entries[0]
    if (entry) await openFromGallery(editor, entry)
  } catch (error) {
    editor.fail('The gallery is not there', error)
  }
}

async function reopen(editor: Editor, kept: Kept, entries: readonly GalleryEntry[]): Promise<boolean> {
  const { source, target } = kept
  editor.restoring = true
  try {
    editor.set({ target })
    const entry = source.type === 'gallery' ? entries.find((e) => e.id === source.id) : undefined
    const file = source.type === 'file' ? await editor.storage.get('file') : undefined
    const opened = entry ? await openFromGallery(editor, entry) : file instanceof File && (await openFile(editor, file))
    if (opened) await restore(editor, kept)
    return opened
  } finally {
    editor.restoring = false
  }
}
