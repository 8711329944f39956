/** Some layers that are shown by themselves. */
import type { LayerId } from '../../engine'
import type { Scene } from '../../layout'

export interface ShownPart {
  readonly layers: ReadonlySet<LayerId>
  /** Their picture: another one, after a step, is of the whole network again. */
  readonly scene: Scene
}

/** null where all of the network is shown. */
export const shownPart = ({
  part,
  scene,
}: {
  readonly part: ShownPart | null
  readonly scene: Scene
}): ShownPart | null => (part?.scene === scene ? part : null)
