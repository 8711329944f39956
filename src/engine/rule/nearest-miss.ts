import type { Layer } from '../network/network'
import { MatchFailure } from '../pattern/match'
import type { FailureAbout } from '../pattern/match'

/** One place where a search could not go on. */
export interface DeadEnd {
  readonly root: Layer
  readonly part: string
  readonly layer: Layer | null
  readonly expected: string
  readonly found: string
  readonly about: FailureAbout
}

/**
 * Keeps the failure of a search that got furthest; of two alike, one at which a layer stood says more than one at a
 * constant or an input. Where there is no layer, the one whose operand was looked at is named.
 */
export class NearestMiss {
  private kept: MatchFailure | null = null
  private isAtLayer = false

  /** @param parts how many parts the rule has */
  constructor(private readonly parts: number) {}

  get failure(): MatchFailure | null {
    return this.kept
  }

  begin(): void {
    this.kept = null
    this.isAtLayer = false
  }

  note({ root, part, layer, expected, found, about }: DeadEnd, layers: ReadonlyMap<string, Layer>): void {
    const ahead = layers.size - (this.kept?.matched.size ?? -1)
    if (ahead < 0 || (ahead === 0 && (layer === null || this.isAtLayer))) return
    const at = layer ?? layers.get(part) ?? null
    this.kept = new MatchFailure(root, part, at, expected, found, new Map(layers), this.parts, about)
    this.isAtLayer = layer !== null
  }
}
