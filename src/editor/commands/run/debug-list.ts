/** The commands of the debugger: breakpoints and runs. */
import { takesPart } from '../../state/pattern-slice'
import type { EditorState } from '../../state/store'
import { clearBreakpoints, toggleBreakpoint, toggleChosen, toggleSelected } from './breakpoints'
import { command, withModel } from '../command'
import { stopLayout } from '../view/groups'
import type { Command } from '../command'
import { stepInsideBack, stepInto } from './substeps'
import { runLibrary, runPattern, runToBreakpoint, stop } from './play'

const withRewriter = (s: EditorState): boolean =>
  s.chosen !== null && !s.planning && s.patterns.some((p) => p.label === s.chosen && p.type === 'rewriter')
/** Patterns that take part, or that are still to come. */
export const withLibrary = ({ model, planning, patterns }: EditorState): boolean =>
  model !== null && !planning && (patterns.length === 0 || patterns.some(takesPart))

const withNext = (s: EditorState): boolean =>
  s.inside !== null || s.matches.length > 0 || s.timeline.steps.at(-1)?.node !== s.timeline.cursor

export const debugCommands: readonly Command[] = [
  command(
    'Steps',
    'step-into',
    'Step into: match and edits one by one',
    ['s'],
    (s) => s.model !== null && withNext(s),
    (e) => void stepInto(e),
  ),
  command(
    'Steps',
    'step-inside-back',
    'Back inside the step',
    ['Shift+S'],
    (s) => s.inside !== null,
    (e) => void stepInsideBack(e),
  ),
  command(
    'Steps',
    'run-to-breakpoint',
    'Run to the next breakpoint',
    ['c'],
    (s) => withLibrary(s) || (s.model !== null && !s.planning && withNext(s)),
    (e) => void runToBreakpoint(e),
  ),
  command('Steps', 'run-pattern', 'Run the chosen pattern to its end', ['a'], withRewriter, (e) => void runPattern(e)),
  command(
    'Steps',
    'run-library',
    'Run the whole library to its end',
    ['Shift+A'],
    withLibrary,
    (e) => void runLibrary(e),
  ),
  command(
    'Steps',
    'stop',
    'Stop what is under way',
    ['x'],
    (s) => s.planning || s.playing || s.arranging,
    (e) => (e.state.planning || e.state.playing ? stop(e) : stopLayout(e)),
  ),
  command('Steps', 'break-here', 'Breakpoint on what is selected', ['b'], (s) => s.selected !== null, toggleSelected),
  command(
    'Steps',
    'break-pattern',
    'Breakpoint on the chosen pattern',
    ['Shift+B'],
    (s) => s.chosen !== null,
    toggleChosen,
  ),
  command('Steps', 'break-verdict', 'Breakpoint on failed verdicts', [], withModel, (e) =>
    toggleBreakpoint(e, { type: 'verdict' }),
  ),
  command('Steps', 'break-clear', 'Remove all breakpoints', [], (s) => s.breakpoints.length > 0, clearBreakpoints),
]
