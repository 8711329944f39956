/** Patterns of one's own in addresses: given to others, and taken in where an address brings some. */
import type { OwnRule } from '../../protocol/match-info'
import type { Editor } from '../../editor'
import { packPattern, unpackPattern } from '../../file/pattern-link'
import { deletedAmong } from '../../file/versions'
import { showFirst, takeIn } from './pattern-files'

export async function copyPatternLink(editor: Editor, label: string): Promise<void> {
  const rule = editor.state.rules.find((r) => r.label === label)
  if (!rule) return
  const packed = await packPattern(rule)
  if (packed === null) {
    const detail = `${label} is too long for an address. Save it as a file instead, or save the session (Ctrl+S).`
    return editor.set({ notice: { title: 'No link is that long', detail }, announcement: detail })
  }
  const address = editor.platform.address(`own=${packed}`)
  const copied = await editor.platform.copy(address).then(
    () => true,
    () => false,
  )
  const title = copied ? 'Link copied' : 'Copy this link'
  editor.set({ notice: { title, detail: address }, announcement: title })
}

/** What an address brought. */
interface Linked {
  readonly added: readonly string[]
  /** Those of them that the person had deleted. */
  readonly again: readonly string[]
  readonly waits: boolean
  readonly damaged: boolean
}

/** Takes in the patterns of an address; they take part in nothing before the person switches them on. */
export async function takeLinked(editor: Editor, packed: readonly string[]): Promise<Linked> {
  const found: OwnRule[] = []
  let damaged = false
  for (const text of packed) {
    try {
      found.push({ ...(await unpackPattern(text)), off: true })
    } catch {
      damaged = true
    }
  }
  const { versions, rules } = editor.state
  const deleted = deletedAmong(versions, rules).map(({ label }) => label)
  const added = await takeIn(editor, found)
  const again = added.filter((label) => deleted.includes(label))
  return { added, again, waits: found.some((r) => r.agreed === false), damaged }
}

/** Tells what an address brought, once its network is there. */
export async function showLinked(editor: Editor, { added, again, waits, damaged }: Linked): Promise<void> {
  if (damaged) editor.fail('The link does not fit in full', new Error('A pattern in it is damaged: ask for it again.'))
  if (added.length === 0) return
  const code = waits ? ' Code runs nothing before you let it: read it first.' : ''
  const back = again.length > 0 ? ` You had deleted ${again.join(', ')}, and the link brings it back.` : ''
  const detail = `${added.join(', ')} came with the link and stays off until you switch it on.${back}${code}`
  if (!editor.state.notice)
    editor.set({ notice: { title: 'A pattern came with the link', detail }, announcement: detail })
  await showFirst(editor, added)
}
