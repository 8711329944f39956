/** Links: where this is as an address, and an address as what it asks for. */
import type { Editor } from '../../editor'
import { linkQuery, MOST_ACTS } from '../../file/link'
import type { Link } from '../../file/link'
import { MOST_LETTERS, packPattern } from '../../file/pattern-link'
import { choosePattern } from '../match/patterns'
import type { GalleryEntry } from './gallery'
import type { Wanted } from '../../protocol/moves'
import { move } from '../run/move'
import { cursorIndex, seek } from '../run/steps'

export async function copyLink(editor: Editor): Promise<void> {
  const { model, target, timeline, rules } = editor.state
  if (model?.source.type !== 'gallery') return
  const { id } = model.source
  const acts = timeline.steps.map(({ label, root }) => ({ label, root }))
  const ask = async (): Promise<boolean | undefined> =>
    editor.scoped('The link could not be made', (s) => s.engine.call('isLibraryRun', { target, acts }))
  const library = acts.length > 1 && (await ask())
  if (library === undefined) return
  if (!library && acts.length > MOST_ACTS) {
    const detail = `${acts.length} steps that are not a run of the library are too many for an address. Save the session instead (Ctrl+S): it holds them all.`
    return editor.set({ notice: { title: 'No link is that long', detail }, announcement: detail })
  }
  const taking = rules.filter((r) => acts.some((a) => a.label === r.label))
  const own = await Promise.all(taking.map(async (r) => ({ label: r.label, packed: await packPattern(r) })))
  // Code runs nowhere before its reader agrees: what it did cannot be done again by the link alone.
  const left = own.filter((o, i) => o.packed === null || taking[i]?.language === 'ts').map((o) => o.label)
  const packed = own.flatMap((o) => o.packed ?? [])
  const query = (own: readonly string[]): string =>
    editor.platform.address(linkQuery(id, target, library ? 'library' : acts, cursorIndex(editor) + 1, own))
  const whole = query(packed)
  if (whole.length <= MOST_LETTERS) await give(editor, whole, left)
  else
    await give(
      editor,
      query([]),
      own.map((o) => o.label),
    )
}

/** @param own patterns of the person's own that took part, and that the link does not bring along or that do not run there at once */
async function give(editor: Editor, address: string, own: readonly string[]): Promise<void> {
  const left =
    own.length > 0
      ? ` Steps of ${own.join(', ')} are not done where the link is opened: save the session (Ctrl+S) to take them along.`
      : ''
  try {
    await editor.platform.copy(address)
    editor.set({ notice: { title: 'Link copied', detail: address + left }, announcement: 'Link copied' })
  } catch {
    editor.set({ notice: { title: 'Copy this link', detail: address + left }, announcement: 'Copy the link shown' })
  }
}

/** Does on the model that was just opened what a link says, as far as it can be done, and tells what cannot. */
export async function follow(editor: Editor, link: Link, found: boolean): Promise<void> {
  const offered = new Map(editor.state.patterns.map((p) => [p.label, p]))
  const known = link.patterns.flatMap((label) => offered.get(label) ?? [])
  const rewriters = known.filter((p) => p.type === 'rewriter')
  const problems = [...missing(link, found), ...link.problems]
  const isPrune = (label: string) => label === 'Prune' && link.acts?.some((a) => a.root === null)
  for (const label of link.patterns)
    if (!offered.has(label) && !isPrune(label)) problems.push(`There is no pattern ${label} for this target.`)
  const { acts } = link
  if (link.library) await move(editor, (s) => s.engine.call('plan', { wanted: libraryOf(editor), whole: true }))
  else if (acts) await move(editor, (s) => s.engine.call('replay', { acts }))
  else if (rewriters.length > 0) {
    const wanted = rewriters.map(({ label, benefit }) => ({ label, benefit }))
    await move(editor, (s) => s.engine.call('plan', { wanted, whole: false }))
  }
  const { steps } = editor.state.timeline
  const lost = (acts?.length ?? 0) - steps.length
  if (acts && lost > 0) problems.push(`${lost} of its ${acts.length} steps cannot be done here.`)
  if (link.step !== null && link.step > steps.length && lost <= 0)
    problems.push(`There is no step ${link.step}: there are ${steps.length}.`)
  const at = steps[Math.min(link.step ?? 0, steps.length) - 1]
  if (known[0]) await choosePattern(editor, known[0].label)
  if (at) await seek(editor, at.node)
  tell(editor, problems)
}

/** The patterns of the target that play as they come, without a person's own. */
const libraryOf = ({ state }: Editor): Wanted[] =>
  state.patterns
    .filter((p) => p.type === 'rewriter' && !p.optIn && p.rule === undefined)
    .map(({ label, benefit }) => ({ label, benefit }))

/** Says so where the model that an address names is not there. */
export function noteMissing(editor: Editor, link: Link, named: GalleryEntry | undefined): void {
  tell(editor, missing(link, named !== undefined))
}

const missing = ({ model }: Link, found: boolean): string[] =>
  model !== null && model !== '' && !found
    ? [`There is no model ${model} in this gallery: what there is can be opened here.`]
    : []

function tell(editor: Editor, problems: readonly string[]): void {
  if (problems.length === 0) return
  const notice = { title: 'The link does not fit in full', detail: problems.join(' ') }
  editor.set({ notice, announcement: `${notice.title}: ${notice.detail}` })
}
