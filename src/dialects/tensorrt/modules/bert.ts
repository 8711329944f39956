import { netGuard, Network } from '../../../engine'
import type { DType, Tensor } from '../../../engine'
import { tensorrtDialect } from '../dialect'
import * as f from '../functional/index'
import { constantOf } from '../functional/core'
import { ColumnLinear, Embedding, LayerNorm, RowLinear } from './layers'
import { MLP } from './mlp'
import { Module, ModuleList } from './module'

export interface BertConfig {
  readonly numLayers: number
  readonly hiddenSize: number
  readonly numHeads: number
  readonly vocabSize: number
  readonly maxPositions: number
  readonly typeVocabSize: number
  readonly dtype?: DType
  /** The BertAttention plugin, or attention from layers. Default plugin. */
  readonly attention?: 'plugin' | 'plain'
}

class BertEmbedding extends Module<[Tensor, Tensor], Tensor> {
  readonly vocabEmbedding: Embedding
  readonly positionEmbedding: Embedding
  readonly tokenEmbedding: Embedding
  readonly embeddingLn: LayerNorm
  constructor({ vocabSize, maxPositions, typeVocabSize, hiddenSize, dtype = 'float32' }: BertConfig) {
    super()
    this.vocabEmbedding = new Embedding(vocabSize, hiddenSize, dtype)
    this.positionEmbedding = new Embedding(maxPositions, hiddenSize, dtype)
    this.tokenEmbedding = new Embedding(typeVocabSize, hiddenSize, dtype)
    this.embeddingLn = new LayerNorm(hiddenSize, { dtype })
  }
  override forward(ids: Tensor, types: Tensor): Tensor {
    const positions = positionsOf(ids, this.positionEmbedding.numEmbeddings)
    const words = f.add(this.vocabEmbedding.call(ids), this.positionEmbedding.call(positions))
    return this.embeddingLn.call(f.add(words, this.tokenEmbedding.call(types)))
  }
}

/** 0, 1 ... in each row, as many as there are tokens. */
function positionsOf(ids: Tensor, most: number): Tensor {
  const numbers = Array.from({ length: most }, (_, i) => i)
  const row = f.slice(constantOf('int32', numbers, [1, most]), [0, 0], f.concat([1, f.shape(ids, 1)]))
  return f.expand(row, f.shape(ids))
}

/** Attention of an encoder: every token sees all of its sequence. */
class BertAttention extends Module<[Tensor, Tensor | null, Tensor], Tensor> {
  readonly qkv: ColumnLinear
  readonly dense: RowLinear
  private readonly headSize: number
  constructor(readonly config: BertConfig) {
    super()
    const { hiddenSize, numHeads, dtype = 'float32' } = config
    if (hiddenSize % numHeads !== 0) throw new RangeError(`${hiddenSize} do not go into ${numHeads} heads`)
    this.headSize = hiddenSize / numHeads
    this.qkv = new ColumnLinear(hiddenSize, 3 * hiddenSize, { dtype, gatherOutput: false })
    this.dense = new RowLinear(hiddenSize, hiddenSize, { dtype })
  }
  override forward(x: Tensor, mask: Tensor | null, lengths: Tensor): Tensor {
    const qkv = this.qkv.call(x)
    const context = mask ? this.plain(qkv, mask) : f.bertAttention(qkv, lengths, this.config.numHeads, this.headSize, 1)
    return this.dense.call(context)
  }

  /** softmax(q · kᵀ / √d + mask) · v, heads apart. */
  private plain(qkv: Tensor, mask: Tensor): Tensor {
    const { hiddenSize, numHeads } = this.config
    const heads = (t: Tensor): Tensor =>
      f.permute(f.view(t, f.concat([f.shape(t, 0), f.shape(t, 1), numHeads, this.headSize])), [0, 2, 1, 3])
    const [q, k, v] = f.split(qkv, hiddenSize, 2).map(heads)
    const scores = f.div(f.matmul(q!, f.permute(k!, [0, 1, 3, 2])), Math.sqrt(this.headSize))
    const context = f.permute(f.matmul(f.softmax(f.add(scores, mask), -1), v!), [0, 2, 1, 3])
    return f.view(context, f.concat([f.shape(context, 0), f.shape(context, 1), hiddenSize]))
  }
}

/** attention, sum, norm; mlp, sum, norm. */
class BertEncoderLayer extends Module<[Tensor, Tensor | null, Tensor], Tensor> {
  readonly inputLayernorm: LayerNorm
  readonly attention: BertAttention
  readonly mlp: MLP
  readonly postLayernorm: LayerNorm
  constructor(config: BertConfig) {
    super()
    const { hiddenSize, dtype = 'float32' } = config
    this.inputLayernorm = new LayerNorm(hiddenSize, { dtype })
    this.attention = new BertAttention(config)
    this.mlp = new MLP(hiddenSize, 4 * hiddenSize, 'gelu', { dtype })
    this.postLayernorm = new LayerNorm(hiddenSize, { dtype })
  }
  override forward(x: Tensor, mask: Tensor | null, lengths: Tensor): Tensor {
    const middle = this.inputLayernorm.call(f.add(x, this.attention.call(x, mask, lengths)))
    return this.postLayernorm.call(f.add(middle, this.mlp.call(middle)))
  }
}

/** What is added to the scores of tokens beyond a sequence's length: as far down as the module goes. */
const CLOSED = -214748364

export class BertModel extends Module<[Tensor, Tensor, Tensor], Tensor> {
  readonly embedding: BertEmbedding
  readonly layers: ModuleList<BertEncoderLayer>
  constructor(readonly config: BertConfig) {
    super()
    this.embedding = new BertEmbedding(config)
    this.layers = new ModuleList(Array.from({ length: config.numLayers }, () => new BertEncoderLayer(config)))
  }
  override forward(ids: Tensor, lengths: Tensor, types: Tensor): Tensor {
    let hidden = this.embedding.call(ids, types)
    const mask = this.config.attention === 'plain' ? this.mask(ids, lengths) : null
    for (const layer of this.layers) hidden = layer.call(hidden, mask, lengths)
    return hidden
  }

  /** [batch, 1, 1, length]: 0 for the tokens of a sequence, far below it for those beyond. */
  private mask(ids: Tensor, lengths: Tensor): Tensor {
    const until = f.expand(f.unsqueeze(lengths, 1), f.shape(ids))
    const own = f.cast(f.lt(positionsOf(ids, this.config.maxPositions), until), 'int32')
    const wide = f.unsqueeze(f.unsqueeze(own, 1), 1)
    return f.cast(f.mul(f.sub(1, wide), CLOSED), this.config.dtype ?? 'float32')
  }

  /** The network of the whole model, with its inputs and its output under the module's names. */
  build(name: string): Network {
    const network = new Network(tensorrtDialect, { name })
    netGuard(network, () => {
      const tokens = ['batch_size', 'input_len']
      const ids = f.input('input_ids', 'int32', tokens)
      const lengths = f.input('input_lengths', 'int32', ['batch_size'])
      network.markOutput(this.call(ids, lengths, f.input('token_type_ids', 'int32', tokens)), 'hidden_states')
    })
    return network
  }
}
