/** Networks that are made when they are asked for: seeded weights, nothing of them is shipped. */
import { netGuard, Network } from '../../engine'
import { tensorrtDialect } from './dialect'
import * as f from './functional/index'
import { layer } from './functional/core'
import { gptAttentionNetwork } from './gpt-network'
import { LayerType } from './layer-type'
import { BertModel, Conv2d, GPTForCausalLM, GroupNorm, Linear, LLaMAForCausalLM, Module } from './modules/index'
import type { Tensor } from '../../engine'

const LLAMA = { hiddenSize: 64, numHeads: 4, numKvHeads: 2, ffnHiddenSize: 172, vocabSize: 256, maxPositions: 64 }
const GPT = { numLayers: 4, hiddenSize: 64, numHeads: 4, vocabSize: 256, maxPositions: 64 }
const BERT = { ...GPT, typeVocabSize: 2 }

/** Two convolutions and a shortcut around the second, a head over the mean of each channel. */
class SmallCnn extends Module<[Tensor], Tensor> {
  readonly conv1 = new Conv2d(3, 16, [3, 3], { padding: [1, 1], stride: [2, 2] })
  readonly norm = new GroupNorm(4, 16)
  readonly conv2 = new Conv2d(16, 16, [3, 3], { padding: [1, 1] })
  readonly head = new Linear(16, 10)

  override forward(x: Tensor): Tensor {
    const narrow = f.relu(this.norm.call(this.conv1.call(x)))
    const pooled = layer(LayerType.POOLING, [narrow], { type: 'MAX', window_size_nd: [2, 2], stride_nd: [2, 2] })
    const block = f.relu(f.add(this.conv2.call(pooled), pooled))
    return f.softmax(this.head.call(f.mean(block, [2, 3])), 1)
  }
}

function smallCnn(): Network {
  const network = new Network(tensorrtDialect, { name: 'cnn-small' })
  return netGuard(network, () => {
    network.markOutput(new SmallCnn().call(f.input('image', 'float32', ['batch_size', 3, 32, 32])), 'scores')
    return network
  })
}

const llama = (name: string, numLayers: number, attention: 'plugin' | 'plain'): Network =>
  new LLaMAForCausalLM({
    ...LLAMA,
    numLayers,
    ...(numLayers > 4 && { numKvHeads: 4 }),
    attention,
    ...(attention === 'plugin' && { dtype: 'float16', removePadding: true }),
  }).build(name)

export const GALLERY_NETWORKS = {
  'gpt-attention': gptAttentionNetwork,
  'llama-4-plain': () => llama('llama-4-plain', 4, 'plain'),
  'llama-4-plugin': () => llama('llama-4-plugin', 4, 'plugin'),
  'llama-32-plain': () => llama('llama-32-plain', 32, 'plain'),
  'llama-32-plugin': () => llama('llama-32-plugin', 32, 'plugin'),
  'gpt-4-padded': () => new GPTForCausalLM({ ...GPT, hasHostContextLengths: true }).build('gpt-4-padded'),
  'gpt-4-packed': () => new GPTForCausalLM({ ...GPT, removePadding: true }).build('gpt-4-packed'),
  'bert-4-trt': () => new BertModel({ ...BERT, attention: 'plain' }).build('bert-4-trt'),
  'cnn-small': smallCnn,
} satisfies Readonly<Record<string, () => Network>>

export type GalleryNetwork = keyof typeof GALLERY_NETWORKS
