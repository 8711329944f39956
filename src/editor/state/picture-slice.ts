/** The picture and what is selected in it. */
import { emptyScene } from '../../layout'
import type { GroupPath, ItemKey, Scene } from '../../layout'

export interface PictureSlice {
  readonly scene: Scene
  readonly open: ReadonlySet<GroupPath>
  /** Into so many the top of the network is put; chosen for the screen when it is first drawn. */
  readonly columns: number
  /** A layout is under way. */
  readonly arranging: boolean
  readonly selected: ItemKey | null
  readonly follow: boolean
}

/** What a network that is opened now begins with. */
export const freshPicture: Omit<PictureSlice, 'arranging' | 'follow'> = {
  scene: emptyScene,
  open: new Set<GroupPath>(),
  columns: 1,
  selected: null,
}

export const initialPicture: PictureSlice = {
  ...freshPicture,
  arranging: false,
  follow: true,
}
