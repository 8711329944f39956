/** The picture and what is selected in it. */
import { emptyScene } from '../../layout'
import type { BlockRun } from '../protocol/layout-calls'
import type { ShownPart } from '../view/shown-part'
import type { Breaks, GroupPath, ItemKey, Scene } from '../../layout'

/** What is lit besides the selection: what it depends on, what depends on it, both, or what lies between the two selected. */
export interface Light {
  readonly way: 'up' | 'down' | 'both' | 'path'
  /** How many layers far; null for all. */
  readonly depth: number | null
}

export interface PictureSlice {
  readonly scene: Scene
  readonly open: ReadonlySet<GroupPath>
  /** Runs of equal blocks, and the paths of those that are drawn as one box each. */
  readonly runs: readonly BlockRun[]
  readonly folded: readonly GroupPath[]
  /** The columns that the network is put into; chosen for the screen when it is first drawn. */
  readonly columns: Breaks
  /** A layout is under way. */
  readonly arranging: boolean
  /** What was selected last; null for nothing. */
  readonly selected: ItemKey | null
  /** What is selected with it; void once something else than `last` is selected. */
  readonly several: { readonly last: ItemKey; readonly keys: ReadonlySet<ItemKey> } | null
  readonly light: Light | null
  /** See `shownPart`. */
  readonly part: ShownPart | null
  readonly follow: boolean
}

/** What a network that is opened now begins with. */
export const freshPicture: Omit<PictureSlice, 'arranging' | 'follow'> = {
  scene: emptyScene,
  open: new Set<GroupPath>(),
  runs: [],
  folded: [],
  columns: [],
  selected: null,
  several: null,
  light: null,
  part: null,
}

export const initialPicture: PictureSlice = {
  ...freshPicture,
  arranging: false,
  follow: true,
}
