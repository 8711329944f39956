/** The picture and what is selected in it. */
import { emptyScene } from '../../layout'
import type { Breaks, GroupPath, ItemKey, Scene } from '../../layout'

export interface PictureSlice {
  readonly scene: Scene
  readonly open: ReadonlySet<GroupPath>
  /** The columns that the network is put into; chosen for the screen when it is first drawn. */
  readonly columns: Breaks
  /** A layout is under way. */
  readonly arranging: boolean
  readonly selected: ItemKey | null
  readonly follow: boolean
}

/** What a network that is opened now begins with. */
export const freshPicture: Omit<PictureSlice, 'arranging' | 'follow'> = {
  scene: emptyScene,
  open: new Set<GroupPath>(),
  columns: [],
  selected: null,
}

export const initialPicture: PictureSlice = {
  ...freshPicture,
  arranging: false,
  follow: true,
}
