/** The tour and the lessons: stops on real networks, each of which ends with something that the person did. */
import type { Editor } from '../../editor'
import type { EditorState } from '../../state/store'
import { readGallery } from '../file/gallery'
import { openFromGallery } from '../file/open'
import { choosePattern } from '../match/patterns'
import { showGroup } from './groups'
import { applyOne, backAndForth, BERT, BLOCK, LESSONS, lookInside, makeRoom, seeMatches } from './lessons'
import type { Lesson, TourStop } from './lessons'

const MISSES = 'MatMul and Add'

const TOUR: Lesson = {
  title: 'Tour',
  model: BERT,
  group: BLOCK,
  stops: [
    lookInside,
    seeMatches,
    applyOne,
    backAndForth,
    {
      title: 'Ask why not',
      text: `${MISSES} would become one Gemm, but it matches nowhere. Choose it: under the list stands where it nearly matches, and what ended the match. Gemm takes operands of rank 2; these have rank 3.`,
      done: ({ state }) => state.chosen === MISSES,
      show: (editor) => choosePattern(editor, MISSES),
    },
    {
      title: 'Take it with you',
      text: 'Export, at the top right, writes the network as ONNX. It is opened in ONNX Runtime first: what does not load or gives other numbers is said before anything is written. Press Shift+A to run the whole library instead.',
      done: () => true,
      show: () => Promise.resolve(),
    },
  ],
}

/** The tour, then the lessons; a stop is known by its place among all of theirs. */
const ALL: readonly Lesson[] = [TOUR, ...LESSONS]

export interface PlaceOfStop {
  readonly stop: TourStop
  readonly index: number
  readonly count: number
  /** What it belongs to. */
  readonly lesson: string
  /** The lesson behind this one; null for none. */
  readonly next: number | null
}

/** Where a stop is in its lesson, for the person. */
export function placeOfStop(at: number): PlaceOfStop | null {
  let first = 0
  for (const [i, { title, stops }] of ALL.entries()) {
    const stop = stops[at - first]
    if (stop) {
      const next = i > 0 && i < LESSONS.length ? i : null
      return { stop, index: at - first, count: stops.length, lesson: title, next }
    }
    first += stops.length
  }
  return null
}

/** @param number of the lesson, from 0 */
export async function beginLesson(editor: Editor, number: number): Promise<void> {
  await begin(editor, number + 1)
}

/** Opens the model of the tour, from its start, and goes to its first stop. */
export async function beginTour(editor: Editor): Promise<void> {
  await begin(editor, 0)
}

async function begin(editor: Editor, number: number): Promise<void> {
  const lesson = ALL[number]
  if (!lesson) return
  const entry = (await readGallery().catch(() => [])).find((e) => e.id === lesson.model)
  if (!entry) return editor.fail(`${lesson.title} cannot begin`, new Error(`${lesson.model} is not in this gallery.`))
  await makeRoom(editor)
  const opened = isOpen(editor.state, lesson.model) || (await openFromGallery(editor, entry))
  if (!opened) return
  goToStop(
    editor,
    ALL.slice(0, number).reduce((sum, l) => sum + l.stops.length, 0),
  )
  if (lesson.group !== '') await showGroup(editor, lesson.group)
}

const isOpen = ({ model }: EditorState, id: string): boolean =>
  model?.source.type === 'gallery' && model.source.id === id && model.source.dialect === undefined

/** @param stop null to end the tour */
export function goToStop(editor: Editor, stop: number | null): void {
  const place = stop === null ? null : placeOfStop(stop)
  editor.set({ start: false, tour: place ? stop : null })
  const { title, text } = place?.stop ?? { title: 'The tour is over', text: '' }
  editor.say([title, text].filter(Boolean).join('. '))
}

/** The names of the lessons, in their order. */
export const lessonTitles: readonly string[] = LESSONS.map((l) => l.title)
