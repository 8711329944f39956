/** A move through history: asked of the engine, followed by replica and layout, then played. */
import type { HistoryId } from '../../../engine'
import type { GroupPath, Scene } from '../../../layout'
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

/**
 * Asks the engine to move and shows the way there: a step alone is played, over several at once nothing moves but what has to.
 * @param arrives of several steps forward the last is played too, and brought into view
 * @returns fulfilled when the move is made, with what plays
 */
export async function move(editor: Editor, ask: Ask, arrives = false): Promise<Made> {
  if (editor.state.inside) editor.set({ inside: null })
  // Whatever came of it: a match that was lit up for a step has either become one, or there is none.
  const outcome = await editor.inTurn((session, live) =>
    make(editor, session, live, ask, arrives).finally(() => editor.player.putOut()),
  )
  if (!outcome && editor.player.isPaused) editor.player.finish()
  return outcome ?? { played: Promise.resolve(), steps: [] }
}

async function make(
  editor: Editor,
  session: Session,
  live: Live,
  ask: Ask,
  arrives: boolean,
): Promise<Made | undefined> {
  const moved = await live(Promise.resolve(ask(session, live)))
  if (!moved) return undefined
  const { steps } = moved
  const timeline = session.timelines.read(moved.timeline)
  const isNews = newest(timeline) > newest(editor.state.timeline)
  if (steps.length === 0) {
    editor.set({ timeline })
    // Of thousands of steps that lie ahead now nobody waits for the last to be kept: the run that made them is.
    if (isNews) void editor.keepAtOnce()
    if (moved.declined !== undefined) editor.fail('Nothing was rewritten here', moved.declined)
    void checkSteps(editor)
    return undefined
  }
  // Whoever sees the row of a step may close the tab: it is kept by then, while the picture is worked out.
  const kept = isNews ? editor.keepAtOnce() : Promise.resolve()
  let shown = steps
  if (arrives && steps.length > 1 && steps.at(-1)?.direction === 'forward') {
    const { layers } = timeline.steps.find((s) => s.node === timeline.cursor) ?? { layers: [] }
    await goUnseen(editor, session, live, steps.slice(0, -1))
    if (editor.state.follow) await revealNow(editor, session, live, layers, false)
    shown = steps.slice(-1)
  }
  const after = await pictureAfter(editor, session, live, shown)
  // A large picture takes tens of milliseconds to unpack, to compare and to show: never in one go.
  await yieldThread()
  // What moves is taken from where it is on the screen, in one go with what follows, so that it never jumps.
  const record = recordOf(editor, after.scene, shown)
  if (!record) holdStill(editor, after.scene)
  editor.set({ ...after, misses: null, miss: null, explained: null, stop: null })
  const played = show(editor, record, shown)
  // What is told of a step and the picture of it are two tasks of the page, and what moves comes first.
  await live(kept)
  await live(yieldThread())
  editor.set({ timeline, version: editor.state.version + 1, cost: session.cost })
  announce(editor, shown)
  // It waits while the step moves.
  void checkSteps(editor)
  // Within the turn, so that whoever applies the next match finds the matches as they are then.
  await refreshMatches(editor)
  if (!editor.state.playing) void editor.player.atRest().then(() => refreshMisses(editor))
  return { played, steps }
}

/** Lets replica and layout follow the steps. */
async function pictureAfter(
  editor: Editor,
  session: Session,
  live: Live,
  steps: readonly MoveStep[],
): Promise<{ scene: Scene; open: ReadonlySet<GroupPath> }> {
  session.apply(steps)
  dropStale(editor, steps)
  const shown = editor.state.scene
  const since = revisionOf(shown)
  const drawn = await live(session.layout.call('follow', { steps, ...(since !== null && { since }) }))
  return { scene: unpackScene(drawn.scene, shown), open: new Set(drawn.open) }
}

/** Goes over steps that are not shown one by one. */
async function goUnseen(editor: Editor, session: Session, live: Live, steps: readonly MoveStep[]): Promise<void> {
  const after = await pictureAfter(editor, session, live, steps)
  holdStill(editor, after.scene)
  editor.set(after)
  await live(yieldThread())
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
