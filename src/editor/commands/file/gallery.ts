/** The models that come with Graft. */
import type { Thumbnail } from '../../view/thumbnail'

export interface GalleryEntry {
  readonly id: string
  readonly name: string
  readonly about: string
  readonly exporter: string
  /** In the file; those that only hold a constant are no layers. */
  readonly nodes: number
  readonly layers: number
  readonly file: string
  /** As it is first opened. */
  readonly picture?: Thumbnail
}

/** The network of the worked examples, which no file holds. */
export const BUILT_IN: GalleryEntry = {
  id: 'gpt-attention',
  name: 'GPT attention, TensorRT',
  about: 'One linear layer with bias into the GPT attention plugin: the network of the three worked examples.',
  exporter: 'built here',
  nodes: 7,
  layers: 7,
  file: 'gpt-attention',
}

export async function readGallery(): Promise<readonly GalleryEntry[]> {
  const response = await fetch('./models/index.json')
  if (!response.ok) throw new Error(`the gallery cannot be read (${response.status})`)
  return [...((await response.json()) as readonly GalleryEntry[]), BUILT_IN]
}
