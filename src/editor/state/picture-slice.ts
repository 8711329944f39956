/** The picture and what is selected in it. */
import { emptyScene } from '../../layout'
import type { GroupPath, ItemKey, Scene } from '../../layout'

export interface PictureSlice {
  readonly scene: Scene
  readonly open: ReadonlySet<GroupPath>
  /** A layout is under way. */
  readonly arranging: boolean
  readonly selected: ItemKey | null
  readonly follow: boolean
  /** The gap that a step leaves closes at its end. */
  readonly closeGaps: boolean
  /** The picture was laid out afresh, and the one before can be brought back. */
  readonly tidied: boolean
}

/** What a network that is opened now begins with. */
export const freshPicture: Omit<PictureSlice, 'arranging' | 'follow' | 'closeGaps'> = {
  scene: emptyScene,
  open: new Set<GroupPath>(),
  selected: null,
  tidied: false,
}

export const initialPicture: PictureSlice = {
  ...freshPicture,
  arranging: false,
  follow: true,
  closeGaps: true,
}
