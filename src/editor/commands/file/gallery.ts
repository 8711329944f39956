/** The models that come with Graft. */
import type { GalleryNetwork } from '../../../dialects/tensorrt'
import type { Thumbnail } from '../../view/thumbnail'

export interface GalleryEntry {
  readonly id: string
  readonly name: string
  readonly about: string
  /** What there is to try on it, as the rest of a sentence. */
  readonly tries?: string
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
  readonly id: GalleryNetwork
}

const made = (id: GalleryNetwork, layers: number, name: string, about: string, tries: string): BuiltEntry => ({
  id,
  name,
  about,
  tries,
  exporter: 'made here',
  nodes: layers,
  layers,
  file: id,
})

export const BUILT: readonly BuiltEntry[] = [
  made(
    'gpt-attention',
    7,
    'GPT attention, TensorRT',
    "One linear layer with bias into the GPT attention plugin: the network of the Graph Rewriting module's documentation.",
    'choose Fuse attention with bias and press 1: the sum goes into the plugin, with equal numbers. Then Remove padding and Replace add with sub, the examples of the documentation.',
  ),
  made(
    'llama-4-plugin',
    420,
    'Llama, 4 layers, GPTAttention',
    'The attention plugin with caches, padding removed, made from TensorRT-LLM modules.',
    'play the library (L), then choose Plugins by type and Memory of KV caches among the analyzers.',
  ),
  made(
    'llama-4-plain',
    3110,
    'Llama, 4 layers, TensorRT',
    'Attention from layers, made from TensorRT-LLM modules: what its functionals make of shapes stands beside the products.',
    'play the library (L): arithmetic on sizes that are known folds away, and chains of shuffles become one each.',
  ),
  made(
    'llama-32-plugin',
    2912,
    'Llama, 32 layers, GPTAttention',
    'The same at the depth of a real one: 32 equal blocks around the attention plugin.',
    'fold the equal blocks (*), choose a pattern, and apply it to all of them with Shift+Enter.',
  ),
  made(
    'llama-32-plain',
    16714,
    'Llama, 32 layers, TensorRT',
    'Attention from layers at the depth of a real one: a test of size.',
    'run the library (Shift+A), then see in Totals what became of the layers.',
  ),
  made(
    'gpt-4-padded',
    749,
    'GPT, 4 layers, padded',
    'GPT from TensorRT-LLM modules: sequences of one batch padded to one length, GPTAttention with caches.',
    'choose Pack tokens around attention and apply it (Shift+Enter): attention sees no padding any more, and each token keeps its numbers.',
  ),
  made(
    'gpt-4-packed',
    513,
    'GPT, 4 layers, padding removed',
    'The same GPT with the tokens of all sequences in one row.',
    'choose Plugins by type among the analyzers, and take it as the heat map.',
  ),
  made(
    'bert-4-trt',
    1245,
    'BERT, 4 layers, TensorRT',
    'An encoder from TensorRT-LLM modules, its attention from layers, its mask from the lengths of the sequences.',
    'play the library (L): most of what stands beside the products is arithmetic on sizes, and folds away.',
  ),
  made(
    'cnn-small',
    64,
    'Small CNN, TensorRT',
    'Two convolutions, a group normalization, a shortcut and a head, by layers.',
    'play the library (L): the shapes of the group normalization are known, and its arithmetic on them folds away.',
  ),
]

/** The network that a gallery entry stands for, where it is made here; null for a file. */
export const builtId = ({ id }: GalleryEntry): GalleryNetwork | null => BUILT.find((b) => b.id === id)?.id ?? null

export async function readGallery(): Promise<readonly GalleryEntry[]> {
  const response = await fetch('./models/index.json')
  if (!response.ok) throw new Error(`the gallery cannot be read (${response.status})`)
  return [...((await response.json()) as readonly GalleryEntry[]), ...BUILT]
}

/** A model of more layers than that holds nothing that the others do not. */
const MANY = 2000

/** The files of the gallery, but for the deepest; those that cannot be had are left out. */
export async function galleryModels(): Promise<readonly Blob[]> {
  const entries = await readGallery().catch(() => [])
  const files = entries.filter((e) => builtId(e) === null && e.layers < MANY).map(({ file }) => file)
  const read = async (file: string): Promise<readonly Blob[]> => {
    const response = await fetch(`./models/${file}`)
    return response.ok ? [await response.blob()] : []
  }
  return (await Promise.all(files.map((file) => read(file).catch(() => [])))).flat()
}
