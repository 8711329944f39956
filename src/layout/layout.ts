/** The way from a network to a picture, in one call; keeps the last picture so that the next can stay close to it. */
import type { LayoutEngine, LayoutRequest } from './layout-engine'
import { buildView } from './build-view'
import { anchorsOf, compose } from './compose'
import type { ComposedGroups, NodeContentOf, PlacedGroups } from './compose'
import type { Direction } from './flow'
import type { GroupPath } from './frame'
import type { GroupTree } from './groups'
import type { Scene } from './scene'
import { ScenePart, sceneOfParts } from './scene-parts'
import type { GroupInside } from './scene-parts'
import type { GraphSource } from './source'
import type { View } from './view'

export interface Picture {
  readonly placed: PlacedGroups
  readonly composed: ComposedGroups
}

export interface PictureRequest extends LayoutRequest {
  /** The picture before: what is the same in this one is taken from there. */
  readonly before?: Picture
}

/** Places what a view holds. */
export async function picture(
  view: View,
  source: GraphSource,
  arranger: LayoutEngine,
  faceOf: NodeContentOf,
  wish: PictureRequest = {},
): Promise<Picture> {
  const placed = await arranger.arrange(view, faceOf, wish)
  return { placed, composed: compose(view, placed, source, faceOf, wish.before?.composed ?? null) }
}

/** A full layout; with the picture before, what is the same is taken from there. */
export function layOut(
  tree: GroupTree,
  open: ReadonlySet<GroupPath>,
  arranger: LayoutEngine,
  faceOf: NodeContentOf,
  wish: PictureRequest = {},
): Promise<Picture> {
  return picture(buildView(tree, open), tree.source, arranger, faceOf, wish)
}

/** What a scene is made of. */
export interface PictureParts {
  /** Those of outer groups first. */
  readonly parts: readonly { readonly inside: GroupInside; readonly x: number; readonly y: number }[]
  readonly anchors: Int32Array
  readonly direction: Direction
  readonly width: number
  readonly height: number
}

/** A picture as plain values. */
export function partsOfPicture({ placed, composed }: Picture): PictureParts {
  const top = placed.get('')
  const { width = 0, height = 0 } = top?.arrangement ?? {}
  const direction = top?.flow.direction ?? 'down'
  const size = direction === 'down' ? { width, height } : { width: height, height: width }
  return { parts: [...composed.values()], anchors: anchorsOf(composed), direction, ...size }
}

export function sceneOf(picture: Picture): Scene {
  const { parts, ...whole } = partsOfPicture(picture)
  const there = parts.map(({ inside, x, y }) => new ScenePart(inside, x, y))
  return sceneOfParts(there, whole)
}
