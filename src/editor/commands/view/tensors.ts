/** Selecting tensors, and following them to their other ends. */
import type { Layer, Network, Tensor, TensorId } from '../../../engine'
import type { ItemKey } from '../../../layout'
import { nodeNamed } from '../../../layout'
import type { Editor } from '../../editor'
import { inspectTensor } from '../../view/inspection'
import { tensorKey, tensorOfKey } from '../../view/selection'
import { producerOf, usersOf } from '../../view/tensor-ends'
import type { EditorState } from '../../state/store'
import { command } from '../command'
import type { Command } from '../command'
import { goToLayer, select } from './select'
import { showAll } from './show-only'

/** What a person followed last: the layer whose tensors they walk, and the tensor on whose ends they are. */
interface Trail {
  readonly around: ItemKey | null
  readonly tensor: TensorId | null
}

const trails = new WeakMap<Editor, Trail>()
const trailOf = (editor: Editor): Trail => trails.get(editor) ?? { around: null, tensor: null }

export function selectTensor(editor: Editor, id: TensorId): void {
  const tensor = editor.session?.replica.getTensor(id)
  if (!tensor) return
  select(editor, tensorKey(id))
  const told = inspectTensor(tensor.network, id)!
  editor.say(`Tensor ${told.name}, ${told.type}, ${told.users.length === 1 ? '1 use' : `${told.users.length} uses`}`)
}

/** Selects a tensor wherever it is, and brings what makes it, or else what uses it, into view. */
export async function goToTensor(editor: Editor, id: TensorId): Promise<void> {
  const tensor = editor.session?.replica.getTensor(id)
  if (!tensor) {
    editor.say('This tensor is not in the network at this step')
    return
  }
  const end = producerOf(tensor) ?? usersOf(tensor)[0]
  if (end) await goToItem(editor, end.key)
  selectTensor(editor, id)
}

/** Selects a layer, an input or an output wherever it is, and brings it into view. */
export async function goToItem(editor: Editor, key: ItemKey): Promise<void> {
  if (key.startsWith('L')) return goToLayer(editor, Number(key.slice(1)))
  await showAll(editor)
  select(editor, key)
  const node = nodeNamed(editor.state.scene, key)
  if (node) editor.camera.reveal(node)
}

/** To the layer or the input that the selected tensor comes from; of a layer, to where its first input comes from. */
export function followUp(editor: Editor): Promise<void> {
  const tensor = followed(editor, (layer) => layer.getInputs().find((t) => !t.isConstant))
  const end = tensor && producerOf(tensor)
  if (!end || end.key === editor.state.selected) {
    editor.say('Nothing is computed before this')
    return Promise.resolve()
  }
  trails.set(editor, { around: end.key, tensor: null })
  return goToItem(editor, end.key)
}

/** To the first user of the selected tensor, or of a layer's first output; asked again, to the next user of the same tensor. */
export function followDown(editor: Editor): Promise<void> {
  const { around, tensor: last } = trailOf(editor)
  const again = last !== null && around === editor.state.selected ? editor.session?.replica.getTensor(last) : undefined
  const tensor = again ?? followed(editor, (layer) => layer.getOutputs()[0])
  const users = tensor ? usersOf(tensor) : []
  if (!tensor || users.length === 0) {
    editor.say('Nothing uses this')
    return Promise.resolve()
  }
  const at = again ? users.findIndex((u) => u.key === around) + 1 : 0
  const end = users[at % users.length]!
  trails.set(editor, { around: end.key, tensor: users.length > 1 ? tensor.id : null })
  if (users.length > 1) editor.say(`Use ${(at % users.length) + 1} of ${users.length}: ${end.title}`)
  return goToItem(editor, end.key)
}

/** Selects the next tensor of a layer: its outputs first, then its inputs. */
export function nextTensor(editor: Editor, by: 1 | -1): void {
  const { session, state } = editor
  if (!session) return
  const at = tensorOfKey(state.selected)
  const around = at === null ? state.selected : (trailOf(editor).around ?? endOf(session.replica, at))
  const ring = around === null ? [] : tensorsAround(session.replica, around)
  if (ring.length === 0) return
  trails.set(editor, { around, tensor: null })
  const place = ring.findIndex((t) => t.id === at)
  const next = ring[place < 0 ? (by > 0 ? 0 : ring.length - 1) : (place + by + ring.length) % ring.length]!
  selectTensor(editor, next.id)
}

function tensorsAround(network: Network, key: ItemKey): Tensor[] {
  const id = Number(key.slice(1))
  const layer = key.startsWith('L') ? network.getLayer(id) : undefined
  if (layer) return [...new Set([...layer.getOutputs(), ...layer.getInputs()])]
  const tensor = key.startsWith('I')
    ? network.getTensor(id)
    : key.startsWith('O')
      ? network.getOutputs()[id]
      : undefined
  return tensor ? [tensor] : []
}

/** An end of a tensor that nobody came from. */
function endOf(network: Network, id: TensorId): ItemKey | null {
  const tensor = network.getTensor(id)
  return tensor ? ((producerOf(tensor) ?? usersOf(tensor)[0])?.key ?? null) : null
}

function followed(editor: Editor, of: (layer: Layer) => Tensor | undefined): Tensor | undefined {
  const { selected } = editor.state
  const network = editor.session?.replica
  if (!network || selected === null) return undefined
  const id = tensorOfKey(selected)
  if (id !== null) return network.getTensor(id)
  const layer = selected.startsWith('L') ? network.getLayer(Number(selected.slice(1))) : undefined
  return layer ? of(layer) : tensorsAround(network, selected)[0]
}

const withSelection = (s: EditorState): boolean => s.selected !== null

export const tensorCommands: readonly Command[] = [
  command('View', 'next-tensor', 'Select the next tensor of the layer', ['t'], withSelection, (e) => nextTensor(e, 1)),
  command('View', 'follow-up', 'Follow the tensor to where it comes from', ['<'], withSelection, (e) => {
    void followUp(e)
  }),
  command(
    'View',
    'follow-down',
    'Follow the tensor to what uses it; again, to the next use',
    ['>'],
    withSelection,
    (e) => {
      void followDown(e)
    },
  ),
]
