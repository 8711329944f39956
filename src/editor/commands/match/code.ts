/** Patterns in code: each file runs in a sandbox of its own, is off once it did what it must not, and is started by the person alone. */
import type { EngineEvents } from '../../protocol/engine-calls'
import { DRAFT } from '../../protocol/match-info'
import type { OwnRule, RuleReport } from '../../protocol/match-info'
import type { Editor } from '../../editor'
import type { Session, Started } from '../../session/session'
import { ownValue } from '../../state/own-value'
import { changedPatterns } from '../../state/pattern-slice'

const ENDED = 'it was at work when the page ended, and stays off until'

/** Whether the code that is being written may have ended the page: then it does not run before its text is another one. */
export const endedThePage = ({ codeFaults }: Editor['state']): boolean =>
  ownValue(codeFaults, DRAFT)?.reason.startsWith(ENDED) === true

/** Files that were at work when the page ended badly stay off until the person starts them again. */
export function loadCodeFaults(editor: Editor): void {
  const { atWork } = editor.platform
  const labels = atWork.read()
  if (labels.length === 0) return
  atWork.write([])
  const names = labels.filter((label) => label !== DRAFT)
  const reason = `${ENDED} ${names.length > 0 ? 'you start it again' : 'you change it'}`
  const faults = labels.map((label) => {
    return [label, { reason: label === DRAFT ? `${ENDED} you change it` : reason, line: null }] as const
  })
  editor.set({ codeFaults: { ...editor.state.codeFaults, ...Object.fromEntries(faults) } })
  const which = names.length > 0 ? names.join(', ') : 'The code being written'
  editor.set({
    notice: { title: `${which} may have ended the page`, detail: `Everything else is as it was; ${reason}.` },
  })
}

/** Starts every file that may run and does not yet. */
export async function startOwnCode(editor: Editor): Promise<void> {
  const { session, state } = editor
  if (!session) return
  const labels = new Set(state.rules.map((r) => r.label))
  for (const label of session.sandboxes.keys())
    if (label !== DRAFT && !labels.has(label)) endCode(editor, label, 'it is gone')
  for (const rule of state.rules)
    if (mayRun(editor, session, rule)) await startCode(editor, rule.label, rule.text, rule.foreign)
}

function mayRun({ state }: Editor, session: Session, { label, text, language, agreed }: OwnRule): boolean {
  if (language !== 'ts' || agreed === false || ownValue(state.codeFaults, label)) return false
  return session.sandboxes.get(label)?.text !== text
}

/**
 * Runs a file in a sandbox: the one that it runs in already, or a new one. What is wrong with it is told, and kept with its label; null
 * where no network is open, or another text took its place meanwhile.
 * @param isForeign it came from others, and runs in an interpreter with a limit of memory
 */
export async function startCode(
  editor: Editor,
  label: string,
  text: string,
  isForeign = false,
): Promise<RuleReport | null> {
  const found = await editor.scoped(`${label} could not be started`, async (session, live) => {
    const known = session.sandboxes.get(label)
    const started = known?.text === text ? known : startedIn(editor, session, label, text, isForeign)
    const report = await live(started.report)
    return session.sandboxes.get(label) === started ? report : null
  })
  if (!found) return null
  if (found.type === 'bad') {
    dropSandbox(editor.session, label)
    noteFault(editor, label, { reason: found.message, line: found.line })
  } else forgetFault(editor, label)
  return found
}

function startedIn(editor: Editor, session: Session, label: string, text: string, isForeign: boolean): Started {
  session.sandboxes.get(label)?.sandbox.end()
  const sandbox = editor.workers.code(isForeign)
  const report = session.engine.call('startCode', { label, text, port: sandbox.port }, [sandbox.port])
  const started = { text, sandbox, report }
  session.sandboxes.set(label, started)
  return started
}

function dropSandbox(session: Session | null, label: string): void {
  session?.sandboxes.get(label)?.sandbox.end()
  session?.sandboxes.delete(label)
}

/** Ends what a file does, whatever that is. */
export function endCode(editor: Editor, label: string, why = 'you stopped it'): void {
  const { session } = editor
  dropSandbox(session, label)
  session?.engine.notify('endCode', { label, why })
}

/** Stops a file at work: it is off, and says why. */
export function stopCode(editor: Editor, label: string): void {
  endCode(editor, label)
  noteFault(editor, label, { reason: 'you stopped it', line: null })
}

/** The engine gave a file up. */
export function takeCodeFailed(
  editor: Editor,
  session: Session,
  { label, reason, line }: EngineEvents['codeFailed'],
): void {
  if (session !== editor.session) return
  dropSandbox(session, label)
  noteFault(editor, label, { reason, line })
}

function noteFault(
  editor: Editor,
  label: string,
  fault: { readonly reason: string; readonly line: number | null },
): void {
  editor.set({ codeFaults: { ...editor.state.codeFaults, [label]: fault } })
  editor.set(changedPatterns(editor.state, new Set([label]), { on: false, count: 0 }))
  if (label === DRAFT) {
    const report = { type: 'bad', message: fault.reason, line: fault.line ?? 1, column: 1, instead: null } as const
    return editor.set({ draftReport: report })
  }
  const where = fault.line === null ? '' : ` (line ${fault.line})`
  editor.set({
    notice: { title: `${label} is switched off`, detail: `${fault.reason}${where}. The network is as it was.` },
  })
}

export function forgetFault(editor: Editor, label: string): void {
  const { [label]: _gone, ...codeFaults } = editor.state.codeFaults
  editor.set({ codeFaults })
}

/** What is at work is noted where it outlives the page. */
export function takeCodeBusy(editor: Editor, { label, busy }: EngineEvents['codeBusy']): void {
  const others = editor.state.codeBusy.filter((l) => l !== label)
  const codeBusy = busy ? [...others, label] : others
  editor.platform.atWork.write(codeBusy)
  editor.set({ codeBusy })
}
