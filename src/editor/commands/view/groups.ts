import type { LayerId } from '../../../engine'
import type { GroupPath, SceneNode } from '../../../layout'
import { anchorOf } from '../../../layout'
import type { Editor, Live } from '../../editor'
import type { Drawn } from '../../protocol/layout-calls'
import { RemoteError } from '../../protocol/rpc'
import { beginGoing } from './going'
import { unpackScene } from '../../protocol/scene-codec'
import type { Session } from '../../session/session'
import { shownPart } from '../../view/shown-part'

/** Opens a closed group and closes an open one. The group's heading stays where it is on the screen. */
export function toggleGroup(editor: Editor, path: GroupPath): Promise<void> {
  const open = new Set(editor.state.open)
  if (!open.delete(path)) open.add(path)
  return redraw(editor, (s) => s.layout.call('setOpen', { open: [...open] }), `G:${path}`)
}

export const openEverything = (editor: Editor): Promise<void> =>
  redraw(editor, (s) => s.layout.call('openAll', null), null)
export const closeEverything = (editor: Editor): Promise<void> =>
  redraw(editor, (s) => s.layout.call('closeAll', null), null)

/** Opens what lies around these layers, unless each can be seen already. */
export async function revealLayers(editor: Editor, layers: readonly LayerId[]): Promise<void> {
  await editor.inTurn((session, live) => revealNow(editor, session, live, layers))
}

/** The same inside a turn. */
export async function revealNow(
  editor: Editor,
  session: Session,
  live: Live,
  layers: readonly LayerId[],
): Promise<void> {
  const { part } = editor.state
  if (shownPart(editor.state) && layers.some((id) => !part!.layers.has(id))) {
    await redrawNow(editor, session, live, (s) => s.layout.call('only', { layers: null }), null)
    editor.set({ part: null })
  }
  const hidden = layers.some((id) => anchorOf(editor.state.scene, id)?.kind === 'group')
  if (hidden) await redrawNow(editor, session, live, (s) => s.layout.call('reveal', { layers }), null)
}

/** Interrupts a layout that takes too long. */
export function stopLayout(editor: Editor): void {
  editor.session?.layout.notify('stop', null)
}

type Ask = (session: Session) => Promise<Drawn>

/** Asks for another picture and shows it; `anchor` keeps its place on the screen. */
export async function redraw(editor: Editor, ask: Ask, anchor: string | null): Promise<void> {
  await editor.inTurn((session, live) => redrawNow(editor, session, live, ask, anchor))
}

export async function redrawNow(
  editor: Editor,
  session: Session,
  live: Live,
  ask: Ask,
  anchor: string | null,
): Promise<void> {
  editor.set({ arranging: true })
  try {
    const drawn = await live(ask(session))
    editor.player.finish()
    const from = find(editor.state.scene.nodes, anchor)
    const scene = unpackScene(drawn.scene)
    const to = find(scene.nodes, anchor)
    if (from && to) editor.camera.hold(from, to)
    const part = shownPart(editor.state)
    editor.set({ scene, open: new Set(drawn.open), columns: drawn.columns, part: part && { ...part, scene } })
  } catch (error) {
    if (!(error instanceof RemoteError && error.name === 'LayoutCancelled')) throw error
    editor.say('Layout stopped: the picture is as it was')
  } finally {
    editor.set({ arranging: false })
  }
}

function find(nodes: readonly SceneNode[], key: string | null): SceneNode | undefined {
  return key === null ? undefined : nodes.find((n) => n.key === key)
}

/** Selects a scope's group, opened out of whatever holds it, and brings it into view. */
export async function showGroup(editor: Editor, path: GroupPath): Promise<void> {
  const inside = editor.session?.replica
    .getLayers()
    .find((l) => !l.isRemoved() && (l.scope === path || l.scope.startsWith(`${path}/`)))
  if (!inside) return
  const isWanted = beginGoing(editor)
  let node = groupAround(editor, path)
  if (!node) {
    await redraw(editor, (s) => s.layout.call('reveal', { layers: [inside.id], upTo: path }), null)
    node = groupAround(editor, path) ?? anchorOf(editor.state.scene, inside.id)
  }
  if (!node || !isWanted()) return
  editor.set({ selected: node.key })
  editor.camera.reveal(node)
}

function groupAround(editor: Editor, path: GroupPath): SceneNode | undefined {
  return find(editor.state.scene.nodes, `G:${path}`)
}
