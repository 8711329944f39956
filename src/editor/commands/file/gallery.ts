/** The models that come with Graft. */
import type { BuiltId } from '../../protocol/engine-calls'
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

/** Networks that no file holds: they are made when they are opened. */
interface BuiltEntry extends GalleryEntry {
  readonly id: BuiltId
}

/** The network of the worked examples. */
const EXAMPLE: BuiltEntry = {
  id: 'gpt-attention',
  name: 'GPT attention, TensorRT',
  about: 'One linear layer with bias into the GPT attention plugin: the network of the three worked examples.',
  exporter: 'built here',
  nodes: 7,
  layers: 7,
  file: 'gpt-attention',
}

const BUILT: readonly BuiltEntry[] = [
  EXAMPLE,
  {
    id: 'llama-4-plain',
    name: 'Llama, 4 layers, TensorRT',
    about:
      'Attention from layers, made from TensorRT-LLM modules. Play the library: what its functionals make of shapes folds away.',
    exporter: 'built here',
    nodes: 2682,
    layers: 2682,
    file: 'llama-4-plain',
  },
  {
    id: 'llama-4-plugin',
    name: 'Llama, 4 layers, GPTAttention',
    about: 'The attention plugin with caches, padding removed, made from TensorRT-LLM modules.',
    exporter: 'built here',
    nodes: 420,
    layers: 420,
    file: 'llama-4-plugin',
  },
]

/** The network that a gallery entry stands for, where it is made here; null for a file. */
export const builtId = ({ id }: GalleryEntry): BuiltId | null => BUILT.find((b) => b.id === id)?.id ?? null

export async function readGallery(): Promise<readonly GalleryEntry[]> {
  const response = await fetch('./models/index.json')
  if (!response.ok) throw new Error(`the gallery cannot be read (${response.status})`)
  return [...((await response.json()) as readonly GalleryEntry[]), ...BUILT]
}
