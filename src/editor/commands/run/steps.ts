/** Moving through history: every move is asked of the engine, followed by replica and layout, then played. */
import type { HistoryId } from '../../../engine'
import type { Scene } from '../../../layout'
import { union } from '../../../layout'
import type { Editor, Live } from '../../editor'
import { yieldThread } from '../../session/yield'
import { unpackedTransaction } from '../../protocol/codec'
import { playStep, recordFrom } from '../../motion/continue-motion'
import { nearestKept } from '../../motion/steady-eye'
import type { StepRecord } from '../../motion/step-record'
import type { Moved, MoveStep } from '../../protocol/moves'
import type { Timeline } from '../../protocol/timeline'
import { revisionOf, unpackScene } from '../../protocol/scene-codec'
import type { Session } from '../../session/session'
import { refreshMisses } from '../match/misses'
import { revealNow } from '../view/groups'
import { dropStale, refreshMatches } from '../match/search'
import { checkSteps } from '../match/verify'

/** What a move asks of the engine, worked out when its turn comes; null for nothing to do. */
type Ask = (session: Session, live: Live) => Promise<Moved | null> | null

/** A move that was made: fulfilled when its motion is over, and the steps that it took. */
export interface Made {
  readonly played: Promise<void>
  readonly steps: readonly MoveStep[]
}

const newest = ({ steps }: Timeline): HistoryId => steps.reduce((last, { node }) => Math.max(last, node), 0)

/** Asks the engine to move and shows the way there. The promise is fulfilled when the move is made, with what plays. */
export async function move(editor: Editor, ask: Ask): Promise<Made> {
  if (editor.state.inside) editor.set({ inside: null })
  const outcome = await editor.inTurn(async (session, live) => {
    const moved = await live(Promise.resolve(ask(session, live)))
    if (!moved) return undefined
    const { steps, timeline } = moved
    // Whoever sees the row of a step may close the tab: it is kept by then, while the picture is worked out.
    const kept = newest(timeline) > newest(editor.state.timeline) ? editor.keepAtOnce() : Promise.resolve()
    session.apply(steps)
    if (steps.length === 0) {
      await live(kept)
      editor.set({ timeline })
      if (moved.declined !== undefined) editor.fail('Nothing was rewritten here', moved.declined)
      void checkSteps(editor)
      return undefined
    }
    dropStale(editor, steps)
    const shown = editor.state.scene
    const since = revisionOf(shown)
    const request = { steps, ...(since !== null && { since }) }
    const drawn = await live(session.layout.call('follow', request))
    const scene = unpackScene(drawn.scene, shown)
    await live(kept)
    // A large picture takes tens of milliseconds to unpack, to compare and to show: never in one go.
    await yieldThread()
    // What is told of a step and the picture of it are two tasks of the page.
    editor.set({
      timeline,
      version: editor.state.version + 1,
      cost: session.costs.total,
      misses: null,
      miss: null,
      explained: null,
      stop: null,
    })
    await live(yieldThread())
    // What moves is taken from where it is on the screen, in one go with what follows, so that it never jumps.
    const record = recordOf(editor, scene, steps)
    if (!record) holdStill(editor, scene)
    editor.set({ scene, open: new Set(drawn.open) })
    announce(editor, steps)
    const played = show(editor, record, steps)
    // It waits while the step moves.
    void checkSteps(editor)
    // Within the turn, so that whoever applies the next match finds the matches as they are then.
    await refreshMatches(editor)
    if (!editor.state.playing) void editor.player.atRest().then(() => refreshMisses(editor))
    return { played, steps }
  })
  if (!outcome && editor.player.isPaused) editor.player.finish()
  return outcome ?? { played: Promise.resolve(), steps: [] }
}

/** What a single step changes in the picture that is on the screen; several at once are not played. */
function recordOf(editor: Editor, after: Scene, steps: readonly MoveStep[]): StepRecord | null {
  const [step] = steps
  if (!step || steps.length > 1) return null
  return recordFrom(editor.player, editor.state.scene, after, step.direction, unpackedTransaction(step.transaction))
}

function show(editor: Editor, record: StepRecord | null, [step]: readonly MoveStep[]): Promise<void> {
  if (!step || !record) {
    editor.player.finish()
    return Promise.resolve()
  }
  if (editor.state.follow) {
    const rect = union([...record.parts.keys()].flatMap((key) => record.nodes.get(key)?.from ?? []))
    if (rect) editor.camera.reveal(rect)
  }
  return playStep(editor.player, record, step)
}

/** Over several steps at once nothing moves but what has to: the middle of the view stays where it is. */
function holdStill(editor: Editor, after: Scene): void {
  editor.player.finish()
  const view = editor.camera.view()
  const kept = view && nearestKept(editor.state.scene, after, view)
  if (kept) editor.camera.hold(kept.was, kept.now)
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

/** Index of the step that was done last; -1 at the start. */
export const cursorIndex = (editor: Editor): number => {
  const { steps, cursor } = editor.state.timeline
  return steps.findIndex((s) => s.node === cursor)
}

export async function seek(editor: Editor, node: HistoryId): Promise<void> {
  pause(editor)
  await move(editor, (s) => s.engine.call('seek', { node }))
}

export async function stepBack(editor: Editor): Promise<void> {
  pause(editor)
  await move(editor, (session) => {
    const index = cursorIndex(editor)
    const node = editor.state.timeline.steps[index - 1]?.node ?? 0
    return index < 0 ? null : session.engine.call('seek', { node })
  })
}

/** Goes on in history; at its end applies the next match of the chosen pattern. */
export async function stepForward(editor: Editor): Promise<void> {
  pause(editor)
  await advance(editor)
}

/** Goes on by one step. */
export function advance(editor: Editor): Promise<Made> {
  return move(editor, async (session, live) => {
    const next = editor.state.timeline.steps[cursorIndex(editor) + 1]
    if (!next) return applyMatch(editor, session, live, Math.max(0, editor.state.activeMatch))
    if (editor.state.follow) await revealNow(editor, session, live, next.layers)
    return session.engine.call('seek', { node: next.node })
  })
}

async function applyMatch(editor: Editor, session: Session, live: Live, index: number): Promise<Moved | null> {
  const match = editor.state.matches[index]
  if (!match || !isRewriter(editor, match.pattern)) return null
  if (editor.state.follow) {
    await revealNow(
      editor,
      session,
      live,
      match.parts.map(([, layer]) => layer),
    )
  }
  return session.engine.call('apply', { label: match.pattern, root: match.root })
}

/** Applies one match of the chosen pattern. */
export async function applyAt(editor: Editor, index: number): Promise<void> {
  pause(editor)
  await move(editor, (session, live) => applyMatch(editor, session, live, index))
}

export function applyNext(editor: Editor): Promise<void> {
  return applyAt(editor, Math.max(0, editor.state.activeMatch))
}

export const isRewriter = (editor: Editor, label: string | null): boolean =>
  editor.state.patterns.find((p) => p.label === label)?.type === 'rewriter'

/** Takes out what is dead, as a step of its own. */
export async function prune(editor: Editor): Promise<void> {
  pause(editor)
  await move(editor, (s) => s.engine.call('prune', null))
}

/** Stops after the step that is moving, and holds its motion where it is. */
export function pause(editor: Editor): void {
  if (editor.state.playing) editor.set({ playing: false })
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
