/** Presenting: the picture alone, large, with captions, and patterns that are played one after the other. */
import type { Editor } from '../../editor'
import type { Caption } from '../../motion/film'
import type { EditorState } from '../../state/store'
import { endComparing } from '../history/compare'
import { applyAll, play, togglePlay } from '../run/play'
import { choosePattern } from '../match/patterns'
import { cursorIndex } from '../run/steps'

/** Begins with all patterns that are on and match somewhere. What is compared is let go of: it is told by a list that is hidden. */
export function beginPresenting(editor: Editor): void {
  const playlist = playable(editor.state)
    .filter((p) => p.on && (p.count ?? 0) > 0)
    .map((p) => p.label)
  editor.set({ presenting: { playlist }, selected: null })
  editor.platform.fullscreen(true)
  void endComparing(editor)
  editor.say('Presenting. Space plays, arrows step, Escape leaves')
}

export function endPresenting(editor: Editor): void {
  if (!editor.state.presenting) return
  editor.set({ presenting: null, playing: false })
  editor.platform.fullscreen(false)
  editor.say('No longer presenting')
}

/** The patterns that can stand on a play list. */
export function playable({ patterns }: EditorState): EditorState['patterns'] {
  return patterns.filter((p) => p.type === 'rewriter' && ((p.count ?? 0) > 0 || p.everMatched))
}

/** Puts a pattern at the end of the play list, or takes it off. */
export function togglePlayed(editor: Editor, label: string): void {
  const { presenting } = editor.state
  if (!presenting) return
  const { playlist } = presenting
  const next = playlist.includes(label) ? playlist.filter((l) => l !== label) : [...playlist, label]
  editor.set({ presenting: { playlist: next } })
}

/** Plays what lies ahead, then each pattern of the list that still matches; pauses where that is under way. */
export async function playPresented(editor: Editor): Promise<void> {
  if (editor.state.playing || editor.player.isPaused) return togglePlay(editor)
  const { session } = editor
  if (isAhead(editor)) await play(editor)
  for (const label of editor.state.presenting?.playlist ?? []) {
    const { presenting, planning } = editor.state
    if (!presenting || planning || isAhead(editor) || session !== editor.session) return
    await choosePattern(editor, label)
    await applyAll(editor)
  }
}

const isAhead = (editor: Editor): boolean => editor.state.timeline.steps.length > cursorIndex(editor) + 1

/** What is to be read below the picture; null before the first step. */
export function captionNow({ timeline, patterns }: EditorState): Caption | null {
  const index = timeline.steps.findIndex((s) => s.node === timeline.cursor)
  const step = timeline.steps[index]
  if (!step) return null
  const equation = patterns.find((p) => p.label === step.label)?.equation ?? ''
  return { label: step.label, equation, scope: step.scope, step: index + 1, of: timeline.steps.length }
}
