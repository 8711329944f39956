/** What an engine that is laid over the network says of it: of a layer, and where both are fused in different ways. */
import { fusionDifferences, overlayOf } from '../../dialects/tensorrt'
import type { FusionDifference, Kernel, Overlay } from '../../dialects/tensorrt'
import type { LayerId, Network } from '../../engine'

/** A difference as a row of a list. */
export interface EngineRow {
  readonly type: FusionDifference['type']
  readonly title: string
  /** What it is of: layers here, or kernels there. */
  readonly detail: string
  readonly kernel: string
  readonly time: string
  /** Where a click goes; null for a kernel of no layer. */
  readonly layers: readonly LayerId[]
}

export interface EngineView {
  readonly overlay: Overlay
  readonly rows: readonly EngineRow[]
}

/** @param kernels of the engine; the same list gives the same view until the network changes */
export function engineViewOf(network: Network, kernels: readonly Kernel[]): EngineView {
  const overlay = overlayOf(network, kernels)
  return { overlay, rows: overlay.of.size === 0 ? [] : fusionDifferences(overlay).map(rowOf) }
}

const TITLES: Readonly<Record<FusionDifference['type'], (d: FusionDifference) => string>> = {
  theirs: ({ layers }) => `One kernel there, ${layers.length} layers here`,
  ours: ({ kernels }) => `One layer here, ${kernels.length} kernels there`,
  lone: () => 'A kernel of no layer here',
}

function rowOf(difference: FusionDifference): EngineRow {
  const { type, kernels, layers } = difference
  const time = kernels.reduce((sum, k) => sum + (k.time ?? 0), 0)
  return {
    type,
    title: TITLES[type](difference),
    detail: type === 'ours' ? (layers[0]?.name ?? '') : layers.map((l) => l.kind).join(' + '),
    kernel: kernels.map((k) => k.name).join(' | '),
    time: timeText(time > 0 ? time : null),
    layers: layers.map((l) => l.id),
  }
}

/** In milliseconds, as profiles have them: times of a list are compared at a glance. */
export const timeText = (time: number | null): string =>
  time === null ? '' : `${time.toFixed(time < 0.1 ? 4 : time < 10 ? 3 : 1)} ms`

/** What the engine runs of a layer, kernel by kernel; nothing for one that no kernel names. */
export function engineFacts({ kernels, layers, of }: Overlay, layer: LayerId): (readonly [string, string])[] {
  return (of.get(layer) ?? []).flatMap((i) => {
    const { name, type, precision, tactic, time } = kernels[i]!
    const beside = layers[i]!.length - 1
    const facts: [string, string][] = [
      ['kernel', name],
      ['type', type],
      ['precision', precision],
      ['tactic', tactic],
      ['time', timeText(time)],
      ['runs', beside > 0 ? `${beside} more ${beside === 1 ? 'layer' : 'layers'}` : ''],
    ]
    return facts.filter(([, text]) => text !== '')
  })
}
