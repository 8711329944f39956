/** Moving through history: every move is asked of the engine, followed by replica and layout, then played. */
import type { HistoryId, LayerId } from '../../engine'
import type { Scene } from '../../layout'
import { union } from '../camera'
import type { Editor } from '../editor'
import { unpackedTransaction } from '../plain'
import { recordStep } from '../playback'
import type { Moved, MoveStep } from '../protocol'
import type { Session } from '../session'
import { revealLayers } from './groups'
import { refreshMatches } from './patterns'

/** Asks the engine to move and shows the way there. The promise is fulfilled when the move is made, with what plays. */
async function move(editor: Editor, ask: (session: Session) => Promise<Moved>): Promise<{ played: Promise<void> }> {
  editor.player.finish()
  const outcome = await editor.inTurn(async (session) => {
    const { steps, timeline } = await ask(session)
    if (session !== editor.session) return undefined
    session.apply(steps)
    if (steps.length === 0) {
      editor.set({ timeline })
      return undefined
    }
    const before = editor.state.scene
    const drawn = await session.layout.call('follow', { steps })
    if (session !== editor.session) return undefined
    editor.set({ timeline, scene: drawn.scene, open: new Set(drawn.open), version: editor.state.version + 1 })
    announce(editor, steps)
    return { played: show(editor, before, drawn.scene, steps) }
  })
  if (outcome && editor.state.chosen !== null) void refreshMatches(editor)
  return outcome ?? { played: Promise.resolve() }
}

function show(editor: Editor, before: Scene, after: Scene, steps: readonly MoveStep[]): Promise<void> {
  const [step] = steps
  if (!step || steps.length > 1) return Promise.resolve()
  const transaction = unpackedTransaction(step.transaction)
  const forward = step.direction === 'forward'
  const record = recordStep(forward ? before : after, forward ? after : before, transaction)
  if (editor.state.follow) {
    const rect = union([...record.parts.keys()].flatMap((key) => before.nodes.find((n) => n.key === key) ?? []))
    if (rect) editor.camera.reveal(rect)
  }
  return editor.player.play(record, step.direction)
}

function announce(editor: Editor, steps: readonly MoveStep[]): void {
  const last = steps.at(-1)
  if (!last) return
  const { annotations } = unpackedTransaction(last.transaction)
  const what = last.direction === 'forward' ? 'applied' : 'undone'
  const { timeline } = editor.state
  const at = timeline.steps.findIndex((s) => s.node === timeline.cursor) + 1
  editor.say(
    `${annotations.label} ${what} at ${annotations.rootName ?? 'the network'}; step ${at} of ${timeline.steps.length}`,
  )
}

const cursorIndex = (editor: Editor): number => {
  const { steps, cursor } = editor.state.timeline
  return steps.findIndex((s) => s.node === cursor)
}

export async function seek(editor: Editor, node: HistoryId): Promise<void> {
  pause(editor)
  await move(editor, (s) => s.engine.call('seek', { node }))
}

export async function stepBack(editor: Editor): Promise<void> {
  pause(editor)
  const index = cursorIndex(editor)
  const to = editor.state.timeline.steps[index - 1]?.node ?? 0
  if (index >= 0) await move(editor, (s) => s.engine.call('seek', { node: to }))
}

/** Goes on in history; at its end applies the next match of the chosen pattern. */
export async function stepForward(editor: Editor): Promise<void> {
  pause(editor)
  await advance(editor)
}

async function advance(editor: Editor): Promise<{ played: Promise<void> } | null> {
  const next = editor.state.timeline.steps[cursorIndex(editor) + 1]
  if (next) {
    if (editor.state.follow && next.layers.length > 0) await revealLayers(editor, next.layers)
    return move(editor, (s) => s.engine.call('seek', { node: next.node }))
  }
  const { matches, activeMatch } = editor.state
  const match = matches[Math.max(0, activeMatch)]
  return match
    ? applyMatch(
        editor,
        match.pattern,
        match.root,
        match.parts.map(([, id]) => id),
      )
    : null
}

async function applyMatch(
  editor: Editor,
  label: string,
  root: LayerId,
  layers: readonly LayerId[],
): Promise<{ played: Promise<void> }> {
  if (editor.state.follow) await revealLayers(editor, layers)
  return move(editor, (s) => s.engine.call('apply', { label, root }))
}

/** Applies one match of the chosen pattern. */
export async function applyAt(editor: Editor, index: number): Promise<void> {
  pause(editor)
  const match = editor.state.matches[index]
  if (match && isRewriter(editor))
    await applyMatch(
      editor,
      match.pattern,
      match.root,
      match.parts.map(([, id]) => id),
    )
}

export function applyNext(editor: Editor): Promise<void> {
  return applyAt(editor, Math.max(0, editor.state.activeMatch))
}

const isRewriter = (editor: Editor): boolean =>
  editor.state.patterns.find((p) => p.label === editor.state.chosen)?.type === 'rewriter'

/** Works out every rewrite of the chosen pattern and plays them. */
export async function applyAll(editor: Editor): Promise<void> {
  const { chosen } = editor.state
  if (chosen === null || !isRewriter(editor)) return
  await move(editor, (s) => s.engine.call('plan', { labels: [chosen] }))
  await play(editor)
}

/** Plays what lies ahead, one step after the other, until it is paused or at the end. */
export async function play(editor: Editor): Promise<void> {
  if (editor.player.isPaused) {
    editor.player.resume()
    editor.set({ playing: true })
    return
  }
  if (editor.state.playing) return
  const { session } = editor
  const ahead = () => editor.state.timeline.steps.length > cursorIndex(editor) + 1
  if (!ahead() && editor.state.matches.length > 0 && isRewriter(editor)) return applyAll(editor)
  editor.set({ playing: ahead() })
  while (editor.state.playing && editor.session === session && ahead()) {
    const moved = await advance(editor)
    await moved?.played
  }
  if (editor.session === session) editor.set({ playing: false })
}

/** Stops after the step that is moving, and holds its motion where it is. */
export function pause(editor: Editor): void {
  if (editor.state.playing) editor.set({ playing: false })
}

export function togglePlay(editor: Editor): void {
  if (editor.state.playing) {
    editor.set({ playing: false })
    editor.player.pause()
  } else void play(editor)
}

export const toStart = (editor: Editor): Promise<void> => seek(editor, 0)

export async function toEnd(editor: Editor): Promise<void> {
  const last = editor.state.timeline.steps.at(-1)
  if (last) await seek(editor, last.node)
}

export function setSpeed(editor: Editor, speed: number): void {
  editor.player.speed = speed
  editor.set({ speed })
}
