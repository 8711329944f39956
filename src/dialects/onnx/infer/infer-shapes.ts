import type { NetworkSnapshot } from '../../../engine'

export function inferShapes(snapshot: NetworkSnapshot, _options: { warn?: (m: string) => void } = {}): NetworkSnapshot {
  return snapshot
}
