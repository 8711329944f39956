/** What a rewrite would do, done and undone. Runs in the engine worker; nothing of it is kept (E2, E3). */
import { attempt, look, Match } from '../../engine'
import type { Attempt, Layer, LayerId, Network, Transaction } from '../../engine'
import type { RewriterOffer } from './catalogue'
import type { MatchRef, NewLayerInfo, Preview } from '../protocol/match-info'
import { shapeText } from '../text/value-text'

/**
 * @param others matches that share layers with this one: which of them would be gone?
 * @param entryOf the pattern of a label
 */
export function previewOf(
  network: Network,
  entry: RewriterOffer,
  root: Layer,
  others: readonly MatchRef[],
  entryOf: (label: string) => RewriterOffer = () => entry,
): Preview | null {
  const seen = network.preview(() => {
    const result = attempt(entry, root)
    if (result.type !== 'rewritten') return { ...result, preview: null }
    const taken = others.filter((other) => isGone(network, entryOf(other.pattern), other.root))
    return { ...result, preview: { ...describe(network, entry, root, result), taken } }
  })
  return seen.preview
}

type Rewritten = Extract<Attempt, { readonly type: 'rewritten' }>

function describe(
  network: Network,
  entry: RewriterOffer,
  root: Layer,
  { transaction }: Rewritten,
): Omit<Preview, 'taken'> {
  const { label } = entry
  const { removed, added } = comings(network, transaction)
  return {
    label,
    root: root.id,
    rootName: root.name,
    removed: removed.map(({ id, kind }) => ({ id, kind })),
    added: added.map(infoOf),
    links: added.flatMap((layer) => linksOf(layer)),
  }
}

function isGone(network: Network, entry: RewriterOffer, root: LayerId): boolean {
  const layer = network.getLayer(root)
  return !layer || layer.isRemoved() || !(look(entry, layer, false) instanceof Match)
}

function comings(network: Network, transaction: Transaction): { removed: Layer[]; added: Layer[] } {
  const removed = new Set<Layer>()
  const added: Layer[] = []
  for (const edit of transaction.edits) {
    if (edit.type === 'addLayer') {
      const layer = network.getLayer(edit.layer.id)
      if (layer) added.push(layer)
    } else if (edit.type === 'setRemoved') {
      const layer = network.getLayer(edit.layer)
      if (layer && edit.to) removed.add(layer)
      else if (layer) removed.delete(layer)
    }
  }
  return { removed: [...removed].filter((l) => !added.includes(l)), added: added.filter((l) => !l.isRemoved()) }
}

function infoOf(layer: Layer): NewLayerInfo {
  return { id: layer.id, kind: layer.kind, name: layer.name, result: shapeText(layer.output()?.shape ?? null) }
}

/** From where a new layer takes its operands, and to where it gives its results. */
function linksOf(layer: Layer): [LayerId, LayerId][] {
  const from = layer.getInputs().flatMap((t) => (t?.parent ? [t.parent.id] : []))
  const to = layer.getOutputs().flatMap((t) => t.getUsers().filter((l) => !l.isRemoved()))
  return [
    ...[...new Set(from)].map((id): [LayerId, LayerId] => [id, layer.id]),
    ...to.map((l): [LayerId, LayerId] => [layer.id, l.id]),
  ]
}
