/** Comparing: the network as it is now with another point of its history, or with another file. */
import type { HistoryId } from '../../../engine'
import { anchorOf, union } from '../../../layout'
import type { CompareBase, CompareState } from '../../view/compare-view'
import { stopsOf } from '../../view/compare-view'
import type { Editor, Live } from '../../editor'
import type { Session } from '../../session/session'
import type { Compared } from '../../protocol/comparison'
import type { Timeline } from '../../protocol/timeline'
import { modelsAmong } from '../../file/weights'
import type { Given } from '../../platform/platform'
import { unpackScene } from '../../protocol/scene-codec'
import { redraw, revealLayers } from '../view/groups'
import { beginGoing } from '../view/going'
import { setPanel } from './history'
import { withOtherFile } from './other-file'

const NOTHING: Compared = {
  differences: [],
  rewrites: [],
  counts: { removed: 0, added: 0, changed: 0, kept: 0 },
  ghosts: { plain: { layers: [], tensors: [] }, oldInputs: [] },
}

/** Compares with another point of history, from now on wherever this one goes. */
export function compareWith(editor: Editor, node: HistoryId): Promise<void> {
  return begin(editor, { type: 'point', node, label: pointName(editor.state.timeline, node) })
}

async function begin(editor: Editor, base: CompareBase): Promise<void> {
  const beside = editor.state.compare?.beside ?? false
  editor.set({ compare: { ...NOTHING, base, scene: null, at: -1, beside }, numbers: null })
  setPanel(editor, { tab: 'differences' })
  await refreshComparison(editor)
  const { compare } = editor.state
  if (!compare) return
  const { removed, added, changed, kept } = compare.counts
  editor.say(`Against ${base.label}: ${removed} removed, ${added} added, ${changed} changed, ${kept} kept`)
}

/** What a person calls a point. */
export function pointName({ steps, bookmarks, branches }: Timeline, node: HistoryId): string {
  const named = bookmarks.find((b) => b.node === node)?.name
  if (named) return named
  if (node === 0) return 'original'
  const index = steps.findIndex((s) => s.node === node)
  if (index >= 0) return `step ${index + 1}, ${steps[index]!.label}`
  const branch = branches.find((b) => b.tip === node)
  return branch ? (branch.name ?? `the branch that begins with ${branch.label}`) : `point ${node}`
}

/** Works the comparison out again for the network as it is now, and shows it. */
export async function refreshComparison(editor: Editor): Promise<void> {
  const work = async (session: Session, live: Live): Promise<void> => {
    const { compare } = editor.state
    if (!compare) return
    const { base } = compare
    const found = await live(session.engine.call('compare', { base: base.type === 'file' ? 'file' : base.node }))
    const drawn = await live(session.layout.call('compare', { ghosts: found.ghosts }))
    const now = editor.state.compare
    if (now?.base !== base) return
    const scene = unpackScene(drawn.scene)
    editor.player.finish()
    const at = Math.min(now.at, found.differences.length - 1)
    editor.set({ scene, open: new Set(drawn.open), compare: { ...now, ...found, scene, at } })
  }
  await editor.inTurn(work, () => editor.set({ compare: null }))
}

/** Lets go of the comparison; the picture is that of the network alone again. */
export async function endComparing(editor: Editor): Promise<void> {
  if (!editor.state.compare) return
  editor.set({ compare: null })
  if (editor.state.panel.tab === 'differences') setPanel(editor, { tab: 'steps' })
  await redraw(editor, (s) => s.layout.call('setOpen', { open: [...editor.state.open] }), null)
}

/** Keeps the comparison up to date while the network moves, its groups open and close, and branches go. */
export function keepComparing(editor: Editor): void {
  let asked = false
  editor.store.subscribe(({ compare, scene, playing, arranging }) => {
    if (!compare?.scene || compare.scene === scene || playing || arranging || asked) return
    asked = true
    queueMicrotask(() => {
      asked = false
      void refreshComparison(editor)
    })
  })
}

/** Goes to a difference: opens what is around it and brings it into view. */
export async function showDifference(editor: Editor, at: number): Promise<void> {
  const difference = editor.state.compare?.differences[at]
  if (!difference) return
  const isWanted = beginGoing(editor)
  setAt(editor, at)
  const { layer, name, status, changes } = difference
  if (layer >= 0) {
    if (anchorOf(editor.state.scene, layer)?.kind === 'group') await openAround(editor, layer)
    if (!isWanted()) return
    const node = anchorOf(editor.state.scene, layer)
    if (node) {
      editor.set({ selected: node.key })
      editor.camera.reveal(node)
    }
  }
  const { differences } = editor.state.compare ?? NOTHING
  editor.say(`Difference ${at + 1} of ${differences.length}: ${name} ${status}. ${changes.join(', ')}`)
}

/** So many layers of one rewrite are opened out of closed groups to be shown together. */
const SHOWN_TOGETHER = 24

/** Goes to all that went and came by one rewrite: from whatever stands there, both sides of it are in view. */
async function showRewrite(editor: Editor, at: number): Promise<void> {
  const { differences, rewrites } = editor.state.compare ?? NOTHING
  const of = differences[at]?.rewrite ?? null
  if (of === null) return showDifference(editor, at)
  const isWanted = beginGoing(editor)
  setAt(editor, at)
  const layers = differences.flatMap((d) => (d.rewrite === of && d.layer >= 0 ? [d.layer] : []))
  for (const layer of layers.slice(0, SHOWN_TOGETHER)) {
    if (anchorOf(editor.state.scene, layer)?.kind === 'group') await openAround(editor, layer)
    if (!isWanted()) return
  }
  const nodes = layers.flatMap((layer) => anchorOf(editor.state.scene, layer) ?? [])
  const [first] = nodes
  const all = union(nodes)
  if (first && all) {
    editor.set({ selected: first.key, several: { last: first.key, keys: new Set(nodes.map((n) => n.key)) } })
    editor.camera.reveal(all)
  }
  const { title, patterns } = rewrites[of]!
  editor.say(`${title}, by ${patterns.join(', ')}`)
}

/** The layout knows a ghost by the group that its scope gives it, like any other layer. */
async function openAround(editor: Editor, layer: number): Promise<void> {
  const group = anchorOf(editor.state.scene, layer)?.group
  const inside = editor.session?.replica.getLayer(layer)
  if (inside && !inside.isRemoved()) await revealLayers(editor, [layer])
  else if (group !== undefined) {
    const open = [...editor.state.open, group]
    await redraw(editor, (s) => s.layout.call('setOpen', { open }), null)
  }
  await refreshComparison(editor)
  const node = anchorOf(editor.state.scene, layer)
  if (node?.kind === 'group' && node.group !== group) await openAround(editor, layer)
}

function setAt(editor: Editor, at: number): void {
  const { compare } = editor.state
  if (compare) editor.set({ compare: { ...compare, at } satisfies CompareState })
}

/** Goes to the next rewrite, or the next difference that is of none; or the one before; round the end. */
export function walkDifferences(editor: Editor, by: 1 | -1): Promise<void> {
  const { at, differences } = editor.state.compare ?? { at: -1, ...NOTHING }
  const stops = stopsOf(differences)
  if (stops.length === 0) return Promise.resolve()
  const here = at < 0 ? (by < 0 ? 0 : -1) : stops.findLastIndex((stop) => stop <= at)
  return showRewrite(editor, stops[(here + by + stops.length) % stops.length]!)
}

export function toggleBeside(editor: Editor): void {
  const { compare } = editor.state
  if (!compare) return
  editor.set({ compare: { ...compare, beside: !compare.beside } })
  editor.say(compare.beside ? 'Overlaid' : 'Side by side')
}

/** Compares with the model among files that a person chose; others may hold its weights. */
export async function compareWithFiles(editor: Editor, given: readonly Given[]): Promise<void> {
  const [model] = modelsAmong(given, false).models
  if (model) await compareWithFile(editor, model.file, given)
}

/**
 * Reads another file in a worker of its own, and compares with its network.
 * @param given files that may hold its weights
 */
export async function compareWithFile(editor: Editor, file: File, given: readonly Given[] = []): Promise<void> {
  await editor.scoped(`${file.name} cannot be compared with`, async (session, live) => {
    const other = { file, given }
    await live(withOtherFile(editor, other, (port) => session.engine.call('other', port, [port])))
    await begin(editor, { type: 'file', label: file.name, other })
  })
}
