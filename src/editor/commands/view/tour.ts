/** The tour: a few stops on a real network, each of which ends with something that the person did. */
import type { Editor } from '../../editor'
import type { EditorState } from '../../state/store'
import { readGallery } from '../file/gallery'
import { openFromGallery } from '../file/open'
import { choosePattern } from '../match/patterns'
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

export const TOUR: readonly TourStop[] = [
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

/** Opens the model of the tour, from its start, and goes to the first stop. */
export async function beginTour(editor: Editor): Promise<void> {
  const entry = (await readGallery().catch(() => [])).find((e) => e.id === MODEL)
  if (!entry) return editor.fail('The tour cannot begin', new Error(`${MODEL} is not in this gallery.`))
  const opened = isOpen(editor.state) || (await openFromGallery(editor, entry))
  if (!opened) return
  goToStop(editor, 0)
  await showGroup(editor, BLOCK)
}

const isOpen = ({ model }: EditorState): boolean => model?.source.type === 'gallery' && model.source.id === MODEL

/** @param stop null to end the tour */
export function goToStop(editor: Editor, stop: number | null): void {
  const to = stop !== null && stop < TOUR.length ? stop : null
  editor.set({ start: false, tour: to })
  const { title, text } = to === null ? { title: 'The tour is over', text: '' } : TOUR[to]!
  editor.say([title, text].filter(Boolean).join('. '))
}
