/** Where a file of code matches models of the gallery, cut out: networks to try it on that it may never have seen. */
import type { CodeChannel } from '../../code'
import { importOnnx, onnxDialect } from '../../dialects/onnx'
import { applyTransaction, decodeTransaction, networkFromSnapshot, undoTransaction } from '../../engine'
import type { NetworkSnapshot } from '../../engine'
import { cutStep, inOrder, spreadOver } from '../../verify'
import { packedWhole } from '../protocol/codec'

/** So many places of each model, from all over it, and so many of all models. */
const [PLACES, KEPT] = [2, 6]

/** @param channel to the sandbox in which the code runs; it has another network afterwards */
export async function galleryCases(channel: CodeChannel, models: readonly Blob[]): Promise<NetworkSnapshot[]> {
  const found: NetworkSnapshot[] = []
  for (const model of models) if (found.length < KEPT) found.push(...(await casesIn(channel, model).catch(() => [])))
  return found
}

/** @throws CodeError where the code fails on it: then it says nothing of the code's matches */
async function casesIn(channel: CodeChannel, model: Blob): Promise<NetworkSnapshot[]> {
  const { snapshot } = importOnnx(new Uint8Array(await model.arrayBuffer()))
  await channel.ask('network', { snapshot: packedWhole({ ...snapshot, properties: {} }).plain, data: [] })
  const { matches } = await channel.ask('look', null)
  const network = networkFromSnapshot(snapshot, onnxDialect)
  const found: NetworkSnapshot[] = []
  for (const { root } of spreadOver(matches, PLACES)) {
    const made = await channel.ask('rewrite', { root })
    if (!made) continue
    const transaction = decodeTransaction(made.transaction, 'rewrite')
    applyTransaction(network, transaction)
    const region = cutStep(network, transaction)
    undoTransaction(network, transaction)
    if (region !== null && typeof region !== 'string') found.push(inOrder(region.before))
  }
  return found
}
