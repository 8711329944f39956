/** The gate: a rule is tried by numbers on networks that are made for it, in parts, so that it can be stopped. */
import { ruleVerdictText, speaksAgainst } from '../../../verify'
import type { Editor } from '../../editor'
import { DRAFT } from '../../protocol/match-info'
import type { RuleTrial } from '../../protocol/match-info'
import type { CodeCases, RuleTestPart } from '../../protocol/verify-calls'
import type { Session } from '../../session/session'
import type { DraftTrial } from '../../state/pattern-slice'
import { galleryModels } from '../file/gallery'
import { refreshDraft } from './refresh-draft'
import { changeRules } from './rules'

/** So many networks, and so many at a time. */
const [NETWORKS, AT_ONCE] = [100, 10]

/** Tries what is written. A text that changes meanwhile ends it. */
export async function tryDraft(editor: Editor): Promise<void> {
  const text = editor.state.draft?.text
  if (text === undefined || editor.state.draftTrial?.running) return
  const trial: DraftTrial = { text, running: true, done: 0, of: NETWORKS, part: null }
  editor.set({ draftTrial: trial })
  const isWanted = (): boolean => editor.state.draftTrial?.running === true && editor.state.draftTrial.text === text
  const told = (part: RuleTestPart, done: number): void => {
    if (isWanted()) editor.set({ draftTrial: { ...trial, part, done } })
  }
  const isCode = editor.state.draft?.language === 'ts'
  const part = await (isCode ? triedCode(editor, text, told, isWanted) : tried(editor, DRAFT, text, told, isWanted))
  if (!isWanted()) return
  editor.set({ draftTrial: part && { ...trial, running: false, done: NETWORKS, part } })
  if (part) editor.say(trialOf(part).text)
}

/** Ends the trial that is under way; what it has found so far stays. */
export function stopTrial(editor: Editor): void {
  const { draftTrial } = editor.state
  if (draftTrial) editor.set({ draftTrial: draftTrial.part ? { ...draftTrial, running: false } : null })
}

/** Tries a rule that is kept, and switches it off where it differs. */
export async function tryRule(editor: Editor, label: string): Promise<void> {
  const rule = editor.state.rules.find((r) => r.label === label)
  if (!rule || rule.tried || rule.language === 'ts') return
  const isThere = (): boolean => editor.state.rules.some((r) => r.label === label && r.text === rule.text)
  const part = await tried(editor, label, rule.text, () => undefined, isThere)
  if (!part || !isThere()) return
  const result = trialOf(part)
  await changeRules(editor, (rules) =>
    rules.map((r) => (r.label === label && r.text === rule.text ? { ...r, tried: result } : r)),
  )
  editor.say(`${label}: ${result.text}`)
}

async function tried(
  editor: Editor,
  label: string,
  text: string,
  told: (part: RuleTestPart, done: number) => void,
  isWanted: () => boolean,
): Promise<RuleTestPart | null> {
  const found = await editor.scoped('The rule could not be tried', async (session, live) => {
    let all: RuleTestPart | null = null
    const networks = await live(casesIn(editor, label, session))
    for (let done = 0; done < NETWORKS && isWanted(); done += AT_ONCE) {
      const request = { text, seed: done + 1, instances: AT_ONCE, examples: done === 0, networks }
      const part = await live(session.verify.call('testRule', request))
      all = all ? together(all, part) : part
      told(all, done + AT_ONCE)
    }
    return all
  })
  return found ?? null
}

/** Networks of TensorRT's layers are not drawn: there a rule is tried where it matches the open one. */
async function casesIn(editor: Editor, label: string, session: Session): Promise<CodeCases['networks']> {
  if (editor.state.model?.dialect !== 'tensorrt') return []
  return (await session.engine.call('codeCases', { label })).networks
}

/** Fewer for code: each crosses into a sandbox and back. */
const CODE_NETWORKS = 40

/** A class is tried in a sandbox of its own, on what is cut out of the open network and the gallery's where it matches and on its examples. */
async function triedCode(
  editor: Editor,
  text: string,
  told: (part: RuleTestPart, done: number) => void,
  isWanted: () => boolean,
): Promise<RuleTestPart | null> {
  const sandbox = editor.workers.code(editor.state.draft?.foreign === true)
  const found = await editor.scoped('The class could not be tried', async (session, live) => {
    // What was typed last may not run yet.
    if (session.sandboxes.get(DRAFT)?.text !== text) await refreshDraft(editor)
    if (editor.state.draftReport?.type !== 'good') return null
    const isOfOnnx = editor.state.model?.dialect !== 'tensorrt'
    const cases = await live(session.engine.call('codeCases', { label: DRAFT }))
    let all: RuleTestPart | null = null
    for (let done = 0; done < CODE_NETWORKS && isWanted(); done += AT_ONCE) {
      const port = done === 0 ? sandbox.port : null
      const gallery = done === 0 && isOfOnnx ? await live(galleryModels()) : []
      const request = { port, text, cases, gallery, seed: done + 1, instances: AT_ONCE }
      const part = await live(session.verify.call('testCode', request, port ? [port] : []))
      all = all ? together(all, part) : part
      told(all, (done + AT_ONCE) * (NETWORKS / CODE_NETWORKS))
    }
    return all
  })
  sandbox.end()
  return found ?? null
}

/** What two parts of a trial say together: the smaller counterexample, and the verdict of both. */
export function together(a: RuleTestPart, b: RuleTestPart): RuleTestPart {
  const smaller = [a, b].filter((p) => p.counterexample).sort(isWorse)[0]
  const counts = {
    claim: a.claim,
    endless: a.endless || b.endless,
    instances: a.instances + b.instances,
    matched: a.matched + b.matched,
    compared: a.compared + b.compared,
    largest: Math.max(a.largest, b.largest),
    examples: [...a.examples, ...b.examples],
    counterexample: smaller?.counterexample ?? null,
  }
  if (smaller) return { ...counts, verdict: smaller.verdict, reason: smaller.reason }
  if (counts.compared > 0) return { ...counts, verdict: counts.largest === 0 ? 'equal' : 'rounding', reason: '' }
  const told = a.verdict === 'cannot-run' ? a : b.verdict === 'cannot-run' ? b : a
  return { ...counts, verdict: told.verdict, reason: told.reason }
}

/** What is wrong says more than what does not end, and of a smaller network more can be seen. */
const isWorse = (a: RuleTestPart, b: RuleTestPart): number =>
  Number(a.verdict === 'endless') - Number(b.verdict === 'endless') || sizeOf(a) - sizeOf(b)

const sizeOf = ({ counterexample: c }: RuleTestPart): number => (c ? c.kinds.length * 1e6 + c.before.length : Infinity)

/** The verdict of a trial as it is kept. Examples that do not hold are as good as a counterexample. */
export function trialOf(part: RuleTestPart): RuleTrial {
  const wrong = part.examples.find((e) => !e.holds)
  const text = ruleVerdictText(part)
  if (!wrong || speaksAgainst(part.verdict)) return { verdict: part.verdict, text }
  const which = wrong.title ? `"${wrong.title}"` : `of line ${wrong.line}`
  return { verdict: 'differs', text: `differs from what its example ${which} says: ${wrong.reason}` }
}

/** Opens the network on which what is written differs, or what became of it. */
export function counterexampleFile({ draftTrial }: Editor['state'], side: 'before' | 'after'): File | null {
  const bytes = draftTrial?.part?.counterexample?.[side]
  return bytes ? new File([new Uint8Array(bytes)], `counterexample ${side}.onnx`) : null
}
