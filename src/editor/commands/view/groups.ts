import type { LayerId } from '../../../engine'
import type { GroupPath, SceneNode } from '../../../layout'
import { anchorOf } from '../../../layout'
import type { Editor, Live } from '../../editor'
import type { Drawn } from '../../protocol/layout-calls'
import { RemoteError } from '../../protocol/rpc'
import { beginGoing } from './going'
import { unpackScene } from '../../protocol/scene-codec'
import type { Session } from '../../session/session'
import type { PictureSlice } from '../../state/picture-slice'
import { shownPart } from '../../view/shown-part'

/** Opens a closed group, closes an open one, and unfolds a run of blocks. The group's heading stays where it is on the screen. */
export function toggleGroup(editor: Editor, path: GroupPath): Promise<void> {
  const { folded } = editor.state
  if (folded.includes(path))
    return foldRuns(
      editor,
      folded.filter((run) => run !== path),
    )
  const open = new Set(editor.state.open)
  if (!open.delete(path)) open.add(path)
  return redraw(editor, (s) => s.layout.call('setOpen', { open: [...open] }), `G:${path}`)
}

/** Draws exactly these runs of equal blocks as one box each, in as many columns as fill the screen then. */
export const foldRuns = (editor: Editor, runs: readonly GroupPath[]): Promise<void> =>
  redraw(editor, (s) => s.layout.call('fold', { runs, aspect: editor.platform.canvasAspect() }), null)

export const openEverything = (editor: Editor): Promise<void> =>
  redraw(editor, (s) => s.layout.call('openAll', null), null)
export const closeEverything = (editor: Editor): Promise<void> =>
  redraw(editor, (s) => s.layout.call('closeAll', null), null)

/** What is chosen of a picture: open groups, folded runs, columns. */
export const choicesOf = ({
  open,
  runs,
  folded,
  columns,
}: Drawn): Pick<PictureSlice, 'open' | 'runs' | 'folded' | 'columns'> => ({
  open: new Set(open),
  runs,
  folded,
  columns,
})

/** Opens what lies around these layers, unless each can be seen already. */
export async function revealLayers(editor: Editor, layers: readonly LayerId[], unfold = true): Promise<void> {
  await editor.inTurn((session, live) => revealNow(editor, session, live, layers, unfold))
}

/**
 * The same inside a turn.
 * @param unfold whether a folded run opens for it; steps and matches go by without
 */
export async function revealNow(
  editor: Editor,
  session: Session,
  live: Live,
  layers: readonly LayerId[],
  unfold = true,
): Promise<void> {
  const { part } = editor.state
  if (shownPart(editor.state) && layers.some((id) => !part!.layers.has(id))) {
    await redrawNow(editor, session, live, (s) => s.layout.call('only', { layers: null }), null)
    editor.set({ part: null })
  }
  const isRun = (path: GroupPath): boolean => editor.state.folded.includes(path)
  const hidden = layers.some((id) => {
    const shown = anchorOf(editor.state.scene, id)
    return shown?.kind === 'group' && (unfold || !isRun(shown.group))
  })
  if (hidden)
    await redrawNow(
      editor,
      session,
      live,
      (s) => s.layout.call('reveal', { layers, unfold, aspect: editor.platform.canvasAspect() }),
      null,
    )
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
    editor.set({ scene, ...choicesOf(drawn), part: part && { ...part, scene } })
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
    await redraw(
      editor,
      (s) => s.layout.call('reveal', { layers: [inside.id], upTo: path, aspect: editor.platform.canvasAspect() }),
      null,
    )
    node = groupAround(editor, path) ?? anchorOf(editor.state.scene, inside.id)
  }
  if (!node || !isWanted()) return
  editor.set({ selected: node.key })
  editor.camera.reveal(node)
}

function groupAround(editor: Editor, path: GroupPath): SceneNode | undefined {
  return find(editor.state.scene.nodes, `G:${path}`)
}
