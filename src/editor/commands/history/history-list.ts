/** The commands of the history tree and of comparing, with their keys. */
import type { EditorState } from '../../state/store'
import { command, withModel } from '../command'
import type { Command } from '../command'
import { compareNumbers } from './compare-numbers'
import { compareWith, compareWithFiles, endComparing, toggleBeside, walkDifferences } from './compare'
import {
  beginNaming,
  bringBack,
  deleteBranch,
  foldAll,
  setPanel,
  toggleBookmark,
  walkBookmarks,
  walkBranches,
} from './history'

const withSteps = (s: EditorState): boolean => s.timeline.steps.length > 0
const withBookmarks = (s: EditorState): boolean => s.timeline.bookmarks.length > 0
const comparing = (s: EditorState): boolean => s.compare !== null
const withFile = (s: EditorState): boolean => s.compare?.base.type === 'file'
const withBranches = (s: EditorState): boolean => s.timeline.branches.length > 1

export const historyCommands: readonly Command[] = [
  command('Steps', 'bookmark', 'Bookmark this point, or not', ['m'], withModel, (e) => {
    void toggleBookmark(e, e.state.timeline.cursor)
  }),
  command('Steps', 'name-point', 'Name this point…', ['F2'], withModel, (e) => {
    beginNaming(e, 'point', e.state.timeline.cursor)
  }),
  command('Steps', 'next-bookmark', 'Next bookmark', ['.'], withBookmarks, (e) => void walkBookmarks(e, 1)),
  command('Steps', 'previous-bookmark', 'Previous bookmark', [','], withBookmarks, (e) => void walkBookmarks(e, -1)),
  command('Steps', 'bookmarks', 'List of bookmarks', [], withModel, (e) => setPanel(e, { tab: 'bookmarks' })),
  command('Steps', 'branches', 'Tree of branches', [], withModel, (e) => setPanel(e, { tab: 'branches' })),
  command('Steps', 'next-branch', 'Next branch', ['Shift+ArrowDown'], withBranches, (e) => void walkBranches(e, 1)),
  command(
    'Steps',
    'previous-branch',
    'Previous branch',
    ['Shift+ArrowUp'],
    withBranches,
    (e) => void walkBranches(e, -1),
  ),
  command('Steps', 'name-branch', 'Name this branch…', ['Shift+F2'], withSteps, (e) => {
    const open = e.state.timeline.branches.find((b) => b.open)
    if (open) beginNaming(e, 'branch', open.first)
  }),
  command('Steps', 'delete-branch', 'Delete this branch', ['Shift+Delete'], withSteps, (e) => {
    const open = e.state.timeline.branches.find((b) => b.open)
    if (open) void deleteBranch(e, open)
  }),
  command(
    'Steps',
    'bring-back',
    'Bring back the branch deleted last',
    ['Shift+U'],
    (s) => s.timeline.deleted !== null,
    (e) => void bringBack(e),
  ),
  command('Steps', 'compare-start', 'Compare with the start, or stop comparing', ['i'], withModel, (e) => {
    void (e.state.compare ? endComparing(e) : compareWith(e, 0))
  }),
  command('Steps', 'compare-here', 'Compare this point with where you go next', ['Shift+R'], withModel, (e) => {
    void compareWith(e, e.state.timeline.cursor)
  }),
  command('Steps', 'compare-file', 'Compare with a file…', [], withModel, (e) =>
    e.platform.pickFiles((given) => void compareWithFiles(e, given)),
  ),
  command(
    'Steps',
    'compare-numbers',
    'Compare the numbers with those of the file',
    [],
    withFile,
    (e) => void compareNumbers(e),
  ),
  command('Steps', 'compare-beside', 'Compare side by side, or overlaid', ['\\'], comparing, toggleBeside),
  command('Steps', 'next-difference', 'Next difference', ['y', 'F7'], comparing, (e) => void walkDifferences(e, 1)),
  command('Steps', 'previous-difference', 'Previous difference', ['Shift+Y', 'Shift+F7'], comparing, (e) => {
    void walkDifferences(e, -1)
  }),
  command('Steps', 'fold-runs', 'Fold or unfold the runs of the timeline', ['Shift+T'], withSteps, foldAll),
]
