/** Runs: what patterns do is worked out ahead of the cursor, then played, or gone to at once. */
import type { Editor } from '../../editor'
import type { KeptRun } from '../../file/kept-run'
import type { PlanRequest } from '../../protocol/moves'
import type { StepInfo } from '../../protocol/timeline'
import { takesPart } from '../../state/pattern-slice'
import { noteStop, stopBefore } from './breakpoints'
import { refreshMisses } from '../match/misses'
import { move } from './move'
import { advance, cursorIndex, isRewriter, visit } from './steps'

/** Works out every rewrite of the chosen pattern, in the scope that is listed, and plays them. */
export async function applyAll(editor: Editor): Promise<void> {
  const request = chosenRequest(editor)
  if (request && (await plan(editor, request))) await playAhead(editor)
}

/** Works out what all patterns that are on do to the network, from here to the end, and plays it. */
export async function playLibrary(editor: Editor): Promise<void> {
  const request = await libraryRequest(editor)
  if (request && (await plan(editor, request))) await playAhead(editor)
}

/** Runs the chosen pattern until it matches nowhere any more, without motion; breakpoints stop it. */
export async function runPattern(editor: Editor): Promise<void> {
  const request = chosenRequest(editor)
  if (request && (await plan(editor, request, true))) await goAhead(editor)
}

/** Runs all patterns that are on, without motion; breakpoints stop it. */
export async function runLibrary(editor: Editor): Promise<void> {
  const request = await libraryRequest(editor)
  if (request && (await plan(editor, request, true))) await goAhead(editor)
}

/** Goes on to where a breakpoint stops it, or to the end; where nothing lies ahead, that is worked out first. */
export async function runToBreakpoint(editor: Editor): Promise<void> {
  if (isAhead(editor)) return goAhead(editor)
  return editor.state.matches.length > 0 && isRewriter(editor, editor.state.chosen)
    ? runPattern(editor)
    : runLibrary(editor)
}

/** Plays what lies ahead, one step after the other, until it is paused, stopped or at the end. */
export async function play(editor: Editor): Promise<void> {
  if (editor.player.isPaused) {
    const walking = editor.state.inside !== null
    editor.player.resume()
    editor.set({ playing: !walking, inside: null })
    return
  }
  if (editor.state.playing) return
  if (!isAhead(editor) && editor.state.matches.length > 0) return applyAll(editor)
  await playAhead(editor)
}

export function togglePlay(editor: Editor): void {
  if (editor.state.playing) {
    editor.set({ playing: false })
    editor.player.pause()
  } else void play(editor)
}

/** Ends whatever runs or plays, with the network as it is at this moment; what was worked out so far lies ahead. */
export function stop(editor: Editor): void {
  const { planning, playing } = editor.state
  if (!planning && !playing) return
  editor.set({ playing: false, planning: false })
  if (planning) editor.session?.engine.notify('stop', null)
  editor.player.finish()
  // Neither does the step that is on its way any more.
  void editor.inTurn(() => {
    editor.player.finish()
    return Promise.resolve()
  })
  editor.say('Stopped')
}

function chosenRequest(editor: Editor): PlanRequest | null {
  const { chosen, also, matchScope, patterns } = editor.state
  const labels = chosen === null ? [] : [chosen, ...also]
  const chosenOnes = patterns.filter((p) => p.type === 'rewriter' && labels.includes(p.label))
  const wanted = chosenOnes.map(({ label, benefit }) => ({ label, benefit }))
  return wanted.length === 0 ? null : { wanted, whole: false, scope: matchScope }
}

/** The patterns come a moment after the picture: whoever asks for them before is not let down. */
async function libraryRequest(editor: Editor): Promise<PlanRequest | null> {
  const { session } = editor
  await editor.until((s) => s.patterns.length > 0 || session !== editor.session)
  if (session !== editor.session) return null
  const wanted = editor.state.patterns.filter(takesPart).map(({ label, benefit }) => ({ label, benefit }))
  return wanted.length > 0 ? { wanted, whole: true } : null
}

/** Works out a run that was asked for before the page was left, and whose steps were not kept: they lie ahead again. */
export async function resumeRun(editor: Editor, { request, at }: KeptRun): Promise<void> {
  const { session } = editor
  const isOffered = ({ label }: PlanRequest['wanted'][number]) => editor.state.patterns.some((p) => p.label === label)
  await editor.until(() => session !== editor.session || request.wanted.every(isOffered))
  if (session !== editor.session) return
  if (editor.state.timeline.cursor !== at) await visit(editor, at)
  if (session === editor.session) await plan(editor, request)
}

/**
 * Works a run out; its steps lie ahead of the cursor then. False where it was stopped.
 * @param goingOn it is still under way when this is over
 */
async function plan(editor: Editor, request: PlanRequest, goingOn = false): Promise<boolean> {
  if (editor.state.planning) return false
  const { session } = editor
  editor.set({ playing: false, planning: true, planned: 0 })
  await move(editor, async (s) => {
    const moved = await s.engine.call('plan', request)
    // Whoever sees the rows of its steps may close the tab. What never ends is not kept: it would begin with every visit.
    await editor.keepRun(request)
    return moved
  })
  if (session !== editor.session || !editor.state.planning) return false
  if (!goingOn) editor.set({ planning: false })
  return true
}

const isAhead = (editor: Editor): boolean => editor.state.timeline.steps.length > cursorIndex(editor) + 1

const nextStep = (editor: Editor): StepInfo | undefined => editor.state.timeline.steps[cursorIndex(editor) + 1]

async function playAhead(editor: Editor): Promise<void> {
  const { session } = editor
  // Whoever goes on from a breakpoint takes the step that it stopped before.
  let passed = editor.state.stop?.step.node
  editor.set({ playing: isAhead(editor), stop: null })
  const goesOn = () => editor.state.playing && editor.session === session
  for (let step = nextStep(editor); step && goesOn(); step = nextStep(editor)) {
    const stopped = step.node === passed ? null : await stopBefore(editor, step, goesOn)
    passed = undefined
    if (!goesOn()) break
    if (stopped) {
      noteStop(editor, stopped)
      break
    }
    const moved = await advance(editor)
    await moved.played
  }
  if (editor.session !== session) return
  editor.set({ playing: false })
  void refreshMisses(editor)
}

/** Goes to the end of what lies ahead, or to right before the step that a breakpoint is on, in one move. */
async function goAhead(editor: Editor): Promise<void> {
  const { session } = editor
  const { timeline, stop: last } = editor.state
  editor.set({ planning: true, stop: null })
  const goesOn = () => editor.state.planning && editor.session === session
  const from = cursorIndex(editor) + 1
  let to = from
  let stopped = null
  for (; to < timeline.steps.length && goesOn(); to++) {
    const step = timeline.steps[to]!
    stopped = to === from && step.node === last?.step.node ? null : await stopBefore(editor, step, goesOn)
    if (stopped) break
  }
  if (editor.session !== session) return
  editor.set({ planning: false })
  const end = timeline.steps[to - 1]
  if (end && to > from) await visit(editor, end.node)
  if (stopped) noteStop(editor, stopped)
  else
    editor.say(to > from ? `Ran ${to - from === 1 ? '1 step' : `${to - from} steps`}` : 'There is nothing left to do')
}
