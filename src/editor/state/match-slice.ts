/** Where the chosen pattern matches. */
import type { LayerId } from '../../engine'
import type { MatchInfo, Preview } from '../protocol/match-info'

export interface MatchSlice {
  /** All matches of the chosen pattern that are known so far. */
  readonly found: readonly MatchInfo[]
  /** More of them may come. */
  readonly searching: boolean
  /** Module scope that matches are listed in; '' for everywhere. */
  readonly matchScope: string
  /** Those of `found` in that scope. */
  readonly matches: readonly MatchInfo[]
  /** Index of the match that was walked to; -1 for none. */
  readonly activeMatch: number
  /** Index of the match that the mouse or the focus is on; -1 for none. Only shows it. */
  readonly pointedMatch: number
  /** Layer that a list of parts points at; null for none. Only lights it. */
  readonly pointedLayer: LayerId | null
  /** Keys of the matches that the active one would take away. */
  readonly taken: ReadonlySet<string>
  /** What a match would do, shown in place. */
  readonly preview: Preview | null
}

/** What a network that is opened now begins with. */
export const freshMatch: MatchSlice = {
  found: [],
  searching: false,
  matchScope: '',
  matches: [],
  activeMatch: -1,
  pointedMatch: -1,
  pointedLayer: null,
  taken: new Set<string>(),
  preview: null,
}

export const initialMatch: MatchSlice = {
  ...freshMatch,
}
