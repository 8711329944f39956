/** Five lessons on real networks: each stop ends with something that the person did. */
import type { Editor } from '../../editor'
import type { EditorState } from '../../state/store'
import { CODE_TEMPLATES } from '../../view/code-templates'
import { changeDraft, closeRule, editClass, saveDraft, toggleDrawing, writeRule } from '../match/drafts'
import { refreshMisses, showMiss } from '../match/misses'
import { choosePattern } from '../match/patterns'
import { tryDraft } from '../match/rule-trial'
import { runLibrary } from '../run/play'
import { applyAt, cursorIndex, stepBack } from '../run/steps'
import { chooseHeat } from './cost'
import { showGroup, toggleGroup } from './groups'
import { select } from './select'

export interface TourStop {
  readonly title: string
  readonly text: string
  /** The person did it. */
  readonly done: (editor: Editor) => boolean
  /** Does it for them. */
  readonly show: (editor: Editor) => Promise<void>
}

export interface Lesson {
  readonly title: string
  /** Of the gallery. */
  readonly model: string
  /** The group that it begins at. */
  readonly group: string
  readonly stops: readonly TourStop[]
}

export const BERT = 'bert-12.torchscript'
const LLAMA = 'llama-8.torchscript'
export const BLOCK = 'm/encoder/layer.0'
const PART = `${BLOCK}/intermediate`
/** Inside a part of a block; its attention is open from the first. */
const INSIDE = /^m\/encoder\/layer\.\d+\/(?!attention$)./
const GELU = 'Gelu (erf)'
const ATTENTION = 'Attention'

const GELU_TEXT = `rule "My Gelu"
e = Erf(Div(x, 1.4142135))
y = Mul(Mul(x, Add(e, 1)), 0.5)
=>
y = Gelu(x)
`

const chosen =
  (label: string) =>
  ({ state }: Editor): boolean =>
    state.chosen === label

const stepOf = ({ timeline }: EditorState, label: string): boolean => timeline.steps.some((s) => s.label === label)

export const lookInside: TourStop = {
  title: 'Look into a block',
  text: 'This is BERT, the first of its twelve encoder layers in view. Its parts are drawn as groups: double-click one, or select it and press G, to see the layers inside.',
  done: ({ state }) => [...state.open].some((path) => INSIDE.test(path)),
  show: async (editor) => {
    await showGroup(editor, PART)
    if (!editor.state.open.has(PART)) await toggleGroup(editor, PART)
  },
}

export const seeMatches: TourStop = {
  title: 'See where a pattern matches',
  text: `On the right is the library of fusions, with how often each matches. Choose ${GELU}: its twelve places are outlined in the network.`,
  done: ({ state }) => state.chosen === GELU && state.matches.length > 0,
  show: (editor) => choosePattern(editor, GELU),
}

export const applyOne: TourStop = {
  title: 'Apply it and watch',
  text: 'Press 1 to rewrite the first match. What matched lights up, goes, and the new layer takes its place. A tick says that ONNX Runtime gave the same numbers before and after.',
  done: ({ state }) => state.timeline.steps.length > 0,
  show: async (editor) => {
    if (editor.state.matches.length === 0) await choosePattern(editor, GELU)
    await applyAt(editor, 0)
  },
}

export const backAndForth: TourStop = {
  title: 'Go back and forth',
  text: 'The line at the bottom has every step. ← takes the last one back, → does it again; nothing is lost on the way.',
  done: (editor) => cursorIndex(editor) + 1 < editor.state.timeline.steps.length,
  show: stepBack,
}

const readLayer: TourStop = {
  title: 'Read a layer',
  text: 'Click a layer, or go to one with the arrow keys. On the left stands what it is: its kind and attributes, the values that it takes and gives, and who made and uses them.',
  done: ({ state }) => state.selected?.startsWith('L') === true,
  show: (editor) => {
    const layer = editor.state.scene.nodes.find((n) => n.key.startsWith('L'))
    if (layer) select(editor, layer.key)
    return Promise.resolve()
  },
}

const writeGelu: TourStop = {
  title: 'Write Gelu',
  text: 'Press R. What is looked for stands above the arrow: BERT has x / √2 into Erf, plus 1, times x, times 0.5. Write e = Erf(Div(x, 1.4142135)), then y = Mul(Mul(x, Add(e, 1)), 0.5), then =>, then y = Gelu(x). Its twelve places light up as soon as it is whole.',
  done: ({ state }) =>
    state.draftReport?.type === 'good' && state.found.length === 12 && /Gelu\(/.test(state.draft?.text ?? ''),
  show: (editor) => {
    writeRule(editor, GELU_TEXT)
    return Promise.resolve()
  },
}

const drawIt: TourStop = {
  title: 'See it drawn',
  text: 'Press Draw under the text: both sides stand below as boards, a value in one colour on both. Change an attribute or an operand there and the text follows; undo takes it back.',
  done: ({ state }) => state.drawing,
  show: (editor) => {
    if (!editor.state.drawing) toggleDrawing(editor)
    return Promise.resolve()
  },
}

const trustIt: TourStop = {
  title: 'Trust it',
  text: 'Test by numbers makes a hundred small networks for the rule and runs each before and after. Change 0.5 into 0.6 first, and see a counterexample; then set it right.',
  done: ({ state }) => {
    const verdict = state.draftTrial?.part?.verdict
    return verdict === 'equal' || verdict === 'rounding'
  },
  show: tryDraft,
}

const useIt: TourStop = {
  title: 'Use it',
  text: 'Save the rule, and press 1: your own fusion rewrites BERT. It stays among your patterns, on every network.',
  done: ({ state }) => state.rules.some((r) => stepOf(state, r.label)),
  show: async (editor) => {
    if (editor.state.draft) await saveDraft(editor)
    if (editor.state.matches.length > 0) await applyAt(editor, 0)
  },
}

const chooseAttention: TourStop = {
  title: 'Attention that does not match',
  text: `This is a Llama of eight layers. Each has attention, and yet ${ATTENTION} matches nowhere. Choose it on the right: type its name into the filter.`,
  done: chosen(ATTENTION),
  show: (editor) => choosePattern(editor, ATTENTION),
}

const findOut: TourStop = {
  title: 'Find out why',
  text: 'Under the list stands how far it got, and what ended it. Choose the first place: it is shown in the network, what matched in blue, what stopped it beside.',
  done: ({ state }) => state.chosen === ATTENTION && state.miss !== null,
  show: async (editor) => {
    if (editor.state.chosen !== ATTENTION) await choosePattern(editor, ATTENTION)
    await refreshMisses(editor)
    const { near = [], far } = editor.state.misses ?? {}
    const first = near[0]?.places[0] ?? far?.groups[0]?.places[0]
    if (first) await showMiss(editor, first)
  },
}

const clearTheWay: TourStop = {
  title: 'Clear the way',
  text: 'What stands between is what the exporter left: shapes worked out at run time, casts, expansions. Press L to play the library, which takes them out first, and Shift+A to be there at once: now attention matches, in every layer.',
  done: ({ state }) => stepOf(state, ATTENTION),
  show: runLibrary,
}

const writeAnalyzer: TourStop = {
  title: 'Write an analyzer',
  text: 'Press Shift+N and take the template “An analyzer”. Its class counts the users of each MatMul, and changes nothing: its numbers stand beside the matches.',
  done: ({ state: { draft, draftReport } }) =>
    draft?.language === 'ts' && draftReport?.type === 'good' && draftReport.analyzes === true,
  show: async (editor) => {
    await editClass(editor)
    changeDraft(editor, { text: CODE_TEMPLATES.find((t) => /Analyzer/.test(t.text))!.text })
  },
}

const heatMap: TourStop = {
  title: 'See it on the network',
  text: 'Save it, choose it among your patterns, and take it as the heat map, below the graph: the more users, the stronger the colour. Change the kind in its class, and it counts something else.',
  done: ({ state }) => state.heat === 'analyzer',
  show: async (editor) => {
    if (editor.state.draft) await saveDraft(editor)
    await chooseHeat(editor, `analyzer: ${editor.state.chosen ?? ''}`)
  },
}

export const LESSONS: readonly Lesson[] = [
  { title: 'Open and look', model: BERT, group: BLOCK, stops: [lookInside, readLayer] },
  { title: 'Apply and step back', model: BERT, group: BLOCK, stops: [seeMatches, applyOne, backAndForth] },
  { title: 'Write Gelu', model: BERT, group: BLOCK, stops: [writeGelu, drawIt, trustIt, useIt] },
  {
    title: 'Why attention does not match',
    model: LLAMA,
    group: '',
    stops: [chooseAttention, findOut, clearTheWay],
  },
  { title: 'Write an analyzer', model: LLAMA, group: '', stops: [writeAnalyzer, heatMap] },
]

/** What a lesson needs out of the way. */
export async function makeRoom(editor: Editor): Promise<void> {
  if (editor.state.draft) await closeRule(editor)
}
