import type { NetworkSnapshot } from '../../engine'
import type { Plain } from '../protocol/codec'
import { inParts } from '../protocol/snapshot-codec'
import type { SnapshotPart } from '../protocol/snapshot-codec'

/**
 * The network as it came, on its way to other threads. When a network opens, the layout worker asks for it and the page right after:
 * it is written once for both. Whoever asks later has it written anew, so that the text need not be kept.
 */
export class StartText {
  private kept: { readonly rest: Plain; readonly parts: readonly SnapshotPart[] } | null = null
  private isFirst = true

  constructor(private readonly start: NetworkSnapshot) {}

  /** @param tell gets the parts, each as soon as it is there */
  tell(tell: (part: SnapshotPart) => void): Plain {
    const { kept } = this
    this.kept = null
    if (kept) {
      for (const part of kept.parts) tell(part)
      return kept.rest
    }
    const { rest, parts } = inParts(this.start)
    const written: SnapshotPart[] = []
    for (const part of parts) {
      tell(part)
      written.push(part)
    }
    if (this.isFirst) this.kept = { rest, parts: written }
    this.isFirst = false
    return rest
  }
}
