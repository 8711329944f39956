import { sameRecord } from '../edit/same'
import { layerTouched } from '../edit/edit'
import type { Edit, LayerEdit } from '../edit/edit'
import { markDangling } from '../network/prune'
import type { Layer } from '../network/network'
import type { Network } from '../network/network'
import type { NetworkOutput } from '../store/records'
import { SmallSet } from '../store/small-set'
import { newProblems, problemText, verifyNetwork } from '../network/verify'
import type { Problem } from '../network/boundaries'
import type { Match } from '../pattern/match'
import { retype } from './retype'

/** The part of a rewrite that no pattern should have to think of: types, dangling layers, origins, the check. */
export function finish(network: Network, match: Match | null, verify: boolean, root?: Layer): void {
  const agreeing = retype(network)
  markDanglingProducers(network)
  giveOrigin(network, match, root)
  if (!verify) return
  const part = touchedPart(network, agreeing)
  const found = verifyNetwork(network, part.layers, part.outputs, part.retyped)
  if (found.length === 0) return
  const problems = newProblems(found, problemsBefore(network, part))
  if (problems.length > 0) throw new Error(`it left the network unsound: ${problems.map(problemText).join('; ')}`)
}

/** What was wrong with the same part before the open transaction: the network as it came is no pattern's fault. */
function problemsBefore(network: Network, part: Part): Problem[] {
  const ids = part.layers.map((l) => l.id)
  return network.transactor.asBefore(() => {
    const layers = ids.map((id) => network.getLayer(id)).filter((l) => l !== undefined)
    return verifyNetwork(network, layers, network.outputs)
  })
}

/** Marks the producers of tensors that lost their last user in the open transaction. */
function markDanglingProducers(network: Network): void {
  const count = network.transactor.count
  for (let i = 0; i < count; i++) {
    const edit = network.transactor.edit(i)
    if (edit.type === 'setInput' || edit.type === 'setNetworkOutput') {
      const parent = edit.from === null ? undefined : network.getTensor(edit.from)?.parent
      if (parent) markDangling(network, parent)
    } else if (edit.type === 'setRemoved' && edit.to) {
      const layer = network.store.layer(edit.layer)
      for (let k = 0; k < layer.numInputs; k++) {
        const parent = layer.input(k)?.parent
        if (parent) markDangling(network, parent)
      }
    }
  }
}

/** Layers that were made in the open transaction get the names of those that went, or of those that matched (E11). */
function giveOrigin(network: Network, match: Match | null, root: Layer | undefined): void {
  let origin: readonly string[] | null = null
  for (let i = 0; i < network.transactor.count; i++) {
    const edit = network.transactor.edit(i)
    if (edit.type !== 'addLayer' || edit.layer.origin.length > 0) continue
    origin ??= namesGone(network) ?? namesMatched(match, root)
    seal(network, edit, origin)
  }
}

/** Of exact size: it stays as long as the layers. Null where nothing went. */
function namesGone(network: Network): string[] | null {
  let count = 0
  let first = ''
  for (let i = 0; i < network.transactor.count; i++) {
    const name = nameGone(network, network.transactor.edit(i))
    if (name !== null && count++ === 0) first = name
  }
  if (count === 0) return null
  if (count === 1) return [first]
  const names = new Array<string>(count)
  for (let i = 0, n = 0; n < count; i++) {
    const name = nameGone(network, network.transactor.edit(i))
    if (name !== null) names[n++] = name
  }
  return names
}

function nameGone(network: Network, edit: Edit): string | null {
  if (edit.type === 'setRemoved' && edit.to) return network.store.layer(edit.layer).name
  return edit.type === 'removeLayer' ? edit.layer.name : null
}

function namesMatched(match: Match | null, root: Layer | undefined): string[] {
  if (match) return Array.from(match.layers.values(), (l) => l.name)
  return root ? [root.name] : []
}

/** The record as it was added and as it is now: both made in this transaction, so nobody has seen them without an origin. */
function seal(network: Network, edit: LayerEdit, origin: readonly string[]): void {
  ;(edit.layer as { origin: readonly string[] }).origin = origin
  const now = network.getLayer(edit.layer.id)?.record
  if (now) (now as { origin: readonly string[] }).origin = origin
}

/** What a rewrite touched, as far as it is checked (E4). */
interface Part {
  readonly layers: readonly Layer[]
  readonly outputs: readonly NetworkOutput[]
  /** Those of the layers whose types are checked too. */
  readonly retyped: SmallSet<Layer>
}

/** @param agreeing layers whose types need not be checked again */
function touchedPart(network: Network, agreeing: ReadonlySet<Layer>): Part {
  const { transactor } = network
  const touched = new SmallSet<Layer>()
  const retyped = new SmallSet<Layer>()
  let all = false
  for (let i = 0; i < transactor.count && !all; i++) all = transactor.edit(i).type === 'setTensorType'
  for (let i = 0; i < transactor.count; i++) {
    const edit = transactor.edit(i)
    const id = layerTouched(edit)
    const layer = id === null ? undefined : network.getLayer(id)
    if (!layer) continue
    touched.add(layer)
    if ((all || mayChangeTypes(network, edit)) && !agreeing.has(layer)) retyped.add(layer)
  }
  return { layers: touched.list, outputs: touchedOutputs(network), retyped }
}

/** False where the layer that an edit touches has operands of the types that it had, and so gives what it gave. */
function mayChangeTypes(network: Network, edit: Edit): boolean {
  if (edit.type !== 'setInput') return edit.type !== 'setRemoved' || !edit.to
  const from = network.getTensor(edit.from)
  const to = network.getTensor(edit.to)
  return (
    !from || !to || from.isConstant || to.isConstant || from.dtype !== to.dtype || !sameRecord(from.shape, to.shape)
  )
}

function touchedOutputs(network: Network): NetworkOutput[] {
  const found: NetworkOutput[] = []
  for (let i = 0; i < network.transactor.count; i++) {
    const edit = network.transactor.edit(i)
    const output = edit.type === 'setNetworkOutput' ? network.outputs[edit.index] : undefined
    if (output) found.push(output)
  }
  return found
}
