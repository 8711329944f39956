/** Every command that has a name: for the palette, the keyboard and the list of shortcuts. */
import type { Editor } from '../editor'
import type { EditorState } from '../state/store'
import type { Theme } from '../state/page-slice'
import { dialectCommands } from './file/dialect'
import { deliverCommands } from './file/export-list'
import { columnCommands } from './view/columns'
import { foldCommands } from './view/fold'
import { closeEverything, openEverything, toggleGroup } from './view/groups'
import { explainSelected } from './match/explain'
import { showMiss } from './match/misses'
import { endComparing } from './history/compare'
import { editClass, editRule, toggleDrawing, toggleGuide } from './match/drafts'
import { exportPatterns, importPatterns } from './match/pattern-files'
import { addExample } from './match/try-out'
import { ruleOfSelection } from './match/rule-of-selection'
import { costCommands } from './view/cost'
import { engineCommands } from './view/engine'
import { historyCommands } from './history/history-list'
import { command, withModel } from './command'
import type { Command } from './command'
import { checkWhole } from './match/verify'
import { leave } from './run/substeps'
import { debugCommands, withLibrary } from './run/debug-list'
import { applyAll, playLibrary, togglePlay } from './run/play'
import { beginPresenting, endPresenting, playPresented } from './file/present'
import { choosePattern, walkMatches } from './match/patterns'
import { endPreview, previewMatch } from './match/preview'
import { beginGoing } from './view/going'
import { fitAll, select, zoomToSelection } from './view/select'
import { multiCommands } from './view/multi'
import { showOnlyCommands } from './view/show-only'
import { tensorCommands } from './view/tensors'
import { valueCommands } from './view/values'
import { runCommands } from './view/run'
import { beginLesson, beginTour, lessonTitles } from './view/tour'
import { applyAt, applyNext, prune, setSpeed, stepForward, toEnd, toStart, stepBack } from './run/steps'

export const SPEEDS: readonly number[] = [0.25, 0.5, 1, 2, 4]

const always = (): boolean => true
const withMatches = (s: EditorState): boolean => s.matches.length > 0
/** A match of this index is there, or may still be found: what applies it waits for that. */
const mayMatch = (s: EditorState, index = 0): boolean => s.matches.length > index || s.searching

export const commands: readonly Command[] = [
  command('Model', 'gallery', 'Open a model…', ['o'], always, (e) => e.set({ dialog: 'gallery' })),
  command('Model', 'start-page', 'Start page', [], always, (e) => e.set({ start: true })),
  command('Help', 'tour', 'Two-minute tour', [], always, (e) => void beginTour(e)),
  command('Help', 'rule-guide', 'The language of rules', ['Shift+Q'], withModel, toggleGuide),
  ...lessonTitles.map((title, i) =>
    command('Help', `lesson-${i + 1}`, `Lesson ${i + 1}: ${title}`, [], always, (e) => void beginLesson(e, i)),
  ),
  command(
    'Model',
    'cancel-opening',
    'Cancel opening',
    [],
    (s) => s.opening !== null,
    (e) => e.cancelOpening?.(),
  ),
  ...dialectCommands,
  ...deliverCommands,
  command('View', 'palette', 'Command palette', ['Ctrl+k', 'Meta+k', '/'], always, (e) => e.set({ dialog: 'palette' })),
  command('View', 'dock-left', 'Show or hide the network dock', ['Ctrl+b', 'Meta+b'], always, (e) =>
    e.toggleDock('left'),
  ),
  command('View', 'dock-right', 'Show or hide the pattern dock', ['Ctrl+i', 'Meta+i'], always, (e) =>
    e.toggleDock('right'),
  ),
  command('View', 'dock-bottom', 'Show or hide the timeline', ['Ctrl+j', 'Meta+j'], always, (e) =>
    e.toggleDock('bottom'),
  ),
  command('View', 'fit', 'Fit everything', ['f'], withModel, fitAll),
  command('View', 'zoom-selection', 'Zoom to selection', ['z'], (s) => s.selected !== null, zoomToSelection),
  command('View', 'zoom-in', 'Zoom in', ['+', '='], withModel, (e) => e.camera.zoomBy(1.25)),
  command('View', 'zoom-out', 'Zoom out', ['-'], withModel, (e) => e.camera.zoomBy(1 / 1.25)),
  command(
    'View',
    'toggle-group',
    'Open or close the selected group',
    ['g'],
    (s) => s.selected !== null,
    toggleSelected,
  ),
  command('View', 'open-all', 'Open all groups', ['Shift+G'], withModel, (e) => void openEverything(e)),
  command('View', 'close-all', 'Close all groups', ['Shift+C'], withModel, (e) => void closeEverything(e)),
  ...columnCommands,
  ...foldCommands,
  ...tensorCommands,
  ...multiCommands,
  ...showOnlyCommands,
  ...valueCommands,
  ...runCommands,
  command('View', 'present', 'Present: full screen, with captions', ['Shift+V'], withModel, beginPresenting),
  command('View', 'theme', 'Switch between light, dark and system colours', ['Shift+D'], always, nextTheme),
  command('Patterns', 'next-pattern', 'Next pattern', ['j'], withModel, (e) => void walkPatterns(e, 1)),
  command('Patterns', 'previous-pattern', 'Previous pattern', ['k'], withModel, (e) => void walkPatterns(e, -1)),
  command('Patterns', 'next-match', 'Next match', ['n'], withMatches, (e) => void walkMatches(e, 1)),
  command('Patterns', 'previous-match', 'Previous match', ['p'], withMatches, (e) => void walkMatches(e, -1)),
  command(
    'Patterns',
    'apply',
    'Apply the match',
    ['Enter'],
    (s) => mayMatch(s),
    (e) => void applyNext(e),
  ),
  command(
    'Patterns',
    'apply-all',
    'Apply all matches and play them',
    ['Shift+Enter'],
    (s) => mayMatch(s),
    (e) => void applyAll(e),
  ),
  command(
    'Patterns',
    'preview',
    'Preview the match in place',
    ['d'],
    withMatches,
    (e) => void previewMatch(e, Math.max(0, e.state.activeMatch)),
  ),
  command('Patterns', 'play-library', 'Play the whole library', ['l'], withLibrary, (e) => void playLibrary(e)),
  command(
    'Patterns',
    'why-not',
    'Why does the chosen pattern not match at the selected layer?',
    ['w'],
    (s) => s.chosen !== null && (s.selected?.startsWith('L') ?? false),
    (e) => void explainSelected(e, e.state.chosen!),
  ),
  command(
    'Patterns',
    'rule-of-selection',
    'Make a rule of what is selected, or of the active match',
    ['Shift+M'],
    (s) => s.model !== null && (s.selected !== null || s.activeMatch >= 0),
    (e) => void ruleOfSelection(e),
  ),
  command('Patterns', 'write-rule', 'Write a rule…', ['r'], withModel, (e) => void editRule(e, null)),
  command(
    'Patterns',
    'draw-rule',
    'Draw the rule that is being written',
    ['Shift+I'],
    (s) => s.draft !== null && s.draft.language !== 'ts',
    toggleDrawing,
  ),
  command(
    'Patterns',
    'add-example',
    'Add this place to the rule as an example',
    [],
    (s) => s.draft !== null,
    (e) => void addExample(e),
  ),
  command('Patterns', 'export-patterns', 'Save my patterns as files', [], (s) => s.rules.length > 0, exportPatterns),
  command('Patterns', 'import-patterns', 'Take in patterns from files…', [], always, (e) =>
    e.platform.pickFiles((given) => void importPatterns(e, given)),
  ),
  command('Patterns', 'write-class', 'Write a class…', ['Shift+N'], withModel, (e) => void editClass(e)),
  command('Steps', 'prune', 'Prune: remove unused layers', ['Shift+P'], withModel, (e) => void prune(e)),
  command('Steps', 'check-whole', 'Check the whole network by numbers', ['v'], withModel, (e) => void checkWhole(e)),
  ...Array.from({ length: 9 }, (_, i) =>
    command(
      'Patterns',
      `apply-${i + 1}`,
      `Apply match ${i + 1}`,
      [String(i + 1)],
      (s) => mayMatch(s, i),
      (e) => void applyAt(e, i),
    ),
  ),
  command('Steps', 'play', 'Play or pause', [' '], withModel, (e) =>
    e.state.presenting ? void playPresented(e) : togglePlay(e),
  ),
  command('Steps', 'back', 'Step back (undo)', ['ArrowLeft', 'Ctrl+z', 'Meta+z'], withModel, (e) => void stepBack(e)),
  command(
    'Steps',
    'forward',
    'Step forward (redo), over a whole rewrite',
    ['ArrowRight', 'Ctrl+Shift+Z', 'Meta+Shift+Z', 'Ctrl+y'],
    withModel,
    (e) => void stepForward(e),
  ),
  command('Steps', 'start', 'To the start', ['Home'], withModel, (e) => void toStart(e)),
  command('Steps', 'end', 'To the end', ['End'], withModel, (e) => void toEnd(e)),
  command('Steps', 'slower', 'Play slower', ['['], always, (e) => changeSpeed(e, -1)),
  command('Steps', 'faster', 'Play faster', [']'], always, (e) => changeSpeed(e, 1)),
  command('Steps', 'follow', 'Follow steps with the view, or not', ['Shift+F'], always, (e) =>
    e.set({ follow: !e.state.follow }),
  ),
  ...costCommands,
  ...engineCommands,
  ...historyCommands,
  ...debugCommands,
  command('View', 'deselect', 'Clear selection', ['Escape'], always, dismiss),
  command('Help', 'shortcuts', 'Keyboard shortcuts', ['?'], always, (e) => e.set({ dialog: 'shortcuts' })),
]

function dismiss(editor: Editor): void {
  // What is on its way to be selected is let go of too.
  beginGoing(editor)
  if (editor.state.presenting) endPresenting(editor)
  else if (editor.state.preview) endPreview(editor)
  else if (editor.state.notice) editor.set({ notice: null })
  else if (editor.state.start) editor.set({ start: editor.state.model === null })
  else if (editor.state.inside) leave(editor)
  else if (editor.state.stop) editor.set({ stop: null })
  else if (editor.state.miss) void showMiss(editor, null)
  else if (editor.state.light) editor.set({ light: null })
  else if (editor.state.selected !== null) select(editor, null)
  else if (editor.state.compare) void endComparing(editor)
  else void choosePattern(editor, null)
}

function toggleSelected(editor: Editor): void {
  const { selected } = editor.state
  if (selected?.startsWith('G:')) void toggleGroup(editor, selected.slice(2))
}

function nextTheme(editor: Editor): void {
  const order: readonly Theme[] = ['system', 'light', 'dark']
  const theme = order[(order.indexOf(editor.state.theme) + 1) % order.length]!
  editor.set({ theme })
  editor.say(`Colours: ${theme}`)
}

function walkPatterns(editor: Editor, by: 1 | -1): Promise<void> {
  const { patterns, chosen } = editor.state
  if (patterns.length === 0) return Promise.resolve()
  const at = patterns.findIndex((p) => p.label === chosen)
  const next = patterns[(at < 0 && by < 0 ? 0 : at + by + patterns.length) % patterns.length]!
  return choosePattern(editor, next.label)
}

function changeSpeed(editor: Editor, by: 1 | -1): void {
  const at = SPEEDS.indexOf(editor.state.speed) + by
  const speed = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, at))]!
  setSpeed(editor, speed)
  editor.say(`Speed ${speed} times`)
}

/** The command that a key press asks for. Shift counts where the key itself does not show it. */
export function commandFor(event: KeyboardEvent): Command | undefined {
  const named = event.key.length > 1 || event.ctrlKey || event.metaKey || /^[A-Z]$/.test(event.key)
  const parts = [
    event.ctrlKey && 'Ctrl',
    event.metaKey && 'Meta',
    event.altKey && 'Alt',
    event.shiftKey && named && 'Shift',
  ]
  const pressed = [...parts.filter(Boolean), event.key].join('+')
  return commands.find((c) => c.keys.includes(pressed))
}
