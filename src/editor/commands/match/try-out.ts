/** "Try it": one rewrite of what is being written with its verdict, outside the history; and examples from places of the network. */
import type { LayerId } from '../../../engine'
import type { Editor } from '../../editor'
import { DRAFT } from '../../protocol/match-info'
import { changeDraft } from './drafts'
import { previewMatch } from './preview'
import { layersToTake } from './rule-of-selection'

/** Does one rewrite and undoes it: the active match, or the first. Shown on the canvas as a preview, and compared by numbers. */
export async function tryIt(editor: Editor): Promise<void> {
  const { draft, matches, activeMatch } = editor.state
  const at = Math.max(0, activeMatch)
  const match = matches[at]
  if (!draft || match?.pattern !== DRAFT) return
  const { text } = draft
  const begun = { text, rootName: match.rootName, told: '', differs: false }
  editor.set({ tryOut: begun })
  const isWanted = (): boolean => editor.state.tryOut === begun
  const work = editor.scoped(
    'It could not be tried',
    async (session, live) => {
      const tried = await live(session.engine.call('tryOut', { label: DRAFT, root: match.root }))
      if (!tried) return { told: 'it does not match there any more', differs: false }
      const verdict = await live(session.verify.call('region', { region: tried.region }))
      const what = `${layers(tried.removed)} out, ${layers(tried.added)} in`
      if (verdict.verdict === 'equal') return { told: `${what}, equal`, differs: false }
      const why = verdict.reason ? `: ${verdict.reason}` : ''
      const isDifferent = verdict.verdict === 'different'
      return { told: `${what}, ${isDifferent ? 'differs' : 'cannot be run'}${why}`, differs: isDifferent }
    },
    () => isWanted() && editor.set({ tryOut: null }),
  )
  if (editor.state.preview?.root !== match.root) void previewMatch(editor, at)
  const result = await work
  if (!result || !isWanted()) return
  editor.set({ tryOut: { ...begun, ...result } })
  editor.say(`Tried at ${match.rootName}: ${result.told}`)
}

const layers = (n: number): string => (n === 1 ? '1 layer' : `${n} layers`)

/** Writes a place of the network into the rule, as an example: one that must match for a match, one that must not for anything else. */
export async function addExample(editor: Editor): Promise<void> {
  const { state } = editor
  const { draft, matches, activeMatch, miss } = state
  if (!draft || draft.language === 'ts') return
  const match = matches[activeMatch]
  const chosen: readonly LayerId[] = miss
    ? [...miss.matched.map(([, id]) => id), ...(miss.layer === null ? [] : [miss.layer])]
    : layersToTake(editor)
  const made = await editor.scoped('No example could be made of this', (session, live) =>
    live(session.engine.call('exampleOf', { layers: [...new Set(chosen)] })),
  )
  if (!made) return
  if ('refused' in made) return editor.fail('No example can be made of this', new Error(made.refused))
  const expected = match && !miss ? 'matches' : 'fails'
  const title = (match && !miss ? match.rootName : (miss?.rootName ?? 'selected layers')).replace(/["{}\n]/g, '')
  const body = made.text.split('\n').map((line) => `  ${line}`)
  const example = ['', `example ${expected} "${title}" {`, ...body, '}', ''].join('\n')
  changeDraft(editor, { text: `${(editor.state.draft ?? draft).text.trimEnd()}\n${example}` })
  editor.say(`An example that ${expected === 'matches' ? 'must match' : 'must not match'} is added`)
}
