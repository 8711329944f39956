/** Opening: a model is read, drawn and shown, with the history that was kept of it where there is one. */
import { topOf } from '../../view/camera'
import type { Editor, Live } from '../../editor'
import type { Network } from '../../../engine'
import type { ItemKey, Scene } from '../../../layout'
import { inSlices, yieldThread } from '../../session/yield'
import type { Drawn, LayoutCalls, LayoutEvents } from '../../protocol/layout-calls'
import type { EngineCalls, EngineEvents, OpenedNetwork, OpenSource, OpenRequest } from '../../protocol/engine-calls'
import { DRAFT } from '../../protocol/match-info'
import type { OwnRule } from '../../protocol/match-info'
import { Remote, EndedError } from '../../protocol/rpc'
import { unpackScene } from '../../protocol/scene-codec'
import { replicaOf, Session, wayTo } from '../../session/session'
import type { LayoutRemote } from '../../session/session'
import type { Kept } from '../../file/documents'
import type { Given, Hold } from '../../platform/platform'
import type { SessionHead } from '../../file/session-file'
import { namesOf } from '../../file/weights'
import { broughtVerdicts } from '../../file/kept-verdicts'
import { freshState } from '../../state/store'
import type { ModelSource } from '../../state/model-slice'
import type { Notice } from '../../state/page-slice'
import { tensorOfKey } from '../../view/selection'
import { setSize } from '../view/cost'
import { countedPatterns, loggedPatterns, patternStates } from '../../state/pattern-slice'
import { takeCodeBusy, takeCodeFailed } from '../match/code'
import { offerAnew } from '../match/library'
import { freeLabel } from '../match/rules'
import { checkSteps } from '../match/verify'
import { resumeRun } from '../run/play'
import { choicesOf } from '../view/groups'
import { refreshMatches, takeFound } from '../match/search'
import { readWithWeights, unaskedNotice } from './gather'

/** What comes with a model that is opened. */
export interface Brought {
  /** What is to be brought back of an earlier visit, or of a file. */
  readonly kept?: Kept
  /** It comes from a file, and may be another person's. */
  readonly fromFile?: boolean
  /** The model is opened without it where it does not fit. */
  readonly ifItFits?: boolean
  /** The document that goes on; a new one begins without it. */
  readonly document?: Hold | null
  /** The model, where it is a file of one's own. */
  readonly file?: File
  /** Where the model lay in what was given. */
  readonly path?: string
  /** Files that may hold its weights. */
  readonly given?: readonly Given[]
  /** It is lowered into the layers of this dialect. */
  readonly dialect?: 'tensorrt'
  /** It is opened without weights that are not among them. */
  readonly partly?: boolean
}

/** How long what was open is waited for to be written, in milliseconds. */
const LAST_WORDS = 2000

/**
 * Opens a model in workers of its own. The one on the screen stays until the new one can be drawn, and stays for good
 * where that fails or is cancelled.
 */
export async function openModel(
  editor: Editor,
  fileName: string,
  origin: ModelSource,
  read: () => Promise<OpenSource>,
  brought: Brought = {},
): Promise<boolean> {
  editor.cancelOpening?.()
  const engine = new Remote<EngineCalls, EngineEvents>(editor.workers.engine())
  const layout = new Remote<LayoutCalls, LayoutEvents>(editor.workers.layout())
  const { kept = null, document = null, file = null, path = fileName, given = [], partly = false } = brought
  const name = kept?.head.model.name ?? nameOf(fileName) + (origin.dialect ? ', TensorRT' : '')
  let cancelled = false
  const cancel = () => {
    cancelled = true
    editor.waiting?.cancel()
    engine.end()
    layout.end()
    editor.cancelOpening = null
    editor.set({ opening: null })
  }
  editor.cancelOpening = cancel
  const progress = (stage: string, fraction: number) => {
    if (!cancelled) editor.set({ opening: { name, stage, fraction } })
  }
  const openAlone = async (error: unknown) => {
    const opened = await openModel(editor, fileName, origin, read, file ? { file, path, given, partly } : {})
    // Without steps there was nothing to bring back.
    if (opened && (kept?.head.history.points.length ?? 0) > 1)
      editor.fail(`Earlier steps on ${name} could not be brought back`, error)
    return opened
  }
  progress('fetching', 0)
  engine.on('progress', ({ stage, fraction }) => progress(stage, fraction * 0.8))
  try {
    const source = await read()
    const { target, rules } = requestOf(editor, kept?.head, brought.fromFile === true)
    const restore = kept && { tree: kept.head.history, base: kept.head.model.base, steps: kept.steps }
    const { weights, unasked } = await readWithWeights(editor, engine, { source, name: fileName, path, given, partly })
    const opening = engine.call('open', { target, rules, ...(restore ? { restore } : null) })
    // The layout worker asks for the network by itself, before the page does: the picture takes longest.
    const drawing = draw(editor, layout, wayTo(engine), kept?.head)
    drawing.catch(() => undefined)
    const opened = await opening
    progress('laying out', 0.85)
    const [drawn, replica] = await Promise.all([drawing, replicaOf(engine)])
    if (cancelled) return false
    await yieldThread()
    const scene = unpackScene(drawn.scene)
    await yieldThread()
    await Promise.race([editor.keepNow(), new Promise((resolve) => setTimeout(resolve, LAST_WORDS))])
    if (cancelled) return false
    editor.player.finish()
    editor.session?.end()
    takeDocument(editor, document)
    editor.file = file ?? editor.file
    editor.weights = weights
    editor.spare = []
    editor.session = new Session(editor.workers, engine, layout, replica)
    editor.cancelOpening = null
    const from: Origin = { source: origin, name, fileName, target, rules }
    await editor.scoped(`${fileName} could not be shown`, (session, live) =>
      show(editor, session, live, { opened, from, scene, drawn, kept, unasked }),
    )
    return true
  } catch (error) {
    if (cancelled || error instanceof EndedError) return false
    cancel()
    if (brought.ifItFits) return await openAlone(error)
    editor.fail(`${fileName} could not be opened`, error)
    return false
  } finally {
    if (document !== editor.document) document?.release()
  }
}

/** Lets go of the document of what was open. */
function takeDocument(editor: Editor, document: Hold | null): void {
  if (editor.document !== document) editor.document?.release()
  editor.document = document
  if (document) editor.platform.tab.remember('document', document.name)
}

/** Where the model that was opened came from, and what it was opened for. */
interface Origin extends Pick<OpenRequest, 'target' | 'rules'> {
  readonly source: ModelSource
  readonly name: string
  readonly fileName: string
}

interface Opened {
  readonly opened: OpenedNetwork
  readonly from: Origin
  readonly scene: Scene
  readonly drawn: Drawn
  readonly kept: Kept | null
  /** Files that were given and that the model does not ask for. */
  readonly unasked: readonly string[]
}

/** The picture, what stands beside it and the list of patterns, in tasks of their own: none holds the page up for long. */
async function show(
  editor: Editor,
  session: Session,
  live: Live,
  { opened, from, scene, drawn, ...rest }: Opened,
): Promise<void> {
  const { kept, unasked } = rest
  const head = kept?.head
  const { dialect, exporter, opset, warnings, totals, missingExternal: missing } = opened
  const { target, rules, ...model } = from
  const decided = head?.decisions ?? editor.state.patterns
  editor.set({
    ...freshState,
    target,
    rules,
    timeline: session.timelines.read(opened.timeline),
    ...(head && broughtVerdicts(head.verdicts)),
    breakpoints: head?.breakpoints ?? [],
    model: { ...model, dialect, exporter, opset, warnings, missing, totals },
    opening: null,
    dialog: null,
    notice: openingNotice(opened) ?? (unasked.length > 0 ? unaskedNotice(unasked, from.fileName) : null),
  })
  await live(yieldThread())
  editor.set({
    scene,
    ...choicesOf(drawn),
    selected: selectedIn(scene, session.replica, head),
  })
  const camera = head?.view.camera
  if (camera) editor.camera.stand(camera)
  else beginAtTop(editor)
  await live(yieldThread())
  const announcement = `${from.name} is open, ${session.replica.numLayers} layers`
  editor.set({ version: editor.state.version + 1, announcement })
  await live(yieldThread())
  editor.set({ patterns: patternStates(opened.patterns, decided, new Map()) })
  listen(editor, session)
  void editor.scoped('What the network costs could not be counted', async (_, alive) => {
    await alive(inSlices(session.counting()))
    editor.set({ cost: session.cost })
  })
  session.engine.notify('count', null)
  for (const { name: symbol, size } of head?.sizes ?? []) void setSize(editor, symbol, size)
  // What was under way when it was kept, and what a file brought.
  void checkSteps(editor)
  if (rules.some((r) => r.language === 'ts')) void offerAnew(editor)
  if (kept?.run) void resumeRun(editor, kept.run)
}

/**
 * What a session that is brought back brings with it; a person's own rules stay, and take precedence. Another text under the name of
 * one's own comes along under a name of its own where a file brings it.
 */
function requestOf(
  editor: Editor,
  head: SessionHead | undefined,
  fromFile: boolean,
): Pick<OpenRequest, 'target' | 'rules'> {
  const { target, rules } = editor.state
  if (!head) return { target, rules }
  const all = [...rules]
  for (const rule of head.rules) {
    const known = rules.find((r) => r.label === rule.label)
    if (!known) all.push(unagreed({ ...rule, label: freeLabel(rule.label, [{ label: DRAFT }]) }))
    else if (fromFile && rules.every((r) => r.text !== rule.text))
      all.push(unagreed({ ...rule, label: freeLabel(`${rule.label}, from the session`, all), off: true }))
  }
  return { target: head.target, rules: all }
}

/** Code that a session brings runs nothing before the person has agreed. */
const unagreed = (rule: OwnRule): OwnRule => (rule.language === 'ts' ? { ...rule, foreign: true, agreed: false } : rule)

/** The picture, with the groups open that were open. */
async function draw(editor: Editor, layout: LayoutRemote, port: MessagePort, head?: SessionHead): Promise<Drawn> {
  const columns = head?.view.columns ?? { aspect: editor.platform.canvasAspect() }
  const direction = head?.view.direction ?? editor.state.scene.direction
  const drawn = await layout.call('load', { port, columns, direction }, [port])
  if (!head) return drawn
  if (head.view.folded.length > 0) await layout.call('fold', { runs: head.view.folded })
  return layout.call('setOpen', { open: head.view.open })
}

function selectedIn({ nodes }: Scene, network: Network, head: SessionHead | undefined): ItemKey | null {
  const selected = head?.view.selected ?? null
  const tensor = tensorOfKey(selected)
  if (tensor !== null) return network.getTensor(tensor) ? selected : null
  return nodes.find((n) => n.key === selected)?.key ?? null
}

/** So many warnings are said at once. */
const SAID = 3

function openingNotice({ dialect, missingExternal: files, opset, warnings }: OpenedNetwork): Notice | null {
  const [came, now] = opset
  if (files.length > 0) {
    const detail = `The model keeps weights in ${namesOf(files)}. The graph is here; patterns that look into those weights will not match. Drop the files here, and it is opened with them.`
    return { title: 'Some weights are in other files', detail }
  }
  if (dialect !== 'onnx' && warnings.length > 0) {
    const more = warnings.length > SAID ? ` And ${warnings.length - SAID} more, at the name of the model.` : ''
    return { title: 'To know about this network', detail: warnings.slice(0, SAID).join(' ') + more }
  }
  const kept = warnings.find((w) => w.startsWith('The model stays at operator set'))
  return came === now && kept ? { title: 'Patterns that need a newer operator set will not match', detail: kept } : null
}

/** A picture of so few boxes is shown whole. */
const FEW = 24

/** The view on the first layers, at a size that can be read; on all of a small network where that can be. */
export function beginAtTop(editor: Editor): void {
  const { scene } = editor.state
  const { width, height } = scene
  const top = topOf(
    scene.nodes.filter((n) => !n.open),
    height,
  )
  if (!top) return
  const isSmall = scene.nodes.length <= FEW
  editor.camera.read(isSmall ? { x: 0, y: 0, width, height } : top, false, top)
}

/** Takes in what the engine worker tells by itself. The worker ends with its session, so that nothing comes from one that was left. */
function listen(editor: Editor, session: Session): void {
  session.engine.on('counts', (counts) => {
    editor.set(countedPatterns(editor.state, counts))
    const { chosen, found, searching } = editor.state
    const count = chosen === null ? undefined : counts.get(chosen)
    if (count !== undefined && !searching && found.length !== count) void refreshMatches(editor)
  })
  session.engine.on('planned', ({ rewrites }) => {
    if (editor.state.planning) editor.set({ planned: rewrites })
  })
  session.engine.on('found', (told) => takeFound(editor, session, told))
  session.engine.on('log', ({ label, lines }) => {
    editor.set(loggedPatterns(editor.state, label, lines))
  })
  session.engine.on('codeBusy', (told) => takeCodeBusy(editor, told))
  session.engine.on('codeFailed', (told) => takeCodeFailed(editor, session, told))
  session.engine.on('problem', (notice) => {
    editor.set({ notice })
  })
}

export const nameOf = (fileName: string): string => fileName.replace(/\.(onnx|graft|graft-trt)$/i, '')
