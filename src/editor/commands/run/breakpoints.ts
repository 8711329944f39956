/** Setting breakpoints, and finding the one that a run comes to next. */
import type { HistoryId } from '../../../engine'
import { breakpointText, hitBy, isSet, shortName, toggled } from '../../view/breakpoints'
import type { Breakpoint, Stop } from '../../view/breakpoints'
import type { Editor } from '../../editor'
import type { StepInfo } from '../../protocol/timeline'
import type { Check } from '../../state/history-slice'
import { selectedLayer } from '../match/misses'
import { checkSteps } from '../match/verify'

export function toggleBreakpoint(editor: Editor, breakpoint: Breakpoint): void {
  const breakpoints = toggled(editor.state.breakpoints, breakpoint)
  editor.set({ breakpoints })
  editor.say(`Breakpoint on ${breakpointText(breakpoint)} ${isSet(breakpoints, breakpoint) ? 'set' : 'removed'}`)
}

export function clearBreakpoints(editor: Editor): void {
  editor.set({ breakpoints: [] })
  editor.say('All breakpoints removed')
}

/** The breakpoint that there is, or could be, on what is selected. */
export function selectedBreakpoint(editor: Editor): Breakpoint | null {
  const { selected } = editor.state
  if (selected?.startsWith('G:')) return { type: 'scope', path: selected.slice(2) }
  const layer = selectedLayer(editor)
  const name = layer === null ? undefined : editor.session?.replica.getLayer(layer)?.name
  return layer === null || name === undefined ? null : { type: 'layer', layer, name }
}

export function toggleSelected(editor: Editor): void {
  const breakpoint = selectedBreakpoint(editor)
  if (breakpoint) toggleBreakpoint(editor, breakpoint)
}

export function toggleChosen(editor: Editor): void {
  const { chosen } = editor.state
  if (chosen !== null) toggleBreakpoint(editor, { type: 'pattern', label: chosen })
}

/**
 * What stops a run before this step; null for nothing. With a breakpoint on failed verdicts it waits for the verdict,
 * as long as `wanted`.
 */
export async function stopBefore(editor: Editor, step: StepInfo, wanted: () => boolean): Promise<Stop | null> {
  const { breakpoints } = editor.state
  if (breakpoints.length === 0) return null
  const plain = hitBy(step, breakpoints, false)
  if (plain) return { step, breakpoint: plain }
  if (!isSet(breakpoints, { type: 'verdict' })) return null
  const check = await verdictOf(editor, step.node, wanted)
  const breakpoint = hitBy(step, breakpoints, check !== null && check !== 'checking' && check.verdict === 'different')
  return breakpoint && { step, breakpoint }
}

/** Fulfilled when the verdict is there; null where it is not waited for any more. */
function verdictOf(editor: Editor, node: HistoryId, wanted: () => boolean): Promise<Check | null> {
  void checkSteps(editor)
  return new Promise((resolve) => {
    const look = (): boolean => {
      const check = editor.state.verdicts.get(node)
      const known = check !== undefined && check !== 'checking'
      if (known || !wanted()) resolve(known ? check : null)
      return known || !wanted()
    }
    if (look()) return
    const stop = editor.store.subscribe(() => {
      if (look()) stop()
    })
  })
}

/** Says where a run stopped, and why. */
export function noteStop(editor: Editor, stop: Stop): void {
  editor.set({ stop })
  editor.say(stopText(stop))
}

export function stopText({ step, breakpoint }: Stop): string {
  return `Stopped before ${step.label} at ${shortName(step.rootName) || 'the network'}: breakpoint on ${breakpointText(breakpoint)}`
}
