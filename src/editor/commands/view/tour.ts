/** The tour: a few stops on a real network, each of which ends with something that the person did. */
import type { Editor } from '../../editor'
import type { EditorState } from '../../state/store'
import { readGallery } from '../file/gallery'
import { openFromGallery } from '../file/open'
import { CODE_TEMPLATES } from '../../view/code-templates'
import { changeDraft, closeRule, copyRule, editClass, toggleDrawing } from '../match/drafts'
import { refreshMisses, showMiss } from '../match/misses'
import { choosePattern } from '../match/patterns'
import { tryIt } from '../match/try-out'
import { applyAt, cursorIndex, stepBack } from '../run/steps'
import { showGroup, toggleGroup } from './groups'

export interface TourStop {
  readonly title: string
  readonly text: string
  /** The person did it. */
  readonly done: (editor: Editor) => boolean
  /** Does it for them. */
  readonly show: (editor: Editor) => Promise<void>
}

const MODEL = 'bert-12.torchscript'
const BLOCK = 'm/encoder/layer.0'
const PART = `${BLOCK}/intermediate`
/** Inside a part of a block; its attention is open from the first. */
const INSIDE = /^m\/encoder\/layer\.\d+\/(?!attention$)./
const MATCHES = 'Gelu (erf)'
const MISSES = 'MatMul and Add'

const chosen =
  (label: string) =>
  ({ state }: Editor): boolean =>
    state.chosen === label

const TOUR: readonly TourStop[] = [
  {
    title: 'Look into a block',
    text: 'This is BERT, the first of its twelve encoder layers in view. Its parts are drawn as groups: double-click one, or select it and press G, to see the layers inside.',
    done: ({ state }) => [...state.open].some((path) => INSIDE.test(path)),
    show: async (editor) => {
      await showGroup(editor, PART)
      if (!editor.state.open.has(PART)) await toggleGroup(editor, PART)
    },
  },
  {
    title: 'See where a pattern matches',
    text: `On the right is the library of fusions, with how often each matches. Choose ${MATCHES}: its twelve places are outlined in the network.`,
    done: chosen(MATCHES),
    show: (editor) => choosePattern(editor, MATCHES),
  },
  {
    title: 'Apply it and watch',
    text: 'Press 1 to rewrite the first match. What matched lights up, goes, and the new layer takes its place. A tick says that ONNX Runtime gave the same numbers before and after.',
    done: ({ state }) => state.timeline.steps.length > 0,
    show: async (editor) => {
      if (editor.state.matches.length === 0) await choosePattern(editor, MATCHES)
      await applyAt(editor, 0)
    },
  },
  {
    title: 'Go back and forth',
    text: 'The line at the bottom has every step. ← takes the last one back, → does it again; nothing is lost on the way.',
    done: (editor) => cursorIndex(editor) + 1 < editor.state.timeline.steps.length,
    show: stepBack,
  },
  {
    title: 'Ask why not',
    text: `${MISSES} would become one Gemm, but it matches nowhere. Choose it: under the list stands where it nearly matches, and what ended the match. Gemm takes operands of rank 2; these have rank 3.`,
    done: chosen(MISSES),
    show: (editor) => choosePattern(editor, MISSES),
  },
  {
    title: 'Take it with you',
    text: 'Export, at the top right, writes the network as ONNX. It is opened in ONNX Runtime first: what does not load or gives other numbers is said before anything is written. Press Shift+A to run the whole library instead.',
    done: () => true,
    show: () => Promise.resolve(),
  },
]

/** The lesson on patterns of one's own: a rule, its test, why one does not match, an analyzer. */
const WRITING: readonly TourStop[] = [
  {
    title: 'Write a rule',
    text: 'Press R. A rule says what to find, =>, and what takes its place. Write y = Erf(x) above the arrow and y = Erf(x) below, and see at once where it matches; then try the Gelu that stands in the library: choose it, and Edit a copy.',
    done: ({ state }) => state.draft !== null && state.draftReport?.type === 'good' && state.found.length > 0,
    show: (editor) => {
      copyRule(editor, MATCHES)
      return Promise.resolve()
    },
  },
  {
    title: 'Draw it',
    text: 'Press Draw under the text: both sides stand below as boards. Choose a layer there and change an operand or an attribute; the text follows, and undo takes it back.',
    done: ({ state }) => state.drawing,
    show: (editor) => {
      if (!editor.state.drawing) toggleDrawing(editor)
      return Promise.resolve()
    },
  },
  {
    title: 'Trust it',
    text: 'Test by numbers draws a hundred small networks for the rule, runs each before and after, and says whether they are equal; one that differs opens as a counterexample. Try it does one rewrite right here, and undoes it.',
    done: ({ state }) => Boolean(state.draftTrial?.part) || (state.tryOut?.told ?? '') !== '',
    show: tryIt,
  },
  {
    title: 'Find out why attention does not match',
    text: 'Close the rule with Escape, choose Attention on the right, and look under the list: there stands how far it got in each layer, and what ended it. Point at a part of the drawn rule to see its layer.',
    done: ({ state }) => state.draft === null && state.misses !== null && state.miss !== null,
    show: async (editor) => {
      await closeRule(editor)
      const attention = editor.state.patterns.find(
        (p) => /attention/i.test(p.label) && p.type === 'rewriter' && p.count === 0,
      )
      await choosePattern(editor, attention?.label ?? MISSES)
      await refreshMisses(editor)
      const first = editor.state.misses?.near[0]?.places[0] ?? editor.state.misses?.far.groups[0]?.places[0]
      if (first) await showMiss(editor, first)
    },
  },
  {
    title: 'Write an analyzer',
    text: 'Press Shift+N and take the template "An analyzer". Its class counts the users of each MatMul: the numbers stand beside the matches, and on the canvas as a heat map. Change the kind, and see it count something else.',
    done: ({ state }) =>
      state.draft?.language === 'ts' && state.draftReport?.type === 'good' && state.draftReport.analyzes === true,
    show: async (editor) => {
      await editClass(editor)
      changeDraft(editor, { text: CODE_TEMPLATES[2]!.text })
    },
  },
]

/** Every stop; a lesson ends where the next begins. */
const STOPS: readonly TourStop[] = [...TOUR, ...WRITING]

/** Where a stop is in its lesson, for the person. */
export function placeOfStop(
  at: number,
): { readonly stop: TourStop; readonly index: number; readonly count: number } | null {
  const stop = STOPS[at]
  if (!stop) return null
  return at < TOUR.length
    ? { stop, index: at, count: TOUR.length }
    : { stop, index: at - TOUR.length, count: WRITING.length }
}

/** The lesson on patterns of one's own, on the model of the tour. */
export async function beginLesson(editor: Editor): Promise<void> {
  await beginTour(editor, TOUR.length)
}

/** Opens the model of the tour, from its start, and goes to its first stop, or another. */
export async function beginTour(editor: Editor, first = 0): Promise<void> {
  const entry = (await readGallery().catch(() => [])).find((e) => e.id === MODEL)
  if (!entry) return editor.fail('The tour cannot begin', new Error(`${MODEL} is not in this gallery.`))
  const opened = isOpen(editor.state) || (await openFromGallery(editor, entry))
  if (!opened) return
  goToStop(editor, first)
  await showGroup(editor, BLOCK)
}

const isOpen = ({ model }: EditorState): boolean => model?.source.type === 'gallery' && model.source.id === MODEL

/** @param stop null to end the tour */
export function goToStop(editor: Editor, stop: number | null): void {
  const to = stop !== null && stop < STOPS.length ? stop : null
  editor.set({ start: false, tour: to })
  const { title, text } = to === null ? { title: 'The tour is over', text: '' } : STOPS[to]!
  editor.say([title, text].filter(Boolean).join('. '))
}
