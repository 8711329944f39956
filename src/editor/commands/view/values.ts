/** Showing the elements of a tensor: what they are like, a table of any two of its axes, and a file of them. */
import type { Editor } from '../../editor'
import type { ValueRef } from '../../protocol/values-calls'
import type { EditorState } from '../../state/store'
import type { ShownValue } from '../../state/value-slice'
import type { TableWindow } from '../../values/window'
import { tensorOfKey } from '../../view/selection'
import { command } from '../command'
import type { Command } from '../command'

/** Opens the elements of a value, and finds out what they are like. */
export async function openValue(editor: Editor, of: ValueRef, name: string): Promise<void> {
  const value: ShownValue = {
    of,
    name,
    head: null,
    statistics: null,
    histogram: null,
    fraction: null,
    problem: null,
  }
  editor.set({ value, dialog: 'tensor' })
  const isShown = () => editor.state.value?.of === of
  const note = (change: Partial<ShownValue>): void => {
    if (isShown()) editor.set({ value: { ...editor.state.value!, ...change } })
  }
  await editor.scoped('The tensor could not be read', async ({ values }, live) => {
    try {
      const head = await live(values.call('head', { of }))
      note({ head, problem: head ? head.problem : 'This tensor is not in the network at this step.' })
      if (!head || head.problem !== null || head.strings !== null || !isShown()) return
      values.on('progress', ({ fraction }) => note({ fraction }))
      note({ fraction: 0 })
      const statistics = await live(values.call('statistics', { of }))
      note({ statistics, fraction: null })
      if (!statistics || !isShown()) return
      const histogram = await live(values.call('histogram', { of, statistics }))
      note({ histogram, fraction: null })
    } catch (error) {
      note({ fraction: null, problem: error instanceof Error ? error.message : String(error) })
      if (!isShown()) throw error
    }
  })
}

/** Ends reading for what a value is like; the table goes on. */
export function stopReading(editor: Editor): void {
  editor.session?.values.notify('stop', null)
  const { value } = editor.state
  if (value) editor.set({ value: { ...value, fraction: null } })
}

export function closeValue(editor: Editor): void {
  if ((editor.state.value?.fraction ?? null) !== null) stopReading(editor)
  editor.set({ value: null })
}

/** The texts of a part of the table, row by row; null where another network is open by then. */
export async function cellsOf(editor: Editor, of: ValueRef, window: TableWindow): Promise<readonly string[] | null> {
  const { session } = editor
  if (!session) return null
  const cells = await session.values.call('window', { of, window })
  return session === editor.session ? cells : null
}

/** Gives the person the elements as a file of NumPy's. */
export async function saveNpy(editor: Editor, { of, name }: ShownValue): Promise<void> {
  await editor.scoped('The tensor could not be saved', async ({ values }, live) => {
    const file = `${name.replace(/[^\w.-]+/g, '_').replace(/^_+/, '') || 'tensor'}.npy`
    editor.platform.save(file, await live(values.call('npy', { of })))
    editor.say(`${file} is saved`)
  })
}

/** The elements of what is selected: those of a constant, or what the last run gave; null where there are none. */
function selectedValue(editor: Editor): { readonly of: ValueRef; readonly name: string } | null {
  const id = tensorOfKey(editor.state.selected)
  const tensor = id === null ? undefined : editor.session?.replica.getTensor(id)
  if (!tensor) return null
  const { name } = tensor
  if (tensor.isConstant) return { of: { type: 'constant', tensor: tensor.id }, name }
  const { now } = editor.state.run
  const isKept = now?.report.values.some((v) => v.tensor === tensor.id && !v.dropped)
  return now && isKept ? { of: { type: 'run', run: now.run, tensor: tensor.id }, name } : null
}

const withTensor = (s: EditorState): boolean => tensorOfKey(s.selected) !== null

export const valueCommands: readonly Command[] = [
  command('View', 'elements', 'Show the elements of the selected tensor', ['q'], withTensor, (e) => {
    const found = selectedValue(e)
    if (found) void openValue(e, found.of, found.name)
    else e.say('The selected tensor is computed: run the network to see its values')
  }),
]
